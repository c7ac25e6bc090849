"""The emulated AWS in this process, one call at a time.

moto answers a call in the thread that makes it and guards nothing: two conditional writes at once can both hold, and a
transaction that is rolled back takes everybody's writes with it. AWS does neither, so here the calls wait for each
other.

What every call or every start works out anew although it is always the same is worked out once: it was a quarter of a
call, and more of a start.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch
from weakref import WeakKeyDictionary

from botocore.endpoint_provider import RuleSetEndpoint
from botocore.regions import EndpointRulesetResolver
from botocore.useragent import UserAgentString
from moto import backend_index, mock_aws
from moto.core import models, responses
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.sqs import models as queues

_method_names = cache(method_names_from_class)
_underscores = cache(camelcase_to_underscores)
# Each call is matched with the address of every service until one fits.
_SPOKEN = frozenset({"dynamodb", "sqs", "ses", "sns"})
_addresses = sorted(backend_index.backend_url_patterns, key=lambda entry: entry[0] not in _SPOKEN)

_construct_endpoint = EndpointRulesetResolver.construct_endpoint
_endpoints: WeakKeyDictionary[EndpointRulesetResolver, RuleSetEndpoint] = WeakKeyDictionary()

# Held during each call.
one_at_a_time = threading.RLock()


def _request_id(headers: dict[str, Any] | None = None) -> str:
    """An id of a request, which nothing reads; moto draws its 52 letters one by one."""
    if headers is not None:
        headers["x-amzn-requestid"] = "EMULATED"
    return "EMULATED"


def _endpoint(self: EndpointRulesetResolver, **call: Any) -> RuleSetEndpoint:
    """Where a client's calls go. botocore reads the items of each call for names of tables that would change it; none
    of ours does."""
    if self._service_model.service_name not in _SPOKEN:
        return _construct_endpoint(self, **call)
    if self not in _endpoints:
        _endpoints[self] = _construct_endpoint(self, **call)
    return _endpoints[self]


@contextmanager
def aws() -> Iterator[None]:
    """Everything inside speaks to an emulated AWS instead of the real one."""
    original = BotocoreStubber.__call__

    def waiting(self: BotocoreStubber, *arguments: Any, **named: Any) -> Any:
        with one_at_a_time:
            return original(self, *arguments, **named)

    with patch.object(BotocoreStubber, "__call__", waiting), _worked_out_once(), mock_aws():
        yield


@contextmanager
def _worked_out_once() -> Iterator[None]:
    with ExitStack() as patched:
        for place, name, better in (
            (responses, "method_names_from_class", _method_names),
            (responses, "camelcase_to_underscores", _underscores),
            (queues, "camelcase_to_underscores", _underscores),
            (backend_index, "backend_url_patterns", _addresses),
            # For each start, two thousand addresses of a client of HTTP with which nothing here calls AWS.
            (models, "RESPONSES_METHODS", []),
            (responses, "gen_amzn_requestid_long", _request_id),
            (UserAgentString, "to_string", lambda _: "botocore"),
            (EndpointRulesetResolver, "construct_endpoint", _endpoint),
        ):
            patched.enter_context(patch.object(place, name, better))
        yield
