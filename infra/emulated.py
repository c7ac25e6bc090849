"""The emulated AWS in this process, one call at a time.

moto answers a call in the thread that makes it and guards nothing: two conditional writes at once can both hold, and a
transaction that is rolled back takes everybody's writes with it. AWS does neither, so here the calls wait for each
other.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber


@contextmanager
def aws() -> Iterator[None]:
    """Everything inside speaks to an emulated AWS instead of the real one."""
    lock, original = threading.RLock(), BotocoreStubber.__call__

    def one_at_a_time(self: BotocoreStubber, *arguments: Any, **named: Any) -> Any:
        with lock:
            return original(self, *arguments, **named)

    BotocoreStubber.__call__ = one_at_a_time  # type: ignore[method-assign]
    try:
        with mock_aws():
            yield
    finally:
        BotocoreStubber.__call__ = original  # type: ignore[method-assign]
