"""What may go wrong in one invocation: at which call to AWS, how, and how stale its reads are. Drawn before it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from tests.walk.dynamo import cancelled, refusal

Request = dict[str, Any]

# Clocks differ by a second from the walk's, so two of them by two.
SKEW = 2.5
# Longest story of calls that a strike may hit; most invocations make fewer.
CALLS = 14
READS = frozenset({"GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems", "GetQueueUrl"})


class Killed(BaseException):
    """The process ended here: nothing that comes after ran, no handler saw it."""


@dataclass
class Plan:
    """`kind` is the fault that the `at`-th call meets ("" for none); `lag` the seconds that reads may lag behind, of
    an index and of everything else; `meanwhile` the call before which something else happens; `page` the most items of
    a page; `wait` the seconds for which the invocation stands still at that call."""

    kind: str = ""
    at: int = 0
    lag: tuple[float, float] = (0.0, 0.0)
    meanwhile: int = 0
    page: int = 0
    wait: float = 0.0

    def __str__(self) -> str:
        told = [f"{self.kind} at call {self.at}"] if self.kind else []
        told += [f"index {self.lag[0]:.1f} s and reads {self.lag[1]:.1f} s late"] if any(self.lag) else []
        told += [f"pages of {self.page}"] if self.page else []
        told += [f"something else at call {self.meanwhile}"] if self.meanwhile else []
        told += [f"stands still for {self.wait:g} s at call {self.at}"] if self.wait else []
        return ", ".join(told)


KINDS = (
    *("throttled", "broken", "unreachable", "timeout before", "timeout after", "broken after"),
    *("repeated", "conflict", "unprocessed", "killed before", "killed after", "outage", "short outage"),
)
# What each name on the command line lets happen.
GROUPS: dict[str, tuple[str, ...]] = {
    "errors": ("throttled", "broken", "unreachable", "timeout before", "conflict", "unprocessed"),
    "after": ("timeout after", "broken after", "repeated"),
    "kills": ("killed before", "killed after"),
    "outages": ("outage", "short outage"),
    "lag": (),
    "meanwhile": (),
    "pages": (),
    "skew": (),
    "nudges": (),
    "stops": (),
    "channels": (),
}
ALL = frozenset(GROUPS)


def draw(random: Random, groups: frozenset[str], rate: float) -> Plan:
    """A plan for one invocation: most have nothing in them."""
    plan = Plan()
    kinds = [kind for name in sorted(groups) for kind in GROUPS[name]]
    if kinds and random.random() < rate:
        plan.kind, plan.at = random.choice(kinds), random.randint(1, CALLS)
    if "lag" in groups and random.random() < rate:
        plan.lag = random.choice(((0.5, 0.0), (1.0, 0.5), (3.0, 1.0), (60.0, 1.0)))
    if "meanwhile" in groups and random.random() < rate:
        plan.meanwhile = random.randint(1, CALLS)
    if "pages" in groups and random.random() < rate / 4:
        plan.page = random.choice((1, 2, 5))
    return plan


def strike(kind: str, service: str, operation: str, request: Request) -> BaseException | None:
    """The error of a call that is not made; None where this fault does not fit this call."""
    if kind == "killed before":
        return Killed()
    if kind == "conflict":
        return _conflict(operation, request)
    make = _BEFORE.get(kind)
    return make(service, operation) if make else None


def _throttled(service: str, operation: str) -> BaseException:
    code = {"dynamodb": "ProvisionedThroughputExceededException", "sqs": "RequestThrottled"}
    return refusal(operation, code.get(service, "ThrottlingException"), "Rate exceeded")


def _broken(_service: str, operation: str) -> BaseException:
    return refusal(operation, "InternalServerError", "out of order", 500)


def _unreachable(service: str, _operation: str) -> BaseException:
    return EndpointConnectionError(endpoint_url=f"https://{service}.walk")


def _no_connection(service: str, _operation: str) -> BaseException:
    return ConnectTimeoutError(endpoint_url=f"https://{service}.walk")


_BEFORE: dict[str, Callable[[str, str], BaseException]] = {
    "throttled": _throttled,
    "broken": _broken,
    "unreachable": _unreachable,
    "timeout before": _no_connection,
    "outage": _broken,
    "short outage": _unreachable,
}


def _conflict(operation: str, request: Request) -> BaseException | None:
    """Another transaction is at one of the items."""
    if operation in ("PutItem", "UpdateItem", "DeleteItem"):
        return refusal(operation, "TransactionConflictException", "Transaction is ongoing for the item")
    if operation != "TransactWriteItems":
        return None
    reasons = [{"Code": "None"} for _ in request["TransactItems"]]
    reasons[-1] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
    return cancelled(reasons)


def after(kind: str, service: str, operation: str) -> BaseException | None:
    """The error of a call that was made and whose answer is lost."""
    if kind == "killed after":
        return Killed()
    if kind == "timeout after":
        return ReadTimeoutError(endpoint_url=f"https://{service}.walk")
    return _broken(service, operation) if kind == "broken after" else None


def unprocessed(operation: str, request: Request, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer of a batch of which the last part was not done. `request` was made without that part."""
    if operation == "BatchGetItem":
        for table, wanted in request["RequestItems"].items():
            left = answer["Responses"][table]
            answer["UnprocessedKeys"][table] = {**wanted, "Keys": wanted["Keys"][-1:]}
            key = wanted["Keys"][-1]
            answer["Responses"][table] = [item for item in left if any(item[name] != key[name] for name in key)]
    return answer


def shortened(operation: str, request: Request) -> tuple[Request, dict[str, Any]]:
    """A batch of writes without its last part, and what the answer says of that part."""
    if operation == "BatchWriteItem":
        table, wanted = next(iter(request["RequestItems"].items()))
        rest = {**request, "RequestItems": {**request["RequestItems"], table: wanted[:-1]}}
        return rest, {"UnprocessedItems": {table: wanted[-1:]}}
    if operation == "SendMessageBatch" and len(request["Entries"]) > 1:
        last = request["Entries"][-1]
        failed = {"Id": last["Id"], "Code": "InternalError", "SenderFault": False}
        return {**request, "Entries": request["Entries"][:-1]}, {"Failed": [failed]}
    return request, {}


def fate(queue: str, random: Random, groups: frozenset[str], rate: float) -> str:
    """What becomes of a message that is sent. Which queue carries nothing but nudges is known from its being called
    news."""
    if "nudges" not in groups or not queue.endswith("-news") or random.random() >= rate:
        return ""
    return random.choice(("lost", "doubled", "late"))
