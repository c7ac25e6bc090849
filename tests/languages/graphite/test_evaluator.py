"""From a target to series: what is fetched, how often, and the limits."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import Context, Frame, GraphiteError, Series, TooMany, evaluate, parse, registry
from chalicelib.languages.graphite.registry import function, series_list
from tests.languages.graphite.scene import N, Values, world


class Source:
    """Ten series of one value for whatever is asked; remembers what that was."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, int]] = []

    def fetch(self, pattern: str, start: int, end: int) -> list[Series]:
        self.asked.append((pattern, start, end))
        return [Series(f"a.{number}", start, end, end - start, [1.0]) for number in range(10)]


def test_a_plain_target_is_what_is_fetched_for_its_window() -> None:
    source = Source()
    found = evaluate("a.*:sum", Context(60, 120, source.fetch))
    assert source.asked == [("a.*:sum", 60, 120)]
    assert [one.name for one in found] == [f"a.{number}" for number in range(10)]
    assert {one.path_expression for one in found} == {"a.*:sum"}


def test_a_tree_is_evaluated_like_the_target_that_it_is_of() -> None:
    (found,) = evaluate(parse("sumSeries(a)"), world({"a": [1.0, N]}))
    assert (found.name, found.values) == ("sumSeries(a)", [1, N])


def test_a_data_view_is_part_of_the_name_of_a_result() -> None:
    (found,) = evaluate("sumSeries(a.*:max)", Context(60, 120, Source().fetch))
    assert found.name == "sumSeries(a.*:max)"


def test_what_was_fetched_is_never_changed() -> None:
    stored = Series("a", 0, 180, 60, [1.0, N, 3.0])
    kept = stored.copy()
    for target in (
        "scale(a,2)",
        "alias(a,'b')",
        "keepLastValue(a)",
        "integral(a)",
        "sumSeries(a,scale(a,2))",
        "round(a)",
    ):
        evaluate(target, Context(0, 180, lambda pattern, start, end: [stored]))
    assert stored == kept


def test_a_pattern_that_matches_too_many_series_is_refused() -> None:
    assert evaluate("a.*", Context(60, 120, Source().fetch, series_max=10))
    with pytest.raises(TooMany, match=r"^a\.\* matches more than 9 series$"):
        evaluate("scale(a.*,2)", Context(60, 120, Source().fetch, series_max=9))


def test_a_target_that_makes_too_many_points_is_refused() -> None:
    context = Context(60, 120, Source().fetch, points_max=20)
    assert evaluate("scale(a.*,2)", context)
    with pytest.raises(TooMany, match="the target needs more than 20 points"):
        evaluate("offset(scale(a.*,2),1)", context)


def test_names_that_double_at_every_level_are_refused_before_they_fill_the_memory() -> None:
    assert evaluate("asPercent(" * 10 + "a" + ")" * 10, world({"a": [1.0]}))
    with pytest.raises(TooMany, match="letters"):
        evaluate("asPercent(" * 45 + "a" + ")" * 45, world({"a": [1.0]}))


def test_a_name_made_of_many_long_ones_is_refused() -> None:
    stored: dict[str, Values] = {f"{number}.{'x' * 700}": [1.0] for number in range(400)}
    assert evaluate("sumSeries(*.*)", world(stored))
    with pytest.raises(TooMany, match="would have more than 250000 letters"):
        evaluate("sumSeries(scale(*.*,2))", world(stored))


def test_one_evaluation_after_the_other_starts_with_all_its_points() -> None:
    context = Context(60, 120, Source().fetch, points_max=10)
    assert evaluate("a.*", context)
    assert evaluate("a.*", context)


def test_every_error_is_a_graphite_error() -> None:
    for target in ("scale(", "percentileOfSeries(a.*,0)"):
        with pytest.raises(GraphiteError):
            evaluate(target, Context(60, 120, Source().fetch))


@pytest.fixture
def earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that looks an hour back, for as long as the test."""

    def run(frame: Frame, found: list[Series]) -> list[Series]:
        return frame.again(frame.start - 3_600)

    monkeypatch.setitem(registry.FUNCTIONS, "earlier", registry.Function("earlier", (series_list(),), run))


@pytest.mark.usefixtures("earlier")
def test_a_function_may_ask_for_its_argument_of_another_window() -> None:
    source = Source()
    found = evaluate("earlier(scale(a.*,2))", Context(7_200, 7_260, source.fetch))
    assert source.asked == [("a.*", 7_200, 7_260), ("a.*", 3_600, 7_260)]
    assert found[0].start == 3_600


@pytest.mark.usefixtures("earlier")
def test_what_was_evaluated_before_is_not_evaluated_again() -> None:
    source = Source()
    evaluate("earlier(" * 10 + "a.*" + ")" * 10, Context(36_000, 36_060, source.fetch))
    assert len(source.asked) == len(set(source.asked)) == 11


@pytest.mark.usefixtures("earlier")
def test_an_argument_given_by_name_can_be_asked_for_again() -> None:
    source = Source()
    evaluate("earlier(seriesList=a.*)", Context(7_200, 7_260, source.fetch))
    assert [start for _, start, _ in source.asked] == [7_200, 3_600]


def test_a_function_can_say_where_an_argument_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(frame: Frame, found: list[Series]) -> list[Series]:
        raise frame.wrong("will not do", 0)

    monkeypatch.setitem(registry.FUNCTIONS, "picky", registry.Function("picky", (series_list(),), run))
    with pytest.raises(GraphiteError, match=r"^picky: will not do at position 13$"):
        evaluate("scale(picky(a),2)", world({"a": [1.0]}))


def test_a_function_is_known_by_all_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "FUNCTIONS", {})
    function("one", "other", series_list())(lambda frame, found: found)
    assert sorted(registry.FUNCTIONS) == ["one", "other"]
