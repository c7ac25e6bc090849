"""No line of the log holds a key, a code or a secret of a channel, whichever request meets whichever fault of AWS."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from chalicelib.gateway import Application
from chalicelib.monitor.managing import channels, checks
from tests import intercepted
from tests.conftest import Story
from tests.gateway.entrances import ENTRANCES, Sent

WRONG = "hcw_WrongWrongWrongWrongWrongWro"
HOOK = "https://hooks.slack.example.org/services/T0/B0/VerySecretPartOfTheAddress"
PASSWORD = "VerySecretPasswordOfTheWebhook"
CALLS = 6


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Every line that would be written: ours, and the warnings of everybody else."""
    found: list[str] = []
    handler, root, own = logging.Handler(), logging.getLogger(), logging.getLogger("tocsin")
    handler.emit = lambda record: found.append(logging.Formatter().format(record))  # type: ignore[method-assign]
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or record.name == "tocsin")
    before, own.propagate = own.propagate, False
    for logger in (root, own):
        logger.addHandler(handler)
    yield found
    for logger in (root, own):
        logger.removeHandler(handler)
    own.propagate = before


def refused(operation: str, arguments: Any) -> Exception:
    """A refusal that repeats all that was sent."""
    error: Any = {
        "Error": {"Code": "ValidationException", "Message": f"bad value: {json.dumps(arguments, default=str)}"}
    }
    return ClientError(error, operation)


def unsendable(_operation: str, arguments: Any) -> Exception:
    return ParamValidationError(report=f"Invalid value: {json.dumps(arguments, default=str)}")


def broken(_operation: str, arguments: Any) -> Exception:
    return ConnectionError(f"nobody there for {len(str(arguments))} bytes")


@contextmanager
def echoing(at_call: int, kind: Any) -> Iterator[None]:
    """Fails from one call to AWS on, with what was sent in the words of the failure."""
    numbers = count(1)

    def call(make: intercepted.Make, operation: str, arguments: Any) -> Any:
        if next(numbers) >= at_call:
            raise kind(operation, arguments)
        return make(operation, arguments)

    with intercepted.calls(call):
        yield


class House:
    """A project with a check and channels, and every request that somebody may make of it."""

    def __init__(self, story: Story, app: Application) -> None:
        self.story, self.app, self.keys = story, app, story.keyring.keys
        services, project = story.services, story.keyring.project
        made = [
            channels.create(services, project, "webhook", "Hook", self.webhook(), 0),
            channels.create(services, project, "slack", "Slack", {"url": HOOK}, 0),
        ]
        values = {"slug": "job", "channels": tuple(channel.code for channel in made)}
        self.code = checks.create(services, project, values).code
        self.secrets = [*self.keys.values(), WRONG, HOOK, HOOK[-20:], PASSWORD, self.code]

    def webhook(self) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {PASSWORD}"}
        return {"url_down": HOOK, "method_down": "POST", "headers_down": headers}

    def notification(self) -> bytes:
        settings = {"url": HOOK, "username": "ann", "password": PASSWORD}
        return json.dumps({"name": "New", "type": "webhook", "settings": settings}).encode()

    def requests(self) -> list[Sent]:
        key = [("X-Api-Key", self.keys["write"])]
        bearer = [("Authorization", f"Bearer {self.keys['write']}")]
        checked, pinged = f"/api/v3/checks/{self.code}", f"/ping/{self.keys['ping']}"
        new = json.dumps({"kind": "slack", "name": "New", "settings": {"url": HOOK}, "api_key": self.keys["write"]})
        return [
            *(Sent("GET", f"/ping/{self.code}{end}", []) for end in ("", "/fail", "/start", "/999", "/a/b", "?rid=x")),
            *(Sent("GET", f"{pinged}{end}", []) for end in ("/job", "/job/fail", "/other", "/other?create=1", "/J/x")),
            *(Sent(method, checked, key) for method in ("GET", "DELETE", "PUT", "OPTIONS")),
            Sent("POST", checked, key, json.dumps({"timeout": self.keys["write"]}).encode()),
            Sent("POST", f"{checked}/pause", [], json.dumps({"api_key": self.keys["write"]}).encode()),
            Sent("POST", "/api/v3/channels/", key, new.encode()),
            Sent("POST", "/api/v3/channels/", key, b'{"kind": "slack", "settings": "' + HOOK.encode()),
            Sent("GET", "/api/v3/checks/", [("X-Api-Key", WRONG)]),
            Sent("GET", f"/v1.1/hello?api_key={self.keys['read']}", []),
            Sent("GET", f"/v1.1/devices/{self.code}?api_key={self.keys['write']}", []),
            Sent("GET", f"/v1.1/devices?api_key={WRONG}", []),
            Sent("POST", "/v2/alerts/", bearer, json.dumps({"name": HOOK}).encode()),
            Sent("POST", "/api/v1/sink", bearer, b"a.b 1"),
            Sent("POST", "/api/alert-notifications", bearer, self.notification()),
            Sent("POST", "/api/alert-notifications/test", bearer, self.notification()),
            Sent("GET", f"/api/nothing/{self.keys['write']}", bearer),
            Sent("GET", f"/status/{self.code}", []),
            Sent("GET", f"/nothing/{self.keys['write']}/{self.code}", bearer),
        ]


@pytest.fixture
def house(story: Story, chalice_app: Application) -> House:
    return House(story, chalice_app)


@pytest.mark.parametrize("kind", [refused, unsendable, broken])
@pytest.mark.parametrize("entrance", ENTRANCES)
def test_whatever_is_asked_at_every_entrance(house: House, lines: list[str], entrance: str, kind: Any) -> None:
    for call in range(1, CALLS):
        house.story.services.memory.checks.drop(house.code)
        for sent in house.requests():
            with echoing(call, kind):
                house.app(ENTRANCES[entrance](sent), None)
    whole = "\n".join(lines)
    assert '"trace"' in whole
    assert [secret for secret in house.secrets if secret in whole] == []


def test_whatever_is_told(house: House, lines: list[str]) -> None:
    for call in range(1, 16):
        house.app(ENTRANCES["rest"](Sent("GET", f"/ping/{house.code}{'/fail' if call % 2 else ''}", [])), None)
        for message in house.story.queues.take("news"):
            with echoing(call, refused):
                work(house, message)
        house.story.clock.move(seconds=61)
    house.story.sweep_for(2)
    whole = "\n".join(lines)
    assert "not notified" in whole and "ValidationException" in whole
    assert [secret for secret in house.secrets if secret in whole] == []


def work(house: House, message: dict[str, Any]) -> None:
    """As the queue's function does, whose failure Lambda writes itself and hands out again."""
    import app

    try:
        app.events.works["deliver_news"]([message])
    except Exception as error:  # noqa: BLE001
        # Lambda writes the words of what ends a function.
        logging.getLogger("tocsin").error(str(error))
