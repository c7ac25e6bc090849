"""Downtimes: which silences they are, which hold, and what is told of them later."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core import downtimes
from chalicelib.core.check import Check
from chalicelib.core.downtimes import Downtime
from chalicelib.core.errors import Conflict
from chalicelib.core.instances import as_decided, new, silenced_as_whole, whole_as_decided
from chalicelib.core.silence import Silence, SilencedUntil
from chalicelib.core.status import Judged, Silenced, Unsilenced, decide
from chalicelib.core.windows import Window
from tests.cases import each

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DOWNTIME = Downtime("d1", "Upgrade", NOW, NOW + HOUR, "ann", NOW, entities=("web", "db"), alerts=(1, 2))
ALERT = Check("p", "a", NOW - HOUR, "evaluation")


def laid(downtime: Downtime, *names: str) -> Silence:
    found = downtime.silence(1, names)
    assert found
    return found


@pytest.mark.parametrize(
    "downtime",
    [
        DOWNTIME,
        Downtime("d1", "", NOW, None, "", NOW),
        replace(DOWNTIME, window=Window(120, 60, "UTC+2", (0, 6)), without=frozenset({"x", "y"})),
        replace(DOWNTIME, filters=({"type": "host", "rack": ["a", 1]},), only=(7,)),
    ],
)
def test_a_downtime_comes_back_from_its_document_as_it_was(downtime: Downtime) -> None:
    document = json.loads(json.dumps(downtimes.to_document(downtime)))
    assert downtimes.from_document(downtime.id, downtime.made, {**document, "colour": "red"}) == downtime


def test_a_downtime_of_no_entity_of_an_alert_is_no_silence_of_the_alert() -> None:
    assert DOWNTIME.silence(1, ()) is None
    pair = downtimes.pair_id("d1", 1, "web")
    assert replace(DOWNTIME, without=frozenset({pair})).silence(1, ["web"]) is None
    assert replace(DOWNTIME, without=frozenset({pair})).silence(2, ["web"]) is not None


def test_a_pair_has_the_same_id_whenever_it_is_asked_for_and_no_other_has_it() -> None:
    ids = {downtimes.pair_id(*pair) for pair in [("d", 1, "a"), ("d", 1, "b"), ("d", 2, "a"), ("e", 1, "a")]}
    assert len(ids) == 4
    assert downtimes.pair_id("d", 1, "a") in ids


def test_what_has_passed_cannot_be_made_quiet_any_more() -> None:
    assert laid(replace(DOWNTIME, start=NOW - HOUR), "web").start == NOW


def test_one_without_filters_is_about_the_entities_and_alerts_that_it_names() -> None:
    known = [{"id": "web", "type": "host"}, {"id": "mail", "type": "host"}]
    assert DOWNTIME.among(known) == known[:1]
    assert [DOWNTIME.concerns(number) for number in (1, 3)] == [True, False]


def test_an_open_one_is_about_what_fits_it() -> None:
    known: list[dict[str, object]] = [{"id": "web", "type": "host"}, {"id": "mail", "type": "host", "rack": 1}]
    opened = replace(DOWNTIME, filters=({"rack": "1"},), alerts=(), only=())
    assert opened.among(known) == known[1:]
    assert opened.concerns(9)
    assert not replace(opened, only=(1,)).concerns(9)


@pytest.mark.parametrize(
    ("minutes", "holds"), [(-1, False), (0, True), (59, True), (60, False)], ids=["before", "begin", "last", "end"]
)
def test_it_holds_from_its_first_second_to_its_last(minutes: int, holds: bool) -> None:
    alert = replace(ALERT, silences=(laid(DOWNTIME, "web"),))
    at = NOW + timedelta(minutes=minutes)
    assert downtimes.is_in_downtime(alert, "web", at) is holds
    assert not downtimes.is_in_downtime(alert, "mail", at)


def test_of_one_that_comes_again_the_occurrence_is_told() -> None:
    nightly = replace(DOWNTIME, end=None, window=Window(13 * 60, 30))
    alert = replace(ALERT, silences=(laid(nightly, "web"),))
    assert downtimes.in_force(alert, "web", NOW) == []
    (held,) = downtimes.in_force(alert, "web", NOW + timedelta(hours=25))
    assert (held.start, held.end) == (NOW + timedelta(hours=25), NOW + timedelta(hours=25, minutes=30))


def test_a_mute_of_the_whole_alert_holds_for_each_of_its_entities() -> None:
    alert = replace(ALERT, silences=(Silence("mute", NOW, None, "mute"),))
    assert [one.id for one in downtimes.in_force(alert, "web", NOW)] == ["mute"]


def test_flips_of_an_instance_say_that_they_came_in_a_downtime_and_it_carries_none() -> None:
    alert = replace(ALERT, silences=(laid(DOWNTIME, "web"),))
    for name, silenced in (("web", True), ("mail", False)):
        instance = new(alert, name, NOW)
        change = decide(as_decided(instance, alert), Judged(NOW, True))
        assert change
        assert [flip.silenced for flip in change.flips] == [silenced]
        assert change.before.silences == change.after.silences
        assert instance.silences == ()


def test_what_was_lifted_is_remembered_as_that_and_what_ran_out_is_not() -> None:
    begun, ahead = laid(DOWNTIME, "web"), laid(replace(DOWNTIME, id="d2", start=NOW + 2 * HOUR, end=None), "web")
    over = replace(begun, id="d0", end=NOW + HOUR / 4)
    alert = replace(ALERT, silences=(over, begun, ahead))
    change = decide(alert, Unsilenced(NOW + HOUR / 2, lambda _one: True))
    assert change
    assert [(one.id, one.lifted, one.end) for one in change.ended] == [
        ("d0", False, NOW + HOUR / 4),
        ("d1", True, NOW + HOUR / 2),
        ("d2", True, NOW + HOUR / 2),
    ]
    told = [(event.name, event.silence.id) for event in downtimes.events(change.ended, NOW, NOW + HOUR)]
    assert told.count(("DOWNTIME_REMOVED", "d2")) == told.count(("DOWNTIME_REMOVED", "d1")) == 1
    assert ("DOWNTIME_STARTED", "d2") not in told
    assert ("DOWNTIME_REMOVED", "d0") not in told


def test_every_occurrence_is_an_event_and_no_other_silence_is() -> None:
    nightly = replace(DOWNTIME, end=None, window=Window(13 * 60, 30))
    mute = Silence("mute", NOW, NOW + HOUR, "mute", made=NOW)
    found = downtimes.events([laid(nightly, "web"), mute], NOW + HOUR, NOW + timedelta(hours=26))
    assert [(event.at - NOW, event.name) for event in found] == [
        (timedelta(hours=1), "DOWNTIME_STARTED"),
        (timedelta(hours=1, minutes=30), "DOWNTIME_ENDED"),
        (timedelta(hours=25), "DOWNTIME_STARTED"),
        (timedelta(hours=25, minutes=30), "DOWNTIME_ENDED"),
    ]


def test_the_downtimes_of_an_alert_fit_its_item() -> None:
    names = tuple(f"{number:04d}" + "x" * 796 for number in range(200))
    alert = decide(ALERT, Silenced(NOW, laid(replace(DOWNTIME, entities=names), *names)))
    assert alert
    with pytest.raises(Conflict, match="bytes of entities"):
        decide(alert.after, Silenced(NOW, laid(replace(DOWNTIME, id="d2"), *names)))


@each(
    ("down", "until"),
    [
        ((), None),
        (("web",), NOW + HOUR),
        (("web", "db"), NOW + HOUR),
        (("db",), NOW + 2 * HOUR),
        (("web", "mail"), None),
    ],
)
def test_an_alert_as_a_whole_is_silenced_until_the_first_of_those_that_are_down_is_not(
    down: tuple[str, ...], until: datetime | None
) -> None:
    longer = replace(DOWNTIME, id="d2", end=NOW + 2 * HOUR)
    alert = replace(ALERT, silences=(laid(DOWNTIME, "web"), laid(longer, "db")))
    assert silenced_as_whole(alert, down, NOW) == (SilencedUntil(until) if until else None)


def test_one_that_is_silenced_without_an_end_does_not_keep_back_the_others() -> None:
    endless = Silence("m", NOW, None, "mute", entities=("db",))
    alert = replace(ALERT, silences=(laid(DOWNTIME, "web"), endless))
    assert silenced_as_whole(alert, ["db"], NOW) == SilencedUntil(None)
    assert silenced_as_whole(alert, ["web", "db"], NOW) == SilencedUntil(NOW + HOUR)


@pytest.mark.parametrize(
    ("down", "at", "silenced"),
    [(("web",), NOW, True), (("web", "mail"), NOW, False), ((), NOW, True), ((), NOW + HOUR, False)],
)
def test_flips_of_an_alert_as_a_whole_say_that_they_came_in_a_downtime(
    down: tuple[str, ...], at: datetime, silenced: bool
) -> None:
    alert = replace(ALERT, silences=(laid(DOWNTIME, "web"),), status="up" if down else "down", since=NOW - HOUR)
    change = decide(whole_as_decided(alert, down, at), Judged(at, bool(down)))
    assert change
    assert [flip.silenced for flip in change.flips] == [silenced]
    assert change.before.silences == change.after.silences
