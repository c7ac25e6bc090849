"""The ways into the application: requests as API Gateway sends them, and the events that its functions register for.

Everything is taken from the app object and from the template: names of functions, schedules, queues, tables.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from chalice.app import ScheduledEventConfig, SQSEventConfig
from chalice.local import LambdaContext, RouteMatcher

from tests.walk.queues import Message, record

HOST = "walk.example.org"
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def ok(self) -> bool:
        return self.status < 300


class Entrance:
    """`module` is the module that holds the Chalice object as `app`."""

    def __init__(self, module: Any) -> None:
        self.app = module.app
        self.services = _services(module)
        self._matcher = RouteMatcher(list(self.app.routes))
        self._numbers = itertools.count(1)

    def ask(self, method: str, url: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        """One request through the API's function."""
        event = self._event(method, url, {"host": HOST, **headers}, body)
        context = LambdaContext("api_handler", 512, 25_000)
        given = copy_context().run(self.app, event, context)
        text = given.get("body") or ""
        if given.get("isBase64Encoded"):
            text = base64.b64decode(text).decode()
        return Answer(given["statusCode"], text)

    def _event(self, method: str, url: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        """What API Gateway sends (Lambda proxy integration for REST APIs, payload format 1.0)."""
        path, _, query = url.partition("?")
        resource, parts = self._matched(path)
        many = parse_qs(query, keep_blank_values=True) if query else None
        number = next(self._numbers)
        return {
            "resource": resource,
            "path": path,
            "httpMethod": method,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": {name: values[-1] for name, values in many.items()} if many else None,
            "multiValueQueryStringParameters": many,
            "pathParameters": parts or None,
            "stageVariables": None,
            "requestContext": {
                "requestId": f"walk-{number}",
                "extendedRequestId": f"walk-{number}",
                "httpMethod": method,
                "resourcePath": resource,
                "path": path,
                "stage": "walk",
                "identity": {"sourceIp": "198.51.100.7", "userAgent": headers.get("user-agent", "")},
            },
            "body": body.decode() if body else None,
            "isBase64Encoded": False,
        }

    def _matched(self, path: str) -> tuple[str, dict[str, str]]:
        """The resource that API Gateway finds for a path, and its variables; the greedy one where there is no other."""
        try:
            found = self._matcher.match_route(path)
        except ValueError:
            return "/{proxy+}", {"proxy": path.lstrip("/")}
        return found.route, dict(found.captured)

    def schedules(self) -> list[tuple[str, float, Callable[[float], Any]]]:
        """(name, seconds between two calls, how it is called for a moment) of every schedule."""
        found = [source for source in self.app.event_sources if isinstance(source, ScheduledEventConfig)]
        return [(source.name, _period(source), self._clocked(source.name)) for source in found]

    def _clocked(self, name: str) -> Callable[[float], Any]:
        function = self.app.handler_map[name]

        def call(moment: float) -> Any:
            event = {
                "version": "0",
                "id": f"clock-{next(self._numbers)}",
                "detail-type": "Scheduled Event",
                "source": "aws.events",
                "account": "123456789012",
                "time": datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "region": "eu-north-1",
                "resources": [f"arn:aws:events:eu-north-1:123456789012:rule/{name}"],
                "detail": {},
            }
            return function(event, LambdaContext(name, 512, 900_000))

        return call

    def listeners(self) -> list[tuple[str, str, Callable[[list[Message]], Any], int]]:
        """(queue, name, how it is called with messages, how many at most) of every queue that is listened to."""
        found = [source for source in self.app.event_sources if isinstance(source, SQSEventConfig)]
        return [(_queue(source), source.name, self._listening(source), source.batch_size) for source in found]

    def _listening(self, source: Any) -> Callable[[list[Message]], Any]:
        function, queue = self.app.handler_map[source.name], _queue(source)

        def call(messages: list[Message]) -> Any:
            event = {"Records": [record(message, queue) for message in messages]}
            return function(event, LambdaContext(source.name, 512, 900_000))

        return call


def _queue(source: Any) -> str:
    return str(source.queue or source.queue_arn.rpartition(":")[2])


def _period(source: Any) -> float:
    match = _RATE.fullmatch(str(source.schedule_expression))
    assert match, f"{source.name}: the walk knows rates alone, not {source.schedule_expression}"
    return float(match[1]) * _UNITS[match[2]]


def _services(module: Any) -> Any:
    """The object that carries the app's clock and sleep, whatever it is called."""
    found = [value for value in vars(module).values() if hasattr(value, "clock") and hasattr(value, "sleep")]
    assert len(found) == 1, "app.py has one object with a clock and a sleep"
    return found[0]
