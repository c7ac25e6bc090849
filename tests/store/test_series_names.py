"""The catalogue: names by pattern and by tag, in pages, rarely written, and gone when they are deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.store import series, series_names
from chalicelib.store.series_names import Name, find, search, tagged
from tests import intercepted
from tests.conftest import NOW
from tests.store.series_scene import PROJECT, T

pytestmark = pytest.mark.usefixtures("services")
OTHER = "6f0f6a3e-0000-4000-8000-000000000002"
NAMES = (
    "servers.db1.cpu",
    "servers.web1.cpu",
    "servers.web1.disk.used",
    "servers.web2.cpu",
    "site.hits;code=200;dc=lon",
    "site.hits;code=404;dc=lon",
    "site.misses;dc=par",
)


@pytest.fixture
def written() -> Iterator[list[int]]:
    """How many items each call wrote."""
    sizes: list[int] = []

    def note(make: intercepted.Make, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "BatchWriteItem":
            sizes.append(sum("PutRequest" in one for of in arguments["RequestItems"].values() for one in of))
        return make(operation, arguments)

    with intercepted.calls(note):
        yield sizes


def names(found: list[Name]) -> list[str]:
    return [name.series for name in found]


def note(*names: str, at: int = T) -> tuple[str, ...]:
    return series_names.note(PROJECT, dict.fromkeys(names, at), NOW).fresh


def remove(pattern: str, *, at_most: int) -> list[str]:
    found = series_names.matching(PROJECT, pattern, NOW, at_most=at_most)
    series_names.remove(PROJECT, found)
    series_names.forget()
    return names(found)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("servers.web1.cpu", ["servers.web1.cpu"]),
        ("servers.*.cpu", ["servers.db1.cpu", "servers.web1.cpu", "servers.web2.cpu"]),
        ("servers.web?.cpu", ["servers.web1.cpu", "servers.web2.cpu"]),
        ("servers.web[2-9].cpu", ["servers.web2.cpu"]),
        ("servers.{db1,web2}.cpu", ["servers.db1.cpu", "servers.web2.cpu"]),
        ("*.*.*", ["servers.db1.cpu", "servers.web1.cpu", "servers.web2.cpu"]),
        ("*", []),
        ("servers", []),
        ("site.*", []),
        ("site.hits;code=404;dc=lon", ["site.hits;code=404;dc=lon"]),
    ],
)
def test_a_pattern_finds_names_part_by_part(pattern: str, found: list[str]) -> None:
    note(*NAMES)
    assert names(find(PROJECT, pattern, NOW, limit=10)) == found


@pytest.mark.parametrize("pattern", ["", "\u00e9", "\u00e9*", "a" * 2000, "a" * 2000 + "*"])
def test_what_cannot_be_a_name_finds_nothing(pattern: str) -> None:
    note(*NAMES)
    assert names(find(PROJECT, pattern, NOW, limit=10)) == []
    assert series_names.get(PROJECT, pattern, NOW) is None


def test_no_more_are_found_than_asked_for() -> None:
    note(*NAMES)
    assert names(find(PROJECT, "servers.*.cpu", NOW, limit=2)) == ["servers.db1.cpu", "servers.web1.cpu"]


def test_projects_have_their_own_names() -> None:
    note(*NAMES)
    assert names(find(OTHER, "servers.*.cpu", NOW, limit=10)) == []


def test_tags_find_series() -> None:
    note(*NAMES)
    by_place = names(tagged(PROJECT, lambda tags: tags.get("dc") == "lon", NOW, limit=10))
    assert by_place == ["site.hits;code=200;dc=lon", "site.hits;code=404;dc=lon"]
    assert len(tagged(PROJECT, lambda _: True, NOW, limit=3)) == 3


@pytest.mark.parametrize("name", ["site.misses", "servers.web2.cpu"])
def test_a_metric_is_found_by_its_name_with_or_without_tags(name: str) -> None:
    note(*NAMES)
    (found,) = names(tagged(PROJECT, lambda tags: tags["name"] == name, NOW, limit=10, name=name))
    assert found.split(";")[0] == name


def test_tags_may_hold_equals_signs() -> None:
    assert series_names.tags_of("a=b;q=x=1") == {"name": "a=b", "q": "x=1"}


def test_a_search_comes_in_pages_with_its_counts() -> None:
    note(*NAMES)
    first = search(PROJECT, "servers.*.cpu", NOW, size=2)
    assert ([name.series for name in first.names], first.matched, first.total) == (
        ["servers.db1.cpu", "servers.web1.cpu"],
        3,
        7,
    )
    second = search(PROJECT, "servers.*.cpu", NOW, size=2, page=2)
    assert second.names == (Name("servers.web2.cpu", T, T),)
    assert search(PROJECT, "*", NOW).matched == 7
    assert search(PROJECT, "site.*", NOW).matched == 3


def test_a_search_may_ask_for_when_series_were_last_seen() -> None:
    note("old", at=T - 90_000)
    note("new")
    assert [name.series for name in search(PROJECT, "*", NOW, after=T - 86_400).names] == ["new"]
    assert [name.series for name in search(PROJECT, "*", NOW, before=T - 86_400).names] == ["old"]


def test_a_series_keeps_when_it_was_first_seen() -> None:
    note("a", at=T - 86_400)
    note("a")
    series_names.forget()
    note("a", at=T - 2 * 86_400)
    assert series_names.get(PROJECT, "a", NOW) == Name("a", T - 86_400, T)


def test_only_names_that_were_never_seen_are_fresh() -> None:
    assert note("a", "b") == ("a", "b")
    series_names.forget()
    assert note("a", "b", "c") == ("c",)


def test_a_process_writes_a_name_once_an_hour(written: list[int]) -> None:
    for at in range(T, T + 3600, 30):
        note("a", "b", at=at)
    # Somewhere in sixty minutes each name's next hour begins, unless it began with the first.
    assert sum(written) <= 4
    written.clear()
    note("a", "b", at=T + 7200)
    assert written == [2]


def test_another_process_does_not_write_what_is_written(written: list[int]) -> None:
    note("a", "b")
    series_names.forget()
    note("a", "b")
    assert written == [2]


def test_the_names_of_a_project_are_not_all_written_in_the_same_second(written: list[int]) -> None:
    names = [f"s{n}" for n in range(100)]
    note(*names)
    written.clear()
    note(*names, at=T + 1800)
    assert 25 < sum(written) < 75


def test_a_process_remembers_a_bounded_number_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_names._Memory, "limit", 3)
    note("a", "b", "c")
    note("d")
    assert len(series_names._Memory.known) == 1


def test_a_name_that_has_expired_is_not_found_and_fresh_again() -> None:
    note("a")
    later = NOW + timedelta(days=800)
    assert names(find(PROJECT, "a", later, limit=1)) == []
    series_names.forget()
    assert series_names.note(PROJECT, {"a": int(later.timestamp())}, later).fresh == ("a",)


def test_a_pattern_deletes_names_and_their_points_follow() -> None:
    series.add(PROJECT, {name: [(T - 30, 1.0)] for name in NAMES}, NOW)
    gone = remove("servers.web?.cpu", at_most=100)
    assert gone == ["servers.web1.cpu", "servers.web2.cpu"]
    assert names(find(PROJECT, "servers.*.cpu", NOW, limit=10)) == ["servers.db1.cpu"]
    assert all(series.purge(PROJECT, name, at_most=100) for name in gone)
    assert series.read(PROJECT, "servers.web1.cpu", T - 30, T, NOW) == [None]
    assert series.read(PROJECT, "servers.db1.cpu", T - 30, T, NOW) == [1]


def test_a_deleted_name_comes_back_with_its_next_point() -> None:
    note("a")
    assert remove("a", at_most=10) == ["a"]
    assert note("a") == ("a",)
    assert names(find(PROJECT, "a", NOW, limit=1)) == ["a"]


def test_no_more_are_deleted_than_asked_for() -> None:
    note(*NAMES)
    assert len(remove("*", at_most=5)) == 5
    assert search(PROJECT, "*", NOW).total == 2
