"""The pages and badges as a browser meets them, over the services for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import app as application
from chalicelib import gateway
from chalicelib.core.check import Check, PingKind, Signal
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from tests.api.client import Api, Entrance

HOUR = 3_600


@pytest.fixture
def browser(services: Services) -> Api:
    """A caller without a key."""
    gateway.serve(application.app, services)
    return Api(Entrance(application.app), "")


@pytest.fixture
def check(services: Services, keyring: Keyring) -> Callable[..., Check]:
    """Makes checks: with a period of an hour and ten minutes of grace unless told otherwise."""

    def make(**values: Any) -> Check:
        return checks.create(services, keyring.project, {"name": "Backup", "timeout": HOUR, "grace": 600, **values})

    return make


@pytest.fixture
def ping(services: Services) -> Callable[..., None]:
    """Pings a check, as its job does."""

    def send(check: Check, kind: PingKind = "success", **more: Any) -> None:
        pings.receive(services, pings.Address(code=check.code), Signal(kind, services.clock(), **more))

    return send
