"""infra.local.demo: checks in every state with a past, and channels of every kind."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib import settings, store
from chalicelib.core import status
from chalicelib.core.check import Check, Project
from chalicelib.monitor.clocks import sweep
from chalicelib.monitor.managing import channels, projects
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.services import Services
from chalicelib.store import history, outbox
from infra.local import demo, emulator, environ, fixtures
from infra.local.outbox import Outbox
from tests.conftest import NOW


class Shown:
    """The demo's project at the moment when it has been filled."""

    def __init__(self, services: Services, project: Project, sent: Outbox) -> None:
        self.services, self.project, self.sent = services, project, sent
        self.checks = {check.name: check for check in manage.of_project(project)}

    def flips(self, check: Check) -> list[str]:
        """What the check has flipped to, oldest first."""
        found = history.flips(check.project, check.code, NOW - timedelta(days=90), NOW, NOW)
        return [flip.new for flip in sorted(found, key=lambda flip: flip.at)]


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
        project = projects.create(services, "Main").project
        demo.fill(services, project, sent)
        yield Shown(services, project, sent)


def test_there_is_a_check_in_every_state(shown: Shown) -> None:
    found = {status.shown(check, NOW, with_started=True) for check in shown.checks.values()}

    assert found == {"new", "up", "grace", "down", "paused", "started"}


def test_there_are_checks_of_every_schedule_all_with_tags(shown: Shown) -> None:
    assert {check.schedule_kind for check in shown.checks.values()} == {"simple", "cron", "oncalendar"}
    assert all(check.tags for check in shown.checks.values())


def test_there_are_channels_of_the_kinds_that_call_nobody_for_real_one_of_them_broken(shown: Shown) -> None:
    found = channels.of_project(shown.project.code)

    assert {channel.kind for channel in found} == {"email", "sms", "sns", "webhook", "slack"}
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
