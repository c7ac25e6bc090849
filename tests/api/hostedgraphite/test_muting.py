"""Mutes: of one alert, of several, of all; what is left of them, what ends them, and what is told afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.monitor.managing import rules
from tests.api.client import Api
from tests.api.hostedgraphite.conftest import Caller
from tests.conftest import Clock, Queues, Story
from tests.sent import Sent

pytestmark = pytest.mark.usefixtures("quiet")
ROOT = "/v2/alerts"
NOBODY = "00000000-0000-4000-8000-000000000000"


def muted(graphite: Caller, *ids: str) -> list[bool]:
    return [graphite.shown(one)["muted"] for one in ids]


@pytest.fixture
def three(graphite: Caller, channel: Any) -> list[str]:
    """Alerts on cpu and disk of web1, which Ops hears of, and on memory of web2."""
    channel("Ops"), channel("Dev")
    return [
        graphite.alert(name="cpu", metric="web1.cpu", notification_channels=["Ops"]),
        graphite.alert(name="disk", metric="web1.disk", notification_channels=["Ops"]),
        graphite.alert(name="memory", metric="web2.memory", notification_channels=["Dev"]),
    ]


def test_one_alert_is_muted_for_so_many_minutes_and_says_what_is_left(graphite: Caller, clock: Clock) -> None:
    alert = graphite.alert()
    path = f"{ROOT}/{alert}/muted/"
    about = {"id": alert, "name": "alert1", "scheduled_mutes": []}
    assert graphite.get(path).json == {**about, "muted": False, "duration": 0}
    answer = graphite.post(path, {"duration": 60})
    assert (answer.status, answer.json) == (200, {"duration": 60})
    assert graphite.get(path).json == {**about, "muted": True, "duration": 60}
    clock.move(minutes=59, seconds=30)
    assert graphite.get(path).json == {**about, "muted": True, "duration": 1}
    clock.move(seconds=30)
    assert graphite.get(path).json == {**about, "muted": False, "duration": 0}


def test_a_second_mute_takes_the_place_of_the_first(graphite: Caller) -> None:
    path = f"{ROOT}/{graphite.alert()}/muted/"
    for minutes in (60, "5", 90):
        graphite.post(path, {"duration": minutes})
        assert graphite.get(path).json["duration"] == int(minutes)
    assert graphite.delete(path).status == 200
    assert graphite.get(path).json["muted"] is False


def test_unmuting_what_is_not_muted_does_no_harm(graphite: Caller) -> None:
    assert graphite.delete(f"{ROOT}/{graphite.alert()}/muted/").status == 200


def test_several_are_muted_and_unmuted_by_their_ids(graphite: Caller, three: list[str]) -> None:
    answer = graphite.post(f"{ROOT}/muted/", {"ids": three[:2], "duration": 60})
    assert (answer.status, answer.json) == (200, {"ids": three[:2], "duration": 60})
    assert muted(graphite, *three) == [True, True, False]
    answer = graphite.delete(f"{ROOT}/muted/", {"ids": three[1:]})
    assert (answer.status, sorted(answer.json["ids"])) == (200, sorted(three[1:]))
    assert muted(graphite, *three) == [True, False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web1", [True, True, False]),
        ("memory", [False, False, True]),
        ("Ops", [True, True, False]),
        ("nothing", [False] * 3),
    ],
)
def test_several_are_muted_and_unmuted_by_a_search(
    graphite: Caller, three: list[str], text: str, expected: list[bool]
) -> None:
    assert graphite.post(f"{ROOT}/muted/", {"search": text, "duration": 60}).status == 200
    assert muted(graphite, *three) == expected
    assert graphite.delete(f"{ROOT}/muted/", {"search": text}).status == 200
    assert muted(graphite, *three) == [False] * 3


def test_ids_and_search_add_up(graphite: Caller, three: list[str]) -> None:
    answer = graphite.post(f"{ROOT}/muted/", {"ids": [three[2], three[2]], "search": "disk", "duration": 1})
    assert sorted(answer.json["ids"]) == sorted(three[1:])


@pytest.mark.parametrize("given", [{}, {"ids": [], "search": ""}, {"ids": None, "search": None}])
def test_without_ids_and_search_all_are_meant(graphite: Caller, three: list[str], given: dict[str, Any]) -> None:
    assert sorted(graphite.post(f"{ROOT}/muted/", {**given, "duration": 60}).json["ids"]) == sorted(three)
    assert muted(graphite, *three) == [True] * 3
    assert graphite.delete(f"{ROOT}/muted/", given).status == 200
    assert muted(graphite, *three) == [False] * 3


def test_all_are_unmuted_without_a_body(graphite: Caller, three: list[str]) -> None:
    graphite.post(f"{ROOT}/muted/", {"duration": 60})
    assert graphite.delete(f"{ROOT}/muted/").status == 200
    assert muted(graphite, *three) == [False] * 3


def test_no_alerts_at_all_are_muted_too(graphite: Caller) -> None:
    assert graphite.post(f"{ROOT}/muted/", {"duration": 5}).json == {"ids": [], "duration": 5}


def test_an_unknown_id_mutes_nothing(graphite: Caller, three: list[str], stranger: Api) -> None:
    foreign = Caller(stranger, stranger.key, graphite.clock).alert()
    for unknown in (NOBODY, "abc", "", "\ud800", foreign):
        assert graphite.post(f"{ROOT}/muted/", {"ids": [three[0], unknown], "duration": 60}).status == 404
        assert graphite.delete(f"{ROOT}/muted/", {"ids": [unknown]}).status == 404
        assert graphite.post(f"{ROOT}/muted/", {"ids": [unknown], "search": "cpu", "duration": 60}).status == 404
    for method in ("POST", "GET", "DELETE"):
        assert graphite.call(method, f"{ROOT}/{foreign}/muted/", {"duration": 5}).status == 404
    assert muted(graphite, *three) == [False] * 3


def these(*values: Any) -> tuple[Any, ...]:
    """Values of any types."""
    return values


BAD: list[tuple[str, object]] = [
    *(("duration", value) for value in these(None, 0, -5, 1.5, True, "x", "", [], {}, 10**9, 10**50, "9" * 5_000)),
    ("duration", float("nan")),
    ("duration", float("inf")),
    *(("ids", value) for value in these(0, False, {}, "abc", [1], [None], {"a": 1}, [[]])),
    *(("search", value) for value in these(0, False, [], {}, ["x"])),
    ("colour", "red"),
    ("id", "x"),
]


@pytest.mark.parametrize(("field", "value"), BAD, ids=lambda value: repr(value)[:40])
def test_what_is_wrong_mutes_nothing(
    graphite: Caller, three: list[str], contents: Callable[[], Any], field: str, value: object
) -> None:
    graphite.post(f"{ROOT}/{three[0]}/muted/", {"duration": 60})
    before = contents()
    answers = [graphite.post(f"{ROOT}/muted/", {"duration": 60, field: value})]
    if field == "duration":
        answers.append(graphite.post(f"{ROOT}/{three[1]}/muted/", {field: value}))
    else:
        answers.append(graphite.delete(f"{ROOT}/muted/", {field: value}))
    for answer in answers:
        assert (answer.status, answer.json["field"]) == (400, field), answer.text
    assert contents() == before


def test_an_alert_that_is_deleted_meanwhile_does_not_keep_the_others_from_being_muted(
    graphite: Caller, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    every = rules.of_project

    def then_gone(project: Any) -> Any:
        found = every(project)
        monkeypatch.undo()
        assert graphite.delete(f"{ROOT}/{three[1]}/").status == 200
        return found

    monkeypatch.setattr(rules, "of_project", then_gone)
    answer = graphite.post(f"{ROOT}/muted/", {"duration": 60})
    assert (answer.status, sorted(answer.json["ids"])) == (200, sorted([three[0], three[2]]))
    assert muted(graphite, three[0], three[2]) == [True, True]


def test_a_muted_alert_is_judged_and_its_problem_told_at_the_end_only_if_it_lasts(
    story: Story, graphite: Caller, minute: Callable[[], None], channel: Any
) -> None:
    channel("Email me")
    alert = graphite.alert(name="Load", metric="web.load", notification_type="state_change")
    other = graphite.alert(name="Disk", metric="web.disk", notification_type="state_change")
    graphite.post(f"{ROOT}/muted/", {"duration": 10})
    graphite.send("web.load 9", "web.disk 9")
    story.queues.work()
    assert [graphite.shown(one)["status"] for one in (alert, other)] == ["alerting", "alerting"]
    story.clock.move(minutes=5)
    graphite.send("web.load 1", "web.disk 9")
    story.queues.work()
    for _ in range(8):
        minute()
    assert story.sent.subjects == ["DOWN | Disk"]
    events = graphite.get(f"{ROOT}/history/?id={alert}").json[alert]
    assert [event["status"] for event in events] == ["healthy", "alerting"]


def test_unmuting_tells_of_the_problem_at_once(graphite: Caller, sent: Sent, queues: Queues, channel: Any) -> None:
    channel("Email me")
    alert = graphite.alert(name="Load", metric="web.load", notification_type="state_change")
    graphite.post(f"{ROOT}/{alert}/muted/", {"duration": 10})
    graphite.send("web.load 9")
    queues.work()
    assert sent.subjects == []
    graphite.delete(f"{ROOT}/muted/", {"ids": [alert]})
    queues.work()
    assert sent.subjects == ["DOWN | Load"]


def test_a_read_only_key_mutes_nothing(graphite: Caller, reader: Api) -> None:
    alert = graphite.alert()
    for path in (f"{ROOT}/muted/", f"{ROOT}/{alert}/muted/"):
        assert graphite.post(path, {"duration": 5}, key=reader.key).status == 403
        assert graphite.delete(path, key=reader.key).status == 403
    assert graphite.get(f"{ROOT}/{alert}/muted/", key=reader.key).json["muted"] is False


def test_a_problem_under_a_mute_that_is_made_shorter_is_told_within_ten_minutes_of_its_end(
    story: Story, graphite: Caller, minute: Callable[[], None], channel: Any
) -> None:
    channel("Email me")
    alert = graphite.alert(name="Load", metric="web.load", notification_type="state_change")
    graphite.post(f"{ROOT}/{alert}/muted/", {"duration": 60})
    graphite.send("web.load 9")
    story.queues.work()
    minute()
    graphite.post(f"{ROOT}/{alert}/muted/", {"duration": 3})
    for _ in range(13):
        minute()
    assert story.sent.subjects == ["DOWN | Load"]
