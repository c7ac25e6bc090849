"""Targets that functions make of names, and the limits within which they do."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import Context, Series, TargetError, TooMany, evaluate, patterns, reach
from chalicelib.languages.graphite.context import TEXTS_MAX
from tests.cases import each
from tests.languages.graphite.scene import N, Values, made

STORED: dict[str, Values] = {
    "web1.cpu.used": [1.0, 5.0],
    "web1.cpu.total": [4.0, 10.0],
    "web2.cpu.used": [3.0, N],
    "web2.cpu.total": [6.0, 9.0],
}


@each(
    ("target", "found"),
    [
        (
            "applyByNode(*.cpu.used,0,'divideSeries(%.cpu.used,%.cpu.total)')",
            {
                "divideSeries(web1.cpu.used,web1.cpu.total)": [0.25, 0.5],
                "divideSeries(web2.cpu.used,web2.cpu.total)": [0.5, N],
            },
        ),
        ("applyByNode(*.cpu.used,1,'sumSeries(%.*)','of %')", {"of web1.cpu": [5, 15], "of web2.cpu": [9, 9]}),
        ("applyByNode(*.*.*,0,'%.cpu.total','%')", {"web1": [4, 10], "web2": [6, 9]}),
        ("scale(applyByNode(web1.*.*,0,'sumSeries(%.*.*)'),2)", {"scale(sumSeries(web1.*.*),2)": [10, 30]}),
        ("sumSeries(applyByNode(*.*.*,0,'%.cpu.total'))", {"sumSeries(web1,web2)": [10, 19]}),
        ("applyByNode(no.such,0,'sumSeries(%.*)')", {}),
        ("applyByNode(web1.*.*,0,'no.%')", {}),
        ("aliasQuery(*.cpu.used,'used','total','at most %d')", {"at most 10": [1, 5], "at most 9": [3, N]}),
        ("aliasQuery(web1.cpu.used,'used','total','%.1f%%')", {"10.0%": [1, 5]}),
        ("aliasQuery(web2.cpu.used,'$','','%s')", {"3.0": [3, N]}),
        (r"aliasQuery(web1.cpu.used,'^(.+)$','scale(\1,2)','%g')", {"10": [1, 5]}),
        ("useSeriesAbove(*.cpu.used,3,'used','total')", {"web1.cpu.total": [4, 10]}),
        ("useSeriesAbove(*.cpu.used,99,'used','total')", {}),
        (
            r"useSeriesAbove(*.cpu.used,0,'(.*)used','scale(\1total,2)')",
            {"scale(web1.cpu.total,2)": [8, 20], "scale(web2.cpu.total,2)": [12, 18]},
        ),
        ("useSeriesAbove(*.cpu.used,0,'used','none')", {}),
    ],
)
def test_targets_are_made_of_names(target: str, found: dict[str, Values]) -> None:
    assert made(target, STORED) == found


@each(
    ("target", "message"),
    [
        (
            "applyByNode(a.*,0,'nothing(%.x)')",
            "applyByNode: it makes 'nothing\\(a.x\\)', which is wrong: there is no function nothing at position 1",
        ),
        (
            "applyByNode(a.*,0,'scale(%.x')",
            r"applyByNode: it makes 'scale\(a.x', which is wrong: a comma or the closing",
        ),
        ("applyByNode(a.*,0,\"'b'\")", "applyByNode: it makes \"'b'\", which is wrong: a target must name a series"),
        ("applyByNode(a.*,0,'')", "applyByNode: it makes '', which is wrong: a series or a value is expected"),
        ("aliasQuery(a.*,'x','y','%d')", "aliasQuery: 'a.y' has no value to call a.x by at position 20"),
        ("aliasQuery(a.*,'(','y','%d')", "aliasQuery: search and replace cannot be used: .* at position 16"),
        ("useSeriesAbove(a.*,0,'(','y')", "useSeriesAbove: search and replace cannot be used: .* at position 22"),
        ("aliasQuery(a.*,'x','x','%x')", "aliasQuery: newName cannot show 1: .* at position 24"),
        *(
            (
                f"aliasQuery(a.*,'x','x','{name}')",
                "newName must have one conversion for the value, such as %d or %.2f at position 24",
            )
            for name in ("all", "%d of %d", "%", "%d %", "%(name)s", "%*d", "%999d", "%.100f", "%%")
        ),
    ],
)
def test_a_target_that_cannot_be_made_is_refused(target: str, message: str) -> None:
    with pytest.raises(TargetError, match=message):
        made(target, {"a.x": [1.0]})


def many(count: int, name: str = "") -> Context:
    """Whatever a pattern is, these are its series; a name is of one series."""

    def fetch(pattern: str, start: int, end: int) -> list[Series]:
        names = [f"{name}{number}.x" for number in range(count)] if "*" in pattern else [pattern]
        return [Series(one, start, end, 60, [1.0]) for one in names]

    return Context(0, 60, fetch)


FORMS = ["applyByNode(*.x,0,'%.y')", "aliasQuery(*.x,'x','y','%d')", "useSeriesAbove(*.x,0,'x','y')"]


@pytest.mark.parametrize("target", FORMS)
def test_only_so_many_targets_are_made(target: str) -> None:
    assert len(evaluate(target, many(TEXTS_MAX))) == TEXTS_MAX
    with pytest.raises(TooMany, match=f"functions of the target make more than {TEXTS_MAX} other targets"):
        evaluate(target, many(TEXTS_MAX + 1))


def test_targets_of_targets_count_together() -> None:
    with pytest.raises(TooMany, match="other targets"):
        evaluate("""applyByNode(*.x,0,"applyByNode(*.y,0,'%.z')")""", many(TEXTS_MAX // 10))


def test_a_target_that_makes_itself_again_comes_to_an_end() -> None:
    """The name of its series is its own text, into which the name itself is put for `ME`, in quotes (octal 047)."""
    name = r"""aliasQuery(alias(a,ME),"^(.*)M[E](.*)$","\1\047\1M\105\2\047\2","x%d")"""
    with pytest.raises(TooMany, match="functions make targets whose functions make targets, deeper than 3 levels"):
        evaluate(name.replace("ME", f"'{name}'"), many(1))


def test_what_is_made_of_long_names_has_an_end() -> None:
    with pytest.raises(TargetError, match=r"what it makes of xxx.* is longer than 4096 characters"):
        evaluate(f"applyByNode(*.x,0,'{'%' * 2000}')", many(1, "x" * 700))
    with pytest.raises(TargetError, match=r"what it makes of xxx.* is longer than 4096 characters"):
        evaluate(f"applyByNode(*.x,0,'a','{'%' * 2000}')", many(1, "x" * 700))


def test_points_of_made_targets_are_charged_for() -> None:
    with pytest.raises(TooMany, match="needs more than 25 points"):
        where = many(10)
        evaluate("applyByNode(*.x,0,'scale(%.y,2)')", Context(0, 60, where.fetch, points_max=25))


class Fault(Exception):
    pass


@pytest.mark.parametrize("target", FORMS)
def test_a_fault_in_fetching_for_a_made_target_is_no_error_of_the_target(target: str) -> None:
    def fetch(pattern: str, start: int, end: int) -> list[Series]:
        if "y" in pattern:
            raise Fault
        return many(1).fetch(pattern, start, end)

    with pytest.raises(Fault):
        evaluate(target, Context(0, 60, fetch))


@each(
    ("target", "read"),
    [
        ("applyByNode(a.*.x,1,'diffSeries(%.x,%.y)')", ["a.*.x", "a.*.y"]),
        ("applyByNode(exclude(a.*.x,'b'),nodeNum=0,templateFunction='sumSeries(%.*.y)')", ["a.*.x", "a.*.y"]),
        ("aliasQuery(a.*.x,'x$','name','%d')", ["a.*.x", "a.*.name"]),
        ("useSeriesAbove(a.*.x,5,'x$','y')", ["a.*.x", "a.*.y"]),
        ("useSeriesAbove(a.*.x,5,'(','y')", ["a.*.x"]),
        ("applyByNode(a.*.x,1,'nothing(%.y)')", ["a.*.x"]),
        ("applyByNode(constantLine(5),1,'%.y')", []),
    ],
)
def test_what_a_made_target_will_read_is_told_beforehand(target: str, read: list[str]) -> None:
    assert list(patterns(target)) == read


def test_a_made_target_reads_as_far_back_as_it_says() -> None:
    assert reach("applyByNode(a.*.x,1,'movingAverage(%.x,\"1h\")')") == 3_600
    assert reach("movingAverage(applyByNode(a.*.x,1,'%.y'),'1h')") == 3_600


def test_what_was_made_before_serves_again() -> None:
    asked: list[str] = []

    def fetch(pattern: str, start: int, end: int) -> list[Series]:
        asked.append(pattern)
        return many(2).fetch(pattern, start, end)

    target = "applyByNode(*.x,9,'common.y','%')"
    evaluate(f"group({target},{target},useSeriesAbove(*.x,0,'.*x','common.y'))", Context(0, 60, fetch))
    assert asked.count("common.y") == 1
