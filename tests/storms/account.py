"""The application on a simulated account in which functions run at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.storms.crowd import Crowd, Job, Pool
from tests.walk.session import Session


class Account(Session):
    """A session whose worlds are crowds. `crowd` is the one at present."""

    def __init__(self) -> None:
        super().__init__()
        self._threads: dict[int, Pool] = {}

    @property
    def crowd(self) -> Crowd:
        assert isinstance(self.world, Crowd)
        return self.world

    def _new(self, groups: frozenset[str], rate: float) -> Crowd:
        crowd = Crowd(self.memory)
        crowd.attempts = self._attempts
        return crowd

    def _attempts(self, service: str) -> int:
        """How often the application's client sends what is refused because of too much."""
        outlet = self.entrance.services.outlet
        client = {"sesv2": lambda: outlet.ses, "sns": lambda: outlet.sns}.get(service)
        return int((client().meta.config.retries or {}).get("total_max_attempts", 1)) if client else 1

    @property
    def _submitted(self) -> Callable[..., Any]:
        def submit(pool: Any, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Job:
            threads = self._threads.setdefault(id(pool), Pool(pool._max_workers))
            return self.crowd.submit(threads, lambda: function(*arguments, **named))

        return submit

    @property
    def _shut(self) -> Callable[..., Any]:
        def shutdown(pool: Any, wait: bool = True, *, cancel_futures: bool = False) -> None:
            threads = self._threads.pop(id(pool), None)
            for job in threads.jobs if threads else []:
                job.ended()

        return shutdown
