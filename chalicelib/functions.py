"""The deployed functions: for each its trigger, its size and its permissions in AWS.

The queues, the registrations in app.py, the template with its policies and alarms, the queues and pollers of
`make run` and the tests follow from this table. A new function is its entry here and its three lines in app.py, and a
queue is there as soon as a function is fed by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Lambda Developer Guide, "Using Lambda with Amazon SQS": a message must stay hidden while its function may still be at
# it, and when it is held up, that is six times as long as it may take.
HIDDEN_FACTOR = 6
TRIES = 5


@dataclass(frozen=True, slots=True)
class Function:
    """One function, called as in app.py.

    It is called by the clock as `every` says (an expression of EventBridge), or with at most `batch` messages of
    `queue`, by at most `at_once` executions; the one with neither serves the gateway. What fails is tried again,
    `tries` times in all, after `again` seconds where that is given, else when the message is no longer hidden.
    `timeout` is in seconds, `memory` in MB.
    `may` names the tables ("checks"), their indexes ("checks/due") and the queues that it calls, each with its actions
    in one text ("GetItem Query"), of a queue always SEND; `tells` says that it sends mail, text messages and to topics,
    `asks` that it sends the first two, to ask people whether they want news, `reads_sms_log` that it reads what SNS
    writes of text messages that failed, `assumes_roles` that it takes the roles that the owner allows for check
    commands.
    """

    name: str
    timeout: int
    memory: int = 512
    every: str = ""
    queue: str = ""
    batch: int = 1
    at_once: int = 0
    tries: int = TRIES
    again: int = 0
    may: Mapping[str, str] = field(default_factory=dict)
    tells: bool = False
    asks: bool = False
    reads_sms_log: bool = False
    assumes_roles: bool = False

    @property
    def hidden(self) -> int:
        """The seconds for which a message that it was given is given to nobody else."""
        return HIDDEN_FACTOR * self.timeout


SEND = "send"
# The queues for probes in the regions of the other places.
ELSEWHERE = "probes of other places"
STRAGGLERS_ELSEWHERE = "stragglers of other places"
_PROBING = {
    "checks": "BatchGetItem GetItem UpdateItem",
    "history": "PutItem Query",
    "outbox": "UpdateItem",
    "news": SEND,
    "chores": SEND,
    STRAGGLERS_ELSEWHERE: SEND,
}

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "api_handler",
        timeout=25,
        may={
            "checks": "BatchGetItem DeleteItem GetItem PutItem Query UpdateItem",
            "directory": "BatchGetItem ConditionCheckItem DeleteItem GetItem PutItem UpdateItem",
            "definitions": "ConditionCheckItem DeleteItem GetItem PutItem Query UpdateItem",
            "history": "BatchWriteItem DeleteItem GetItem PutItem Query UpdateItem",
            "outbox": "DeleteItem UpdateItem",
            "series": "BatchGetItem BatchWriteItem PutItem Query",
            **dict.fromkeys(("deadlines", "news", "chores", "probes", "rules", "commands"), SEND),
        },
        tells=True,
    ),
    Function(
        "sweep_due",
        every="rate(1 minute)",
        timeout=110,
        may={
            "checks/due": "Query Scan",
            "outbox/due": "Query",
            "checks": "BatchGetItem GetItem Query UpdateItem",
            "directory": "BatchGetItem GetItem UpdateItem",
            "definitions": "Query UpdateItem",
            "history": "DeleteItem PutItem Query UpdateItem",
            "outbox": "BatchGetItem ConditionCheckItem DeleteItem Scan UpdateItem",
            "deadlines": SEND,
            "news": SEND,
        },
        tells=True,
    ),
    Function(
        "decide_deadlines",
        queue="deadlines",
        at_once=100,
        timeout=60,
        may={
            "checks": "BatchGetItem GetItem UpdateItem",
            "directory": "GetItem",
            "history": "PutItem",
            "outbox": "UpdateItem",
            "deadlines": SEND,
            "news": SEND,
        },
    ),
    Function(
        "tick_wheel",
        every="rate(1 minute)",
        timeout=55,
        may={
            "checks/wheel": "Query Scan",
            "directory": "GetItem UpdateItem",
            **dict.fromkeys(("probes", "rules", "commands"), SEND),
        },
    ),
    Function(
        "roll_up",
        every="rate(1 hour)",
        timeout=300,
        may={
            "checks": "Query",
            "directory": "GetItem PutItem Scan",
            "definitions": "Query",
            "series": "Query",
            "chores": SEND,
        },
    ),
    Function(
        "run_probes",
        queue="probes",
        at_once=200,
        # First looks and retries are small messages: they share an execution, which waits for the slowest. Those of the
        # tick are large, and too many of them would keep each other waiting.
        batch=4,
        timeout=120,
        # A whole processor: many probes at the same time.
        memory=1_769,
        may={**_PROBING, ELSEWHERE: SEND},
    ),
    Function(
        "run_stragglers",
        queue="stragglers",
        batch=10,
        # Few do, for each takes more while it waits.
        at_once=4,
        timeout=300,
        may=_PROBING,
    ),
    Function(
        "judge_rules",
        queue="rules",
        at_once=100,
        timeout=120,
        memory=1_024,
        may={
            "checks": "BatchGetItem DeleteItem GetItem PutItem UpdateItem",
            "directory": "GetItem",
            "history": "PutItem",
            "outbox": "UpdateItem",
            "series": "BatchGetItem Query",
            "news": SEND,
            "rules": SEND,
        },
    ),
    Function(
        "run_commands",
        queue="commands",
        at_once=100,
        timeout=120,
        # What fails is run again soon: an alert of a check that runs once a day must not wait for tomorrow.
        again=20,
        may={
            "checks": "BatchGetItem DeleteItem GetItem PutItem Query UpdateItem",
            "directory": "GetItem",
            "definitions": "Query",
            "history": "BatchWriteItem DeleteItem PutItem Query",
            "outbox": "DeleteItem UpdateItem",
            "series": "BatchGetItem Query",
            "news": SEND,
            "commands": SEND,
            "chores": SEND,
        },
        assumes_roles=True,
    ),
    Function(
        "deliver_news",
        queue="news",
        batch=10,
        at_once=100,
        timeout=60,
        may={
            "checks": "BatchGetItem GetItem Query UpdateItem",
            "directory": "BatchGetItem GetItem UpdateItem",
            "definitions": "Query UpdateItem",
            "history": "DeleteItem PutItem Query UpdateItem",
            "outbox": "BatchGetItem ConditionCheckItem DeleteItem UpdateItem",
            "news": SEND,
        },
        tells=True,
    ),
    Function(
        "read_sms_log",
        every="rate(1 minute)",
        timeout=55,
        may={"directory": "GetItem UpdateItem", "feedback": SEND},
        reads_sms_log=True,
    ),
    Function(
        "hear_back",
        queue="feedback",
        batch=10,
        at_once=10,
        timeout=60,
        may={
            "definitions": "GetItem UpdateItem",
            "history": "GetItem PutItem Query UpdateItem",
            "outbox": "UpdateItem",
            "feedback": SEND,
            "news": SEND,
        },
    ),
    Function(
        "do_chores",
        queue="chores",
        at_once=20,
        timeout=120,
        # A ping waits here while AWS is out of order: for half a day, a try a minute.
        tries=1_000,
        again=50,
        may={
            "checks": "BatchGetItem DeleteItem GetItem PutItem Query UpdateItem",
            "directory": "BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem GetItem PutItem UpdateItem",
            "definitions": "BatchWriteItem ConditionCheckItem DeleteItem GetItem PutItem Query UpdateItem",
            "history": "BatchWriteItem DeleteItem GetItem PutItem Query",
            "outbox": "DeleteItem Query UpdateItem",
            "series": "BatchGetItem BatchWriteItem DeleteItem PutItem Query",
            **dict.fromkeys(("chores", "news", "commands", "rules"), SEND),
        },
        asks=True,
    ),
)


def named(name: str) -> Function:
    """Raises KeyError if there is no such function."""
    return {function.name: function for function in FUNCTIONS}[name]


def fed() -> dict[str, Function]:
    """Each queue with the function that it feeds."""
    return {function.queue: function for function in FUNCTIONS if function.queue}
