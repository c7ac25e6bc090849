"""The services: the few things of the outside world that use cases need, handed in so that tests can have others."""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.channels.base import Outlet
from chalicelib.core.news import Site
from chalicelib.monitor.memory import Memory
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.probes.engine import Prober

ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _new_code() -> str:
    return str(uuid.uuid4())


def _random_text(length: int, alphabet: str) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


@dataclass(slots=True)
class Services:
    """The settings, the clock, sleep and randomness, the outlet of the channels, the memory of this process, and the
    engine that runs probes, which is lent to one batch at a time."""

    settings: Settings
    clock: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], None] = time.sleep
    new_code: Callable[[], str] = _new_code
    random_text: Callable[[int, str], str] = _random_text
    outlet: Outlet = field(default_factory=Outlet)
    memory: Memory = field(default_factory=Memory)
    engine: Prober | None = None
    _lending: threading.Lock = field(default_factory=threading.Lock)

    @property
    def site(self) -> Site:
        return Site(self.settings.site_name, self.settings.site_root, self.settings.mail_from)

    @contextmanager
    def prober(self) -> Iterator[Prober]:
        """The engine, for one batch: that of the last one, or another while that is at work."""
        with self._lending:
            engine, self.engine = self.engine, None
        if engine is None:
            # Only the workers that probe pay for importing it.
            from chalicelib.probes.engine import Prober

            engine = Prober(self.settings.allowed_networks)
        try:
            yield engine
        finally:
            self.engine = engine


def open_services(settings: Settings) -> Services:
    """The services of an installation: real clock, real randomness, and the ways out that its owner allows."""
    return Services(settings, outlet=Outlet(settings.allowed_networks, mail_set=settings.resource("mail")))
