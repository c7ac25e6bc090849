"""The emulated AWS in this process, one call at a time.

moto answers a call in the thread that makes it and guards nothing: two conditional writes at once can both hold, and a
transaction that is rolled back takes everybody's writes with it. AWS does neither, so here the calls wait for each
other.

What every call works out anew although it is always the same is worked out once: it was a sixth of a call.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from botocore.useragent import UserAgentString
from moto import mock_aws
from moto.core import responses
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.utils import method_names_from_class

_method_names = cache(method_names_from_class)


@contextmanager
def aws() -> Iterator[None]:
    """Everything inside speaks to an emulated AWS instead of the real one."""
    lock, original = threading.RLock(), BotocoreStubber.__call__

    def one_at_a_time(self: BotocoreStubber, *arguments: Any, **named: Any) -> Any:
        with lock:
            return original(self, *arguments, **named)

    with (
        patch.object(BotocoreStubber, "__call__", one_at_a_time),
        patch.object(responses, "method_names_from_class", _method_names),
        patch.object(UserAgentString, "to_string", lambda _: "botocore"),
        mock_aws(),
    ):
        yield
