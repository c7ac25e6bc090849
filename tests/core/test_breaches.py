"""Series that breach: what their rule says of them, and how they are spread."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.core.breaches import FIRST_CHARACTERS, MOST, SATELLITE, Breach, size, spread, summary
from tests.cases import each

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def named(*names: str) -> dict[str, Breach]:
    return dict.fromkeys(names, Breach(NOW, 1.0))


def many(count: int, length: int = 40) -> dict[str, Breach]:
    return named(*(f"{number:0{length}d}" for number in range(count)))


def test_a_rule_names_the_first_few_and_counts_them_all() -> None:
    assert summary(named("b", "a")).first == ("a", "b")
    assert summary(named("b", "a")).complete
    found = summary(many(500))
    assert (found.count, len(found.first), found.complete) == (500, 10, False)


def test_long_names_do_not_make_the_rule_large() -> None:
    found = summary(many(5, FIRST_CHARACTERS // 2))
    assert (found.count, len(found.first), found.complete) == (5, 2, False)


@each(("count", "satellites"), [(0, 0), (1, 1), (1_000, 1), (1_220, 2), (4_000, 4), (14_000, 16)])
def test_satellites_are_as_many_as_keep_each_small(count: int, satellites: int) -> None:
    assert summary(many(count)).satellites == satellites


def test_whatever_a_rule_may_keep_fits_into_items() -> None:
    for length in (10, 800, 5_000):
        found = many(MOST // (length + 42), length)
        assert max(size(part) for part in spread(found, summary(found).satellites)) < 4 * SATELLITE


def test_a_series_stays_where_it_is_when_another_comes() -> None:
    before, after = spread(many(4_000), 4), spread({**many(4_000), "new": Breach(NOW, 2.0)}, 4)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
