"""Composing news."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.check import Channel, Flip
from chalicelib.core.conversation import Tell
from chalicelib.core.cursor import Cursor
from chalicelib.core.outages import Outage
from chalicelib.monitor.managing import checks, projects
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import compose
from tests.conftest import NOW


def test_the_downtime_is_the_difference_between_the_times_that_are_shown(
    services: Services, keyring: projects.Keyring
) -> None:
    check = checks.create(services, keyring.project, {"name": "Web"})
    began, ended = NOW + timedelta(seconds=20.9), NOW + timedelta(seconds=50.1)
    down = Flip(check.project, check.code, began, "up", "down")
    up = Flip(check.project, check.code, ended, "down", "up", "", before=began)
    channel = Channel(check.project, "c", "email", "Ops", NOW)
    tell = Tell(Cursor("c"), "up", up, began, ended, (Outage(down, up),))

    news = compose.compose(services, compose.Subject(check, "Website"), channel, tell)

    assert news.downtime == timedelta(seconds=30)


def test_an_outage_and_the_end_of_its_watch_in_one_microsecond_have_names_of_their_own() -> None:
    names = [compose.id_of("c", "check", NOW, event) for event in ("down", "up", "down")]
    assert names[0] == names[2] != names[1]
