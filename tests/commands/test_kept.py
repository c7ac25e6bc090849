"""time(), history(), entities(), metrics() and results(): what commands read of what is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.commands import CommandError, Readers
from chalicelib.languages.conditions.library.distance import WEEK
from tests.cases import each
from tests.commands.scene import NOW, function

NOON = NOW.timestamp()


@each(
    ("args", "shown"),
    [
        ({}, "2026-11-28 12:00:00"),
        ({"spec": "-10m"}, "2026-11-28 11:50:00"),
        ({"spec": "+3h"}, "2026-11-28 15:00:00"),
        ({"spec": "1d"}, "2026-11-29 12:00:00"),
        ({"spec": 0}, "1970-01-01 00:00:00"),
        ({"spec": "2026-01-05T09:15:03"}, "2026-01-05 09:15:03"),
        ({"spec": "2026-01-05T09:15:03+02:00"}, "2026-01-05 07:15:03"),
        ({"spec": "2026-01-05 09:15:03", "tz_name": "Europe/Stockholm"}, "2026-01-05 09:15:03"),
        ({"tz_name": "Europe/Stockholm"}, "2026-11-28 13:00:00"),
    ],
)
def test_a_time_is_now_a_span_from_now_an_epoch_or_iso(args: dict[str, Any], shown: str) -> None:
    found = function("time")(**args)
    assert (found.isoformat(), str(found)) == (shown, shown)


def test_times_are_seconds_apart_and_have_an_order() -> None:
    time = function("time")
    assert time() - time("2026-11-28 11:59:01") == 59
    assert time() - time("2026-11-28 12:00:00", tz_name="Europe/Stockholm") == 3_600
    assert time("-1s") < time() <= time()
    assert time("+1s") > time() >= time()
    assert time().timestamp() == NOON
    with pytest.raises(CommandError, match="with another time"):
        time() - 5


def test_a_time_is_shown_in_other_forms_and_zones() -> None:
    time = function("time")()
    assert time.isoformat("T") == "2026-11-28T12:00:00"
    assert time.format("%H:%M") == "12:00"
    assert time.astimezone("Asia/Tokyo").isoformat() == "2026-11-28 21:00:00"


@each("args", [{"spec": "soon"}, {"spec": 1e300}, {"spec": None}, {"spec": "-1y"}, {"tz_name": "Mars"}, {"tz_name": 7}])
def test_what_is_no_time_is_told(args: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match=r"a time|tz_name"):
        function("time")(**args)


def past(found: Mapping[float, Any]) -> Readers:
    """A history of these moments before now, in seconds."""

    def history(check: str, entity: str, low: float, high: float) -> list[tuple[float, Any]]:
        assert (check, entity) == ("7", "web-1")
        return sorted((NOON - ago, value) for ago, value in found.items() if low <= NOON - ago < high)

    return Readers(history=history)


def test_history_gives_results_and_what_they_come_to() -> None:
    history = function("history", readers=past({30: {"a": {"b": 4}}, 60: {"a": {"b": 2}}, 90: "down", 900: {"a": 9}}))()
    moments = [1_000 * round(NOON - ago) for ago in (90, 60, 30)]
    found = [[moments[0], "down"], [moments[1], {"a": {"b": 2}}], [moments[2], {"a": {"b": 4}}]]
    assert history.get_one("5m", 0) == history.result(300, 0) == found
    assert history.get_one(60, "1s") == found[1:]
    assert history.get_avg("a.b", "5m", 0) == [3]
    assert history.get_std_dev("a.b", "5m", 0) == [pytest.approx(2**0.5)]
    assert history.get_aggregated("a.b", "count", "5m", 0) == [2]
    assert history.get_avg("c", "5m", 0) == history.result() == []
    with pytest.raises(ValueError, match="aggregator must be one of avg"):
        history.get_aggregated("a", "median", "5m", 0)
    with pytest.raises(CommandError, match="time_from must be a span"):
        history.result("a while")


def test_distance_compares_with_the_same_hour_of_the_weeks_before() -> None:
    means = {float(week * WEEK - 60): float(value) for week, value in ((1, 10), (2, 14), (3, 10), (4, 14))}
    noise = {WEEK + 7_200.0: 1e6, 60.0: 1e6}
    distance = function("history", readers=past(means | noise))().distance()
    assert distance.bin_mean() == 12
    assert distance.bin_standard_deviation() == pytest.approx((16 / 3) ** 0.5)
    assert distance.absolute(16) == 4
    assert distance.sigma(8) == pytest.approx(-4 / (16 / 3) ** 0.5)


def test_bins_end_with_this_moment_unless_they_are_snapped() -> None:
    readers = past({WEEK + 600.0: 5.0})
    sliding = function("history", readers=readers)().distance(weeks=1, snap_to_bin=False)
    assert sliding.bin_mean() == 5
    with pytest.raises(ValueError, match="no history at this time of the week"):
        function("history", readers=readers)().distance(weeks=1).sigma(5)


def test_distance_reads_a_number_in_a_value() -> None:
    readers = past({WEEK - 60: {"a": {"b": 3}}, 2 * WEEK - 60: {"a": {"b": 3}}, 3 * WEEK - 60: {"c": 1}})
    distance = function("history", readers=readers)().distance(dict_extractor_path="a.b")
    assert distance.sigma({"a": {"b": 3}}) == 0
    assert distance.sigma({"a": {"b": 4}}) == math.inf
    assert distance.sigma({"a": {"b": 2}}) == -math.inf
    with pytest.raises(ValueError, match="no number under"):
        distance.absolute({"c": 7})


ENTITIES: list[dict[str, Any]] = [
    {"id": "a-1", "type": "instance", "infrastructure_account": "aws:1"},
    {"id": "a-2", "type": "instance", "infrastructure_account": "aws:2", "tags": ["x", "y"]},
]


def test_entities_are_found_by_their_values() -> None:
    readers = Readers(entities=lambda: ENTITIES, coverage=lambda filters: [list(filters)])
    found = function("entities", {"infrastructure_account": "aws:1"}, readers=readers)()
    assert [one["id"] for one in found.search_all(type="instance")] == ["a-1", "a-2"]
    assert [one["id"] for one in found.search_local(type="instance")] == ["a-1"]
    assert [one["id"] for one in found.search_all(tags=["y"])] == ["a-2"]
    assert found.alert_coverage(type="instance") == [[{"type": "instance"}]]
    everywhere = function("entities", readers=readers)()
    assert len(everywhere.search_local(type="instance")) == 2


def test_metrics_are_read_by_their_target() -> None:
    asked: list[tuple[str, float, float]] = []

    def metrics(target: str, low: float, high: float) -> dict[str, list[tuple[float, float | None]]]:
        asked.append((target, low, high))
        return {"web1.load": [(1, 1.0), (2, None), (3, 3.0)], "web2.load": [(1, None)]}

    found = function("metrics", readers=Readers(metrics=metrics))("web*.load")
    assert found.points("10m") == {"web1.load": [[1, 1.0], [3, 3.0]]}
    assert asked == [("web*.load", NOON - 600, NOON)]
    values = [getattr(found, name)()["web1.load"] for name in ("last", "avg", "sum", "min", "max")]
    assert values == [3, 2, 4, 1, 3]


def test_results_of_other_checks_are_read_by_entity() -> None:
    kept = {
        "web-1": [{"entity": "web-1", "ts": 2.0, "td": 0.1, "value": 5}, {"entity": "web-1", "ts": 1.0, "value": 4}]
    }

    def results(check: str, entity: str | None, count: int) -> list[dict[str, Any]]:
        assert check == "3"
        return [rows[0] for rows in kept.values()] if entity is None else kept.get(entity, [])[:count]

    found = function("results", readers=Readers(results=results))(3)
    assert found.last()["td"] == 0.1
    assert (found.value(), found.value("web-2"), found.last("web-2")) == (5, None, None)
    assert found.values() == [5, 4]
    assert found.values(1) == [5]
    assert found.by_entity() == {"web-1": 5}
    with pytest.raises(CommandError, match="id of a check"):
        function("results")(None)


def test_where_nothing_is_kept_a_command_is_told_so() -> None:
    with pytest.raises(CommandError, match="nothing to read here"):
        function("history")().result()


def test_moments_move_with_the_clock_of_the_run() -> None:
    later = NOW + timedelta(days=1)
    assert function("time", now=lambda: later)().timestamp() == NOON + 86_400
