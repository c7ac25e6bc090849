"""infra.local.demo and living: checks in every state with a past and a future, and channels of every kind."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from typing import Any

import pytest

from chalicelib import settings, store
from chalicelib.api import alertra, hostedgraphite, zmon
from chalicelib.channels import KINDS, Outlet, kind_named
from chalicelib.channels.sender import Answer
from chalicelib.core import status
from chalicelib.core.check import Check, Project
from chalicelib.core.errors import Undelivered
from chalicelib.gateway.application import Application
from chalicelib.monitor.clocks import sweep
from chalicelib.monitor.managing import channels, projects
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.services import Services
from chalicelib.store import history, outbox
from infra.local import demo, emulator, environ, fixtures, shop
from infra.local.audience import Collecting
from infra.local.gateway import NOT_FOUND
from infra.local.living import Living
from infra.local.outbox import Outbox
from tests.channels import samples
from tests.conftest import NOW
from tests.gateway.entrances import Sent, rest


class Shown:
    """The demo's project at the moment when it has been filled."""

    def __init__(self, services: Services, project: Project, key: str, sent: Outbox) -> None:
        self.services, self.project, self.key, self.sent = services, project, key, sent
        self.checks = {check.name: check for check in manage.of_project(project)}

    def flips(self, check: Check) -> list[str]:
        """What the check has flipped to, oldest first."""
        found = history.flips(check.project, check.code, NOW - timedelta(days=90), NOW, NOW)
        return [flip.new for flip in sorted(found, key=lambda flip: flip.at)]


class SentOut:
    """The way out of the machine, and who is called there."""

    def __init__(self) -> None:
        self.called: list[str] = []

    def send(self, _method: str, url: str, _headers: object, _body: object, **_how: object) -> Answer:
        self.called.append(url)
        return Answer(200, b"")


@pytest.fixture(scope="module")
def shown() -> Iterator[Shown]:
    """Filled in once, for that takes a while; the tests only look."""
    sent = Outbox()
    with pytest.MonkeyPatch.context() as patch, emulator.aws(dict.fromkeys(emulator.SENT_OUT, sent.collect)):
        variables: dict[str, str] = {}
        environ.prepare("http://127.0.0.1:8000", variables)
        for name, value in variables.items():
            patch.setenv(name, value)
        services = Services(settings.load(variables), clock=lambda: NOW)
        store.connect(services.settings)
        fixtures.make(services.settings)
        ring = projects.create(services, "Main")
        demo.fill(services, ring.project, sent)
        yield Shown(services, ring.project, ring.keys["write"], sent)


def test_there_is_a_check_in_every_state(shown: Shown) -> None:
    found = {status.shown(check, NOW, with_started=True) for check in shown.checks.values()}

    assert found == {"new", "up", "grace", "down", "paused", "started"}


def test_there_are_checks_of_every_schedule_all_with_tags(shown: Shown) -> None:
    assert {check.schedule_kind for check in shown.checks.values()} == {"simple", "cron", "oncalendar"}
    assert all(check.tags for check in shown.checks.values())


def test_there_is_a_channel_of_every_kind_one_of_them_broken(shown: Shown) -> None:
    found = channels.of_project(shown.project.code)

    assert sorted(channel.kind for channel in found) == sorted(kind.name for kind in KINDS)
    assert [channel.kind for channel in found if channel.error] == ["slack"]


def test_a_check_has_a_past_with_runs_bodies_and_durations(shown: Shown) -> None:
    check = shown.checks["Database backup"]
    log = history.pings(check.code, 100, NOW)

    assert check.created < NOW - timedelta(days=8)
    assert {ping.kind for ping in log} == {"start", "success"}
    assert history.ping_body(check.code, log[0].n, NOW)
    assert check.last_duration and check.last_duration > timedelta(minutes=1)


def test_a_check_went_down_and_came_back_more_than_once(shown: Shown) -> None:
    assert shown.flips(shown.checks["Mail gateway"]) == ["up", "down", "up", "down", "up"]


def test_all_news_has_been_told_in_its_own_time(shown: Shown) -> None:
    sent = shown.sent.newest_first()

    assert {message.kind for message in sent} == {"email", "sms", "sns", "webhook"}
    assert NOW > sent[0].at > sent[-1].at + timedelta(hours=3)
    assert list(outbox.all_waiting()) == []


def test_only_calls_of_the_demo_stay_here(shown: Shown) -> None:
    """Each kind of the demo's channels, and one of its user's own, which goes out."""
    out = SentOut()
    sent = Outbox()
    outlet = Outlet(sender=Collecting(sent, out))  # type: ignore[arg-type]
    calling = [
        channel for channel in channels.of_project(shown.project.code) if channel.kind not in ("email", "sms", "sns")
    ]
    for channel in calling:
        with suppress(Undelivered):
            kind_named(channel.kind).send(channel.settings, [samples.news("down")], outlet)
    kind_named("discord").send({"url": "https://discord.com/api/webhooks/1/own"}, [samples.news("down")], outlet)

    # The webhook is addressed to the runner, which shows it itself; nobody is at the address of the retired room.
    assert out.called == [
        "http://127.0.0.1:8000/outbox/webhook/status-board",
        "https://discord.com/api/webhooks/1/own?wait=true",
    ]
    assert len({message.to for message in sent.newest_first()}) == len(calling) - 2


def test_the_demo_goes_on_for_hours_and_only_what_is_meant_to_fall_silent_does(shown: Shown) -> None:
    living = Living(shown.services, shown.project, None)
    told: dict[str, list[datetime]] = defaultdict(list)
    for at, code, _beat in takewhile(lambda one: one[0] < NOW + timedelta(days=2), living._coming(NOW)):
        told[code].append(at)

    assert told.pop("") == [NOW + timedelta(seconds=10) * number for number in range(2 * 8_640)]
    longest = {
        check.name: max(later - before for before, later in pairwise([check.last_ping or NOW, *told[check.code]]))
        for check in shown.checks.values()
        if check.code in told
    }
    patience = {
        check.name: timedelta(seconds=check.timeout + check.grace)
        for check in shown.checks.values()
        if check.schedule_kind == "simple"
    }
    silent = {name for name, pause in longest.items() if pause > patience.get(name, pause)}
    assert silent == {"Goes quiet now and then"}
    assert set(shown.checks) - set(longest) == {
        "Nightly report",
        "Import of the price list",
        "Old cron job on db-1",
        "Certificate renewal",
    }


def test_the_dialects_take_the_shop_once_and_it_has_bad_minutes_and_good_ones(shown: Shown) -> None:
    api = Application("demo", shown.services, (alertra, hostedgraphite, zmon))
    refused: list[object] = []

    def ask(method: str, path: str, document: Any) -> Any:
        body = b"" if document is None else json.dumps(document).encode()
        headers = [("Authorization", f"Bearer {shown.key}"), ("Content-Type", "application/json")]
        answer = api(rest(Sent(method, path, headers, body)), None)
        if answer["statusCode"] >= 300:
            refused.append(answer)
        return json.loads(answer["body"] or "null")

    living = Living(shown.services, shown.project, ask)
    living.furnish(ask)
    once = [(line["kind"], line["name"]) for line in living.listed()]
    living.furnish(ask)

    assert refused == []
    assert [(line["kind"], line["name"]) for line in living.listed()] == once
    assert Counter(kind for kind, _ in once) == {"Heartbeat": 12, "Site": 3, "Metric": 3, "Hosts": 1}
    assert all(line["page"].startswith("http://127.0.0.1:8000/status/") for line in living.listed())
    hour = [NOW + timedelta(minutes=minute) for minute in range(60)]
    minutes: dict[str, set[Any]] = {
        "checkout": {page.status for now in hour if (page := shop.page("/demo/checkout", now))},
        "orders": {shop.waiting("web-2", now) > 100 for now in hour},
        "load": {shop.load("web-3", now) > 5 for now in hour},
    }
    for name, seen in minutes.items():
        assert len(seen) == 2, name
    assert shop.page("/demo/nothing", NOW) == NOT_FOUND
    assert shop.page("/ping", NOW) is None


def test_nothing_is_overdue_and_one_check_is_about_to_go_down(shown: Shown) -> None:
    due = sorted(check.due for check in shown.checks.values() if check.due)

    assert NOW < due[0] <= NOW + timedelta(minutes=2) < due[1]


def test_the_clock_of_the_outbox_is_the_real_one_again(shown: Shown) -> None:
    assert shown.sent.clock() != shown.services.clock()


def test_the_next_sweep_has_nothing_to_make_up_for(shown: Shown) -> None:
    before = len(shown.sent.newest_first())
    shown.services.sleep = lambda seconds: pytest.fail("nothing is due within the minute")

    assert sweep.run(shown.services) == 0
    assert len(shown.sent.newest_first()) == before
