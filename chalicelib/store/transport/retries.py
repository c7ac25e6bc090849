"""Which failures are tried again and when: the standard mode of AWS's SDKs ("Retry behavior", AWS SDKs and Tools
Reference Guide). Pauses double and are drawn at random; a budget, shared by all calls of the process, keeps many
failures from becoming many times as many."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

ATTEMPTS = 4
_THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
    }
)
_TRANSIENT = frozenset({"RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"})
_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
_LONGEST = 20.0
# Seconds; the pause after a throttled call begins with more.
_PAUSE, _THROTTLED_PAUSE = 0.025, 1.0


def again(status: int, code: str) -> bool:
    """Whether an answer that is an error may be another one a moment later."""
    return status in _TRANSIENT_STATUSES or status == 429 or code in _TRANSIENT or code in _THROTTLED


def pause(attempt: int, code: str = "", draw: Callable[[], float] = random.random) -> float:
    """Seconds before the next attempt, after the `attempt`-th, from 1 on."""
    scale = _THROTTLED_PAUSE if code in _THROTTLED else _PAUSE
    return draw() * min(scale * 2 ** (attempt - 1), _LONGEST)


@dataclass(slots=True)
class Budget:
    """What retries may cost in all: a failed one is paid for, one that went well gives back what it cost."""

    left: int = 500
    _full: int = 500
    _lock: Lock = field(default_factory=Lock)

    def spend(self, cost: int = 5) -> bool:
        with self._lock:
            if self.left < cost:
                return False
            self.left -= cost
            return True

    def give_back(self, amount: int = 1) -> None:
        with self._lock:
            self.left = min(self.left + amount, self._full)
