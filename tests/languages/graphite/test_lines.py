"""The line protocol: what is a point, what is refused and why, and that nothing makes it slow or large."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.languages.graphite.lines import BAD_TOLD, LINE_MAX, NAME_MAX, Lines, Point, canonical, meant, parse
from tests.cases import each

NOW = datetime(2026, 11, 21, 12, 0, 0, 700_000, tzinfo=UTC)
T = int(NOW.timestamp())
OLDEST, NEWEST = NOW - timedelta(days=180), NOW + timedelta(minutes=10)


def read(body: bytes, **options: int) -> Lines:
    return parse(body, NOW, OLDEST, NEWEST, **options)


def why(line: bytes) -> str:
    """Why a line is refused, between two that are not."""
    found = read(b"a 1\n" + line + b"\nb 2\n")
    assert [point.series for point in found.points] == ["a", "b"]
    assert [bad.number for bad in found.bad] == [2]
    return found.bad[0].why


def test_a_line_is_a_name_a_value_and_a_time() -> None:
    found = read(f"test.metric.1 5.5 {T - 60}\n".encode())
    assert found.points == [Point("test.metric.1", T - 60, 5.5)]
    assert (found.bad, found.refused, found.stamped) == ([], 0, True)


@pytest.mark.parametrize("line", [b"a.b 1", b"a.b 1 -1", b"a.b 1 -1.0"])
def test_without_a_time_it_is_now(line: bytes) -> None:
    found = read(line)
    assert found.points == [Point("a.b", T, 1)]
    assert not found.stamped


@each(("text", "value"), [("0", 0), ("-12", -12), ("+3", 3), (".5", 0.5), ("1e3", 1000), ("-2.5E-2", -0.025)])
def test_values_are_whole_or_not(text: str, value: float) -> None:
    assert read(f"a {text} {T}".encode()).points == [Point("a", T, value)]


def test_a_time_may_have_a_fraction() -> None:
    found = read(f"a 1 {T - 1}.75".encode())
    assert found.points == [Point("a", T - 1, 1)]
    assert found.stamped


def test_lines_may_end_in_any_way_and_be_empty() -> None:
    assert [point.value for point in read(b"\r\na 1\r\n\n  \n\ta\t 2  \na 3").points] == [1, 2, 3]
    assert read(b"").points == []


def test_a_name_may_have_every_published_character() -> None:
    assert read(b"aZ09*.-_$%#= 1").points[0].series == "aZ09*.-_$%#="


@each("name", [b"a/b", b"a:sum", b"a{b}", b"a,b", b"a[0]", b'"a"', b"caf\xc3\xa9", b"a\xa0b", b";k=v", b"a\x00b"])
def test_a_name_has_no_other(name: bytes) -> None:
    assert "letters, digits and * . - _ $ % # =" in why(name + b" 1")


def test_tags_are_part_of_the_series_in_order() -> None:
    bodies = (b"disk.used;host=web01;dc=lon 1", b"disk.used;dc=lon;host=web01 1")
    assert {read(body).points[0].series for body in bodies} == {"disk.used;dc=lon;host=web01"}


def test_a_tag_may_have_what_a_name_has_not() -> None:
    found = read(b"a;url=http://x/?q=1&r=[2],{3};c:d=(4) 1")
    assert found.points[0].series == "a;c:d=(4);url=http://x/?q=1&r=[2],{3}"


@each("tags", [b";", b";host", b";host=", b";=web01", b";ho!st=a", b";a=b;;c=d", b";a=~b", b";a^=b"])
def test_a_tag_has_a_name_and_a_value(tags: bytes) -> None:
    assert why(b"a" + tags + b" 1") == "tags must be written as name;tag=value"


def test_no_tag_is_there_twice_or_called_name() -> None:
    assert why(b"a;k=1;k=2 1") == "a tag is there twice"
    assert "called name" in why(b"a;name=b 1")


@each("text", [b"nan", b"NaN", b"inf", b"-Infinity", b"1e999", b"1_0"])
@each("stamp", [b"", b" %d" % T])
def test_a_value_is_finite(text: bytes, stamp: bytes) -> None:
    assert why(b"a " + text + stamp) == "value is not a finite number"


@each("text", [b"x", b"0x10", b"1,5", b"--1", b"\xd9\xa1"])
def test_a_value_is_a_number(text: bytes) -> None:
    assert why(b"a " + text) == "value is not a number"


@each(
    ("stamp", "reason"),
    [
        (b"soon", "timestamp is not a number"),
        (b"nan", "timestamp is not a finite number"),
        (b"%d" % int((OLDEST - timedelta(seconds=1)).timestamp()), "timestamp is before what is kept"),
        (b"-2", "timestamp is before what is kept"),
        (b"0", "timestamp is before what is kept"),
        (b"%d" % (T + 602), "timestamp is in the future (it must be in seconds since 1970)"),
        (b"%d000" % T, "timestamp is in the future (it must be in seconds since 1970)"),
        (b"9" * 400, "timestamp is not a finite number"),
    ],
)
def test_a_time_is_one_that_is_kept(stamp: bytes, reason: str) -> None:
    assert why(b"a 1 " + stamp) == reason


def test_a_time_with_an_underscore_is_none() -> None:
    text = str(T)
    assert why(f"a 1 {text[:1]}_{text[1:]}".encode()) == "timestamp is not a finite number"


def test_times_up_to_the_ends_are_kept() -> None:
    ends = [int(OLDEST.timestamp()) + 1, int(NEWEST.timestamp())]
    assert [point.at for point in read("".join(f"a 1 {at}\n" for at in ends).encode()).points] == ends


@each("line", [b"a", b"a 1 2 3", b"(lp0", b"\x80\x02]q\x01", b"\xff\xfe\x00"])
def test_a_line_has_two_or_three_words(line: bytes) -> None:
    assert why(line) == "not of the form: name value [timestamp]"


def test_a_long_line_and_a_long_name_are_refused() -> None:
    assert why(b"a" + b" " * LINE_MAX + b"1") == f"longer than {LINE_MAX} bytes"
    assert why(b"a 1 %d" % T + b" " * LINE_MAX) == f"longer than {LINE_MAX} bytes"
    assert why(b"a" * (NAME_MAX + 1) + b" 1") == f"name is longer than {NAME_MAX} bytes"
    assert read(b"a" * NAME_MAX + b" 1").refused == 0


def test_a_bad_line_is_shown_short_and_printable() -> None:
    shown = read(b"\x00\x1b[31m caf\xc3\xa9 " + b"y" * 500).bad[0].text
    assert shown.startswith("\\x00\\x1b[31m caf\\xc3\\xa9 yyy")
    assert len(shown) <= 80 and shown.endswith("...")


def test_bad_lines_are_all_counted_and_the_first_are_told() -> None:
    found = read(b"bad\n" * 100 + b"a 1")
    assert (found.refused, len(found.bad), len(found.points)) == (100, BAD_TOLD, 1)


def test_what_is_beyond_the_limit_is_refused_in_one_piece() -> None:
    found = read(b"a 1\n" * 5, limit=3)
    assert len(found.points) == 3
    assert [(bad.number, bad.why) for bad in found.bad] == [
        (4, "more than 3 lines in one request: this and all after it are refused")
    ]


def test_exactly_as_many_as_the_limit_are_taken() -> None:
    found = read(b"a 1\n" * 3, limit=3)
    assert (len(found.points), found.refused) == (3, 0)


def test_bad_lines_count_towards_the_limit() -> None:
    assert read(b"x\n" * 1000, limit=10).refused == 11


def test_points_are_grouped_by_their_series_in_their_order() -> None:
    found = read(f"a 1 {T}\nb;y=2;x=1 2 {T}\na 3 {T - 30}\nb;x=1;y=2 4 {T}\n".encode())
    assert found.by_series() == {"a": [(T, 1), (T - 30, 3)], "b;x=1;y=2": [(T, 2), (T, 4)]}


@each(
    ("given", "name"),
    [
        ("a..b", "a.b"),
        (".a.b.", "a.b"),
        ("a...b..c", "a.b.c"),
        ("a..b;k=x..y", "a.b;k=x..y"),
        ("a..*.{b,c}", "a.*.{b,c}"),
    ],
)
def test_empty_parts_of_a_name_collapse(given: str, name: str) -> None:
    assert meant(given) == name
    if "{" not in given:
        assert canonical(given.encode()) == name


def test_a_name_of_dots_alone_is_refused() -> None:
    with pytest.raises(ValueError):
        canonical(b"..")


@pytest.mark.parametrize("name", ["disk;b=2;a=1", "disk;a=1;b=2", "disk.;b=2;a=1"])
def test_tags_may_stand_in_any_order(name: str) -> None:
    assert meant(name) == canonical(name.encode()) == "disk;a=1;b=2"


@each("name", ["disk;a", "disk;a=1;a=2", ";", "", "ü.b;ü=1"])
def test_what_no_series_can_be_called_stays_as_it_is(name: str) -> None:
    assert meant(name) == name
