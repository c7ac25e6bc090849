"""Scheduled mutes: made, searched, changed, deleted, and when alerts are muted by them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.monitor.managing import projects, rules
from chalicelib.store import checks
from tests.api.client import Api
from tests.api.hostedgraphite.conftest import Caller
from tests.conftest import Clock, Story

pytestmark = pytest.mark.usefixtures("quiet")
ROOT = "/v2/schedules/"
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# The clock of the tests stands at 12:00 UTC on a Saturday, in November.
NIGHTLY = {"name": "nightly", "start_time": "14:20", "duration": 60, "timezone": "UTC+2", "repeat": WEEKDAYS}


def made(graphite: Caller, **fields: Any) -> str:
    """The id of a new scheduled mute."""
    answer = graphite.post(ROOT, {**NIGHTLY, **fields})
    assert answer.status == 201, answer.text
    assert answer.json["url"] == f"/v2/schedules/{answer.json['id']}"
    return str(answer.json["id"])


def spans(graphite: Caller, clock: Clock, days: int = 2) -> list[list[str]]:
    """When the one alert is muted, in UTC, seen every ten minutes; these days pass."""
    key = projects.opened_by(graphite.key)
    assert key
    (alert,) = checks.of_project(key.project)
    found: list[list[str]] = []
    end, before = clock.now + timedelta(days=days), False
    while clock.now <= end:
        now = rules.muted_for(alert, clock.now) is not None
        if now != before:
            found += [[]] if now else []
            found[-1].append(clock.now.strftime("%a %H:%M"))
            before = now
        clock.move(minutes=10)
    return found


def test_a_scheduled_mute_is_made_shown_and_deleted(graphite: Caller) -> None:
    code = made(graphite)
    alert = graphite.alert(scheduled_mutes=[code])
    shown = graphite.get(f"{ROOT}{code}/")
    assert (shown.status, shown.json) == (200, {**NIGHTLY, "id": code, "alerts": [alert]})
    assert graphite.get(ROOT).json == {"scheduled_mutes": [shown.json], "next_page": False}
    assert graphite.shown(alert)["scheduled_mutes"] == [code]
    assert graphite.get(f"/v2/alerts/{alert}/muted/").json["scheduled_mutes"] == [code]
    assert graphite.delete(f"{ROOT}{code}/").status == 200
    assert graphite.shown(alert)["scheduled_mutes"] == []
    for method in ("GET", "PUT", "DELETE"):
        assert graphite.call(method, f"{ROOT}{code}/", {}).status == 404


def test_a_change_names_only_what_changes_and_reaches_the_alerts(graphite: Caller, clock: Clock) -> None:
    code = made(graphite)
    graphite.alert(scheduled_mutes=[code])
    answer = graphite.put(f"{ROOT}{code}/", {"start_time": "15:00", "duration": "30"})
    assert answer.status == 200
    assert {key: answer.json[key] for key in NIGHTLY} == {**NIGHTLY, "start_time": "15:00", "duration": 30}
    assert spans(graphite, clock) == [["Sat 13:00", "Sat 13:30"], ["Sun 13:00", "Sun 13:30"]]


def test_a_name_is_taken_once(graphite: Caller) -> None:
    made(graphite)
    other = made(graphite, name="other")
    assert graphite.post(ROOT, NIGHTLY).status == 409
    assert graphite.put(f"{ROOT}{other}/", {"name": "nightly"}).status == 409
    assert graphite.put(f"{ROOT}{other}/", {"name": "other", "duration": 5}).status == 200


@pytest.mark.parametrize(
    ("zone", "shown", "begins"),
    [
        ("UTC", "UTC", "14:20"),
        ("UTC+2", "UTC+2", "12:20"),
        ("UTC 2", "UTC+2", "12:20"),
        ("UTC-5", "UTC-5", "19:20"),
        ("UTC+14", "UTC+14", "00:20"),
        ("UTC-12", "UTC-12", "02:20"),
        ("Europe/Helsinki", "Europe/Helsinki", "12:20"),
        ("America/New_York", "America/New_York", "19:20"),
    ],
)
def test_zones_are_offsets_or_names(graphite: Caller, clock: Clock, zone: str, shown: str, begins: str) -> None:
    code = made(graphite, timezone=zone, duration=10)
    assert graphite.get(f"{ROOT}{code}/").json["timezone"] == shown
    graphite.alert(scheduled_mutes=[code])
    assert spans(graphite, clock, 1)[0][0].split()[1] == begins


def test_without_a_zone_it_is_utc(graphite: Caller) -> None:
    given = {key: value for key, value in NIGHTLY.items() if key != "timezone"}
    code = graphite.post(ROOT, given).json["id"]
    assert graphite.get(f"{ROOT}{code}/").json["timezone"] == "UTC"


def test_the_name_of_a_zone_keeps_to_its_daylight_saving_time_and_an_offset_does_not(
    graphite: Caller, clock: Clock
) -> None:
    clock.now = datetime(2026, 10, 24, 0, 0, tzinfo=UTC)  # Helsinki's clocks go back on the 25th
    begun: dict[str, list[str]] = {}
    for zone in ("Europe/Helsinki", "UTC+3"):
        clock.now = datetime(2026, 10, 24, 0, 0, tzinfo=UTC)
        code = made(graphite, name=zone, timezone=zone, start_time="12:00", duration=30)
        alert = graphite.alert(scheduled_mutes=[code])
        begun[zone] = [begin for begin, _ in spans(graphite, clock, 2)]
        graphite.delete(f"/v2/alerts/{alert}/")
    assert begun == {"Europe/Helsinki": ["Sat 09:00", "Sun 10:00"], "UTC+3": ["Sat 09:00", "Sun 09:00"]}


def test_days_are_those_of_the_zone(graphite: Caller, clock: Clock) -> None:
    code = made(graphite, timezone="UTC+14", start_time="01:00", duration=20, repeat=["Mon", "tuesday"])
    assert graphite.get(f"{ROOT}{code}/").json["repeat"] == ["mon", "tue"]
    graphite.alert(scheduled_mutes=[code])
    assert spans(graphite, clock, 4) == [["Sun 11:00", "Sun 11:20"], ["Mon 11:00", "Mon 11:20"]]


@pytest.mark.parametrize("repeat", [None, []])
def test_without_days_it_happens_once_the_next_time(graphite: Caller, clock: Clock, repeat: object) -> None:
    code = made(graphite, repeat=repeat, start_time="11:00", timezone="UTC", duration=30)
    assert graphite.get(f"{ROOT}{code}/").json["repeat"] == []
    graphite.alert(scheduled_mutes=[code])
    assert spans(graphite, clock, 3) == [["Sun 11:00", "Sun 11:30"]]


def test_what_has_happened_once_is_not_brought_back_by_a_new_name(graphite: Caller, clock: Clock) -> None:
    code = made(graphite, repeat=[], start_time="12:30", timezone="UTC", duration=30)
    graphite.alert(scheduled_mutes=[code])
    clock.move(minutes=40)
    graphite.put(f"{ROOT}{code}/", {"name": "renamed"})
    assert spans(graphite, clock, 2) == [["Sat 12:40", "Sat 13:00"]]
    graphite.put(f"{ROOT}{code}/", {"name": "once more"})
    assert spans(graphite, clock, 2) == []
    graphite.put(f"{ROOT}{code}/", {"duration": 20})
    assert len(spans(graphite, clock, 2)) == 1


def test_a_mute_over_midnight_holds_on_the_other_side(graphite: Caller, clock: Clock) -> None:
    code = made(graphite, start_time="23:30", timezone="UTC", duration=90, repeat=["sat"])
    graphite.alert(scheduled_mutes=[code])
    assert spans(graphite, clock, 2) == [["Sat 23:30", "Sun 01:00"]]


def test_alerts_are_given_scheduled_mutes_and_lose_them(graphite: Caller) -> None:
    one, two = made(graphite), made(graphite, name="other")
    alert = graphite.alert()
    path = f"/v2/alerts/{alert}/"
    for wanted in ([one], [two, one], [two], []):
        assert sorted(graphite.put(path, {"scheduled_mutes": wanted}).json["scheduled_mutes"]) == sorted(wanted)
    graphite.put(path, {"scheduled_mutes": [one, one]})
    assert graphite.put(path, {"info": "x"}).json["scheduled_mutes"] == [one]


def test_unmuting_leaves_scheduled_mutes_alone(graphite: Caller, clock: Clock) -> None:
    code = made(graphite)
    alert = graphite.alert(scheduled_mutes=[code])
    clock.move(minutes=30)
    graphite.delete(f"/v2/alerts/{alert}/muted/")
    graphite.delete("/v2/alerts/muted/")
    assert graphite.get(f"/v2/alerts/{alert}/muted/").json == {
        "id": alert,
        "name": "alert1",
        "muted": True,
        "duration": 50,
        "scheduled_mutes": [code],
    }


def test_a_problem_that_outlives_a_scheduled_mute_is_told_when_it_ends(
    story: Story, graphite: Caller, minute: Callable[[], None], channel: Any
) -> None:
    channel("Email me")
    code = made(graphite, start_time="12:02", timezone="UTC", duration=10)
    graphite.alert(name="Load", metric="web.load", scheduled_mutes=[code], notification_type="state_change")
    for number in range(12):
        graphite.send("web.load 9" if number > 3 else "web.load 1")
        story.queues.work()
        minute()
    assert story.sent.subjects == []
    for _ in range(2):
        minute()
    assert story.sent.subjects == ["DOWN | Load"]


def test_the_values_of_a_search_are_alternatives(graphite: Caller) -> None:
    one = made(graphite, name="one", start_time="01:00", duration=10, repeat=["mon"])
    made(graphite, name="two", start_time="02:00", duration=20, timezone="UTC+2", repeat=["tue", "wed"])
    made(graphite, name="three", start_time="03:00", duration=30, timezone="Europe/Helsinki", repeat=[])

    def found(query: str) -> list[str]:
        return [schedule["name"] for schedule in graphite.get(f"{ROOT}?{query}").json["scheduled_mutes"]]

    assert found("") == ["one", "two", "three"]
    assert found("&name=two&name=three") == ["two", "three"]
    assert found(f"id={one}&duration=30") == ["one", "three"]
    assert found("start_time=02:00") == ["two"]
    assert found("repeat=mon&repeat=wed") == ["one", "two"]
    for zone in ("UTC+2", "UTC%2B2", "UTC 2"):
        assert found(f"timezone={zone}&timezone=Europe/Helsinki") == ["one", "two", "three"]
    assert found("timezone=UTC-3") == []


def test_pages_of_scheduled_mutes_name_the_next_one(graphite: Caller) -> None:
    for number in range(3):
        made(graphite, name=f"mute {number}")
    first = graphite.get(f"{ROOT}?max=2").json
    assert ([one["name"] for one in first["scheduled_mutes"]], first["next_page"]) == (["mute 0", "mute 1"], 2)
    last = graphite.get(f"{ROOT}?max=2&page=2").json
    assert ([one["name"] for one in last["scheduled_mutes"]], last["next_page"]) == (["mute 2"], False)


def these(*values: Any) -> tuple[Any, ...]:
    """Values of any types."""
    return values


BAD: list[tuple[str, object]] = [
    *(("name", value) for value in these(None, "", " ", 5, [], "x" * 201, "\ud800", "a\0b")),
    *(
        ("start_time", value)
        for value in these(None, "", "25:00", "12:60", "noon", 1420, ["14:20"], "14:20:00", "١٤:٢٠")
    ),
    *(("duration", value) for value in these(None, 0, -5, 1.5, True, "x", "", [], 10**9, 10**50, "9" * 5_000)),
    *(
        ("timezone", value)
        for value in these("Mars", "", 0, False, [], {}, 2, "UTC+15", "UTC-13", "UTC+2:30", "../x", "\0")
    ),
    *(("repeat", value) for value in these("mon", 0, False, {}, "", ["funday"], [7], [None], [[]], [True], ["mo"])),
    ("colour", "red"),
]


@pytest.mark.parametrize(("field", "value"), BAD, ids=lambda value: ascii(value)[:40])
def test_what_is_wrong_with_a_scheduled_mute_is_refused_by_its_name(
    graphite: Caller, contents: Callable[[], Any], field: str, value: object
) -> None:
    code = made(graphite)
    before = contents()
    for answer in (
        graphite.post(ROOT, {**NIGHTLY, "name": "new", field: value}),
        graphite.put(f"{ROOT}{code}/", {field: value}),
    ):
        assert (answer.status, answer.json["field"]) == (400, field), answer.text
        assert answer.json["error"].startswith(field)
    assert contents() == before


def test_another_projects_scheduled_mute_is_as_unknown_as_none(graphite: Caller, stranger: Api) -> None:
    code = made(graphite)
    other = Caller(stranger, stranger.key, graphite.clock)
    for path in (code, "nothing", "%00", "x" * 3_000, "%ED%A0%80"):
        for method in ("GET", "PUT", "DELETE"):
            assert other.call(method, f"{ROOT}{path}/", {}).status == 404
    refused = other.post("/v2/alerts/", {"name": "x", "metric": "x", "alert_criteria": None, "scheduled_mutes": [code]})
    assert refused.status == 400
    assert graphite.get(f"{ROOT}{code}/").status == 200
