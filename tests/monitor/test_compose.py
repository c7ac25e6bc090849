"""Composing news."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.check import Flip
from chalicelib.monitor.managing import checks, projects
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import compose
from chalicelib.store import outbox
from tests.conftest import NOW


def test_the_downtime_is_the_difference_between_the_times_that_are_shown(
    services: Services, keyring: projects.Keyring
) -> None:
    check = checks.create(services, keyring.project, {"name": "Web"})
    down, up = NOW + timedelta(seconds=20.9), NOW + timedelta(seconds=50.1)
    flip = Flip(check.project, check.code, up, "down", "up", "", before=down)

    news = compose.compose(services, outbox.of_flip(flip), check)

    assert news.downtime == timedelta(seconds=30)
