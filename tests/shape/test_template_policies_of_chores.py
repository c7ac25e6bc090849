"""The function that does chores is led down all its ways, and what it calls in AWS is what its policy allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.check import Channel, Check, PingKind, Signal
from chalicelib.core.downtimes import Downtime
from chalicelib.monitor.intake import pings, points
from chalicelib.monitor.managing import (
    alerts,
    boards,
    channels,
    downtimes,
    panels,
    people,
    projects,
    rules,
    silences,
)
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.services import Services
from chalicelib.store import definitions, directory, history
from tests import specs
from tests.boards import wanted
from tests.conftest import Clock, Queues, Story
from tests.definitions import alert as definition
from tests.shape.calls import Calls
from tests.shape.requests import Invoke, fresh, ping
from tests.shape.scenes import nowhere, watch_a_park
from tests.shape.test_template_policies import allowed


def test_the_chores(
    story: Story,
    check: Check,
    audience: list[Channel],
    invoke: Invoke,
    calls: Calls,
) -> None:
    kept = keep_pings(story.services, story.keyring, check)
    # A second time does nothing but ask.
    invoke("do_chores", *kept, *kept)
    with pytest.raises(KeyError):
        invoke("do_chores", {"do": "nothing that is known"})
    story.clock.move(seconds=50)
    definitions.delete_channel(audience[0])
    invoke("do_chores", {"do": "clear_channel", "project": check.project, "channel": audience[0].code})
    invoke("do_chores", *keep(story.services, check, "fail"))
    invoke("do_chores", {"do": "purge", "owner": check.code})
    do_chores_of_series(story.services, check.project, story.clock, invoke)
    for noun, code in (("check", check.code), ("channel", audience[0].code)):
        invoke("do_chores", {"do": "give_numbers", "project": check.project, "noun": noun, "codes": [code]})
    invoke("do_chores", {"do": "sum_day", "code": check.code, "day": "2026-11-21"})
    empty_a_project(story, invoke)
    settle_a_downtime(story, invoke)
    tell_an_alert_otherwise(story, invoke)
    follow_a_dashboard(story, invoke)
    assert calls.needed == allowed("do_chores")


def follow_a_dashboard(story: Story, invoke: Invoke) -> None:
    """Who saved a dashboard, and who saved it again and deleted it, died before its alerts were what it says."""
    services, project = story.services, story.keyring.project
    with pytest.MonkeyPatch.context() as patch:
        for panels_of_it in (wanted("a", "b"), wanted("", "c")):
            patch.setattr(panels, "_bring_about", nowhere)
            board = boards.save(services, project, panels_of_it, "ann", overwrite=True)
            patch.undo()
            invoke("do_chores", {"do": "follow_board", "project": project.code, "number": board.number})
        patch.setattr(panels, "_bring_about", nowhere)
        boards.delete(services, project.code, board)
    invoke("do_chores", {"do": "follow_board", "project": project.code, "number": board.number})


def tell_an_alert_otherwise(story: Story, invoke: Invoke) -> None:
    """Who had an alert told to others died before it was; then another group is told, and a last word waits."""
    services, project = story.services, story.keyring.project
    services.settings = replace(services.settings, confirm_addresses=True)
    people.join(services, project, "ops", "ann@example.org", "x")
    calls_out = ["send_mail('group:ops')", "send_sms('+37120000009')"]
    made = alerts.create(services, project, definition(), "ann")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alerts, "inherit", nowhere)
        alerts.change(services, project, made.number, definition(notifications=calls_out), "ann")
    inherit = {"do": "inherit", "project": story.project, "number": made.number}
    invoke("do_chores", inherit)
    people.join(services, project, "ops", "bob@example.org", "x")
    invoke("do_chores", {"do": "regroup", "project": story.project})
    alerts.change(services, project, made.number, definition(), "ann")
    invoke("do_chores", {"do": "drop_channels", "project": story.project, "check": made.code})


def settle_a_downtime(story: Story, invoke: Invoke) -> None:
    """Who scheduled it died before it stood at its alert; another has long been over."""
    alert = watch_a_park(story)
    schedule_downtime(story)
    story.clock.move(hours=26)
    made = schedule_downtime(story)
    silences.lift(story.services, alert)
    invoke("do_chores", {"do": "settle_downtime", "project": story.project, "downtime": made.id})


def schedule_downtime(story: Story) -> Downtime:
    now = story.clock.now
    end = now + timedelta(hours=1)
    asked = Downtime(story.services.new_code(), "Upgrade", now, end, "ann", now, entities=("db-1",))
    return downtimes.schedule(story.services, story.keyring.project, asked)


def empty_a_project(story: Story, invoke: Invoke) -> None:
    """Who closed it died before anything was removed."""
    full = projects.create(story.services, "Full").project
    told = channels.create(story.services, full, "email", "Ops", {"address": "ops@example.org"})
    manage.create(story.services, full, {"name": "Last", "slug": "last", "channels": (told.code,)})
    rules.create(story.services, full, {"name": "Load", "spec": specs.above("load"), "channels": ()})
    points.take(story.services, full.code, b"load 1")
    directory.close_project(directory.project(full.code), story.clock.now)
    invoke("do_chores", {"do": "empty_project", "project": full.code})


def keep(services: Services, check: Check, kind: PingKind) -> list[dict[str, Any]]:
    """The message of a ping that no table could take."""
    fresh()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pings, "_find", nowhere)
        pings.receive(services, pings.Address(code=check.code), Signal(kind, services.clock()))
    return Queues(services).take("chores")


def do_chores_of_series(services: Services, project: str, clock: Clock, invoke: Invoke) -> None:
    """Rolls an hour up, once more with a point that comes when the hour is no longer kept, and deletes the series."""
    began = int(clock.now.timestamp()) // 3_600 * 3_600
    points.take(services, project, f"load 1 {began}".encode())
    clock.move(hours=2)
    invoke("do_chores", {"do": "roll_up", "project": project, "series": ["load"], "hour": began})
    clock.move(days=10)
    points.take(services, project, f"load 2 {began + 60}".encode())
    invoke("do_chores", {"do": "roll_up", "project": project, "series": ["load"], "hour": began})
    invoke("do_chores", {"do": "purge_series", "project": project, "series": "load"})


def keep_pings(services: Services, keyring: projects.Keyring, check: Check) -> list[dict[str, Any]]:
    """The messages of pings that DynamoDB could not take, wholly or in part."""
    queue = Queues(services)
    address = pings.Address(key_hash=projects.hash_of(keyring.keys["ping"]), slug="fresh")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pings, "_find", nowhere)
        pings.receive(services, address, Signal("success", services.clock()), create=True)
        ping(services, check, b"kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "record", nowhere)
        ping(services, check, b"recorded later")
    return queue.take("chores")
