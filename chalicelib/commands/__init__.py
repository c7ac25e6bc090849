"""What the commands of checks can ask of the world: one module for each name that a command may call.

To add one: a module with `make(context)`, which answers the function, and its name in `NAMES`. It is imported when a
command first calls it. Functions and methods get and give plain values, or objects of the host with names of their own
(`languages.conditions.exposed`). What goes wrong is a `CommandError`, whose text whoever wrote the command reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from importlib import import_module
from typing import Any

from chalicelib.commands.base import CommandError, Context, HttpError, Readers
from chalicelib.core.credentials import Credential
from chalicelib.core.errors import Invalid

__all__ = ["NAMES", "UNSERVED", "CommandError", "Context", "Credential", "HttpError", "Readers", "bound", "refuse"]

NAMES = (
    *("http", "tcp", "ping", "dns", "redis", "memcached", "counter", "sql", "mysql"),
    *("elasticsearch", "time", "history", "entities", "metrics", "results", "s3", "cloudwatch"),
)

_NO_DRIVER = "its protocol has no client here"
_NO_SERVICE = "the service is another company's or another part of AWS, and has no client here"
_NO_MACHINE = "a function in the cloud is on no machine that could be looked into"
# ZMON's other names, each with the reason why a command cannot have it. docs/zmon.md has the same table.
UNSERVED: Mapping[str, str] = {
    **dict.fromkeys(("cassandra", "mongodb", "orasql", "mssql", "exacrm", "exasol", "ldap", "whois"), _NO_DRIVER),
    **dict.fromkeys(("appdynamics", "scalyr", "bigquery", "kubernetes", "datapipeline", "ebs"), _NO_SERVICE),
    **dict.fromkeys(("nagios", "eventlog", "jobs", "job_lock", "exceptions"), _NO_MACHINE),
    "snmp": "it speaks UDP, over which nobody can be refused who answers from elsewhere",
    "jmx": "it needs a Java machine; the same figures come over http().jolokia()",
    "zomcat": "it needs a Java machine; the same figures come over http().actuator_metrics()",
    "kairosdb": "results are kept here: history() and metrics() read them",
    "zmon": "it asks ZMON about itself",
    "openam": "logins are tried with http()",
    "saml": "logins are tried with http()",
}


def bound(context: Context) -> dict[str, Callable[..., Any]]:
    """Every function that a command may call, by its name, for one run. Those that are not served say so."""
    functions: dict[str, Callable[..., Any]] = {name: partial(_call, name, context) for name in NAMES}
    return functions | {name: partial(_refuse, name) for name in UNSERVED}


def refuse(names: Iterable[str]) -> None:
    """Raises Invalid("command") if one of the names that a command speaks of is not served."""
    for name in names:
        if name in UNSERVED:
            raise Invalid("command", _refusal(name))


def _call(name: str, context: Context, /, *args: Any, **named: Any) -> Any:
    function = _imported(name)(context)
    try:
        inspect.signature(function).bind(*args, **named)
    except TypeError as error:
        raise CommandError(f"{name}(): {error}") from None
    return function(*args, **named)


def _refuse(name: str, /, *_: Any, **__: Any) -> None:
    raise CommandError(_refusal(name))


def _refusal(name: str) -> str:
    return f"{name}() cannot be called here: {UNSERVED[name]}"


@cache
def _imported(name: str) -> Callable[[Context], Callable[..., Any]]:
    make: Callable[[Context], Callable[..., Any]] = import_module(f"chalicelib.commands.{name}").make
    return make
