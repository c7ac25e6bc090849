"""A new kind of check is one file and one line: nothing else knows its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import channels as channel_kinds
from chalicelib.channels.sender import Answer
from chalicelib.core import kinds
from chalicelib.core.check import Check
from chalicelib.core.errors import Conflict
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.managing import channels, checks
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import notifications
from chalicelib.web import gathering, view
from tests.channels.samples import VALID
from tests.conftest import Queues, Story, client
from tests.dummies import lamp


class Calls:
    """A sender that takes everything."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def send(self, method: str, url: str, headers: Any, body: bytes | None = None, redirects: int = 3) -> Answer:
        self.bodies.append(body or b"")
        return Answer(200, b"")


@pytest.fixture
def calls(services: Services) -> Calls:
    found = Calls()
    services.outlet.sender = found  # type: ignore[assignment]
    return found


@pytest.fixture
def lamps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.KINDS, lamp.name, lamp)


Make = Callable[..., Check]


@pytest.fixture
def make(services: Services, keyring: Keyring, lamps: None) -> Make:
    def made(**values: Any) -> Check:
        return checks.create(
            services, keyring.project, {"kind": lamp.name, "period": 60, "spec": lamp.Bulb("hall"), **values}
        )

    return made


@pytest.fixture
def everywhere(services: Services, keyring: Keyring) -> tuple[str, ...]:
    """A channel of every kind, and the ready-made bodies of webhooks. A lamp may have instances: they hear of it as a
    whole."""
    topic = client("sns").create_topic(Name="alerts")["TopicArn"]
    settings = {**VALID, "sns": {"topic": topic}}
    ready = [
        {"url_down": "https://hooks.example.org/", "body_down": body, "method_down": "POST"}
        for body in ("$JSON", "$ALERT_JSON")
    ]
    made = [(kind.name, settings[kind.name]) for kind in channel_kinds.KINDS] + [("webhook", one) for one in ready]
    return tuple(
        sorted(
            channels.create(services, keyring.project, kind, kind, dict(one), 0, whole=True).code for kind, one in made
        )
    )


def test_news_of_a_new_kind_of_check_is_told_through_every_kind_of_channel(
    story: Story, calls: Calls, make: Make, everywhere: tuple[str, ...]
) -> None:
    check = make(channels=everywhere)
    story.clock.move(minutes=1)
    story.judge(check, firing=True, reason="no light")
    story.queues.work()
    outcomes = {code: [one.state for one in notifications.log(code, 10, story.clock.now)] for code in everywhere}
    assert outcomes == {code: ["sent"] for code in everywhere}
    assert "the lamp in the hall" in story.sent.mails[0].subject
    assert "no light" in story.sent.mails[0].text
    told = b"".join(calls.bodies)
    assert b'"criteria": "dark"' in told
    assert b'"kind": "lamp"' in told


def test_a_new_kind_of_check_stands_on_the_wheel_and_its_queue_is_told(
    services: Services, queues: Queues, make: Make
) -> None:
    made = [make(name=f"lamp {number}") for number in range(3)]
    tick.run(services)
    batches = [message["checks"] for message in queues.take("rules")]
    assert {code for batch in batches for _, code in batch} == {check.code for check in made}
    assert max(map(len, batches)) <= 2


def test_a_new_kind_of_check_may_ask_for_names_of_its_own(make: Make) -> None:
    make(name="Hall")
    with pytest.raises(Conflict):
        make(name="Hall")


def test_checks_of_one_kind_are_none_of_another(services: Services, keyring: Keyring, make: Make) -> None:
    made = make(name="Hall")
    assert checks.of_project(keyring.project, lamp.name) == [made]
    assert checks.of_project(keyring.project) == []


def test_a_page_shows_what_a_new_kind_of_check_looks_at(services: Services, make: Make) -> None:
    facts = gathering.gather(services, make(name="Hall"))
    looks = view.page(facts, services.site)["looks"]
    assert (looks["word"], looks["target"]) == ("Room", "hall")
