"""The application as Lambda calls it: one request in, one answer out, and never a failure in Chalice's own words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import chalice

from chalicelib import log
from chalicelib.core.errors import Busy, TocsinError
from chalicelib.gateway import requests
from chalicelib.gateway.replies import Reply, TooLong, response
from chalicelib.gateway.requests import Event, Request
from chalicelib.gateway.routes import METHODS, Resource, Routes, of_packages
from chalicelib.gateway.voice import Voice
from chalicelib.monitor.services import Services
from chalicelib.store.faults import StoreFault

# Chalice's own local server knows no greedy path: it is told of so many parts instead. The template has one path.
LOCAL_DEPTH = 8
BROKEN = "internal error"
TOO_LONG = "the answer would be longer than the 6 MB that can be sent"
ELSEWHERE = "accept gzip from an HTTP API or a function URL: a REST API hands on none"


FOR_EVERY_SITE = {**Voice.headers, "Access-Control-Allow-Origin": "*"}


class _Nobody(Voice):
    """Speaks below no dialect's prefix, as the gateway does where no function is asked; every site may read it."""

    headers = FOR_EVERY_SITE


NOBODY = _Nobody()


class Application(chalice.Chalice):
    """The resources of `packages`, answering for `services`. Event functions are Chalice's."""

    def __init__(self, name: str, services: Services, packages: Iterable[Any]) -> None:
        super().__init__(app_name=name)
        self.services = services
        self.resources = of_packages(packages)
        self.paths = Routes(self.resources)
        for depth in range(LOCAL_DEPTH + 1):
            path = "/" + "/".join(f"{{part{number}}}" for number in range(depth))
            self.route(path, methods=list(METHODS), content_types=["*/*"], name=f"depth{depth}")(_unused)

    def __call__(self, event: Event, context: Any) -> dict[str, Any]:
        """Answers a request that came through any entrance."""
        try:
            log.begin(requests.request_id(event))
            return self._answer(event)
        except Exception:  # noqa: BLE001
            # Not even the dialect's own words could be found or sent. The log has the trace.
            log.fault("no answer")
            return response(event, NOBODY.broken(500, BROKEN))

    def _answer(self, event: Event) -> dict[str, Any]:
        parts = requests.parts_of(event)
        found, values = self.paths.find(parts) or (self._unknown(parts), {})
        request = requests.received(event, self.services, found.path, values)
        try:
            return response(event, _finished(request, found, _reply(request, found)))
        except TooLong:
            log.warning("answer too long", path=found.path)
            return _refused(event, request, found, 400, _less(event, request, found))
        except Exception:  # noqa: BLE001
            # What goes wrong with an error or an answer is our fault as well. The log has the trace, the caller an
            # answer in the dialect's shape.
            log.fault("request failed", path=found.path, method=request.method)
            return _refused(event, request, found, 500, BROKEN)

    def _unknown(self, parts: list[str]) -> Resource:
        """Stands for a path that is none: it has a voice, and what it says in place of a path."""
        versions = self.paths.versions(parts)
        said = f"not found: the versions of this path are {', '.join(versions)}" if versions else ""
        spoken = next(iter(versions.values()), parts)
        return Resource("", self.paths.voice_of(spoken) or NOBODY, {}, said)


def _unused(**_parts: str) -> None:
    # Chalice wants a view for each route; the application answers by itself.
    return


def _less(event: Event, request: Request, found: Resource) -> str:
    """That an answer is too long, and how less is asked for."""
    names = found.operations[request.method].query
    ways = [f"ask for less with {', '.join(names)}"] if names else []
    ways += ["accept gzip"] if requests.takes_bytes(event) else [ELSEWHERE]
    return f"{TOO_LONG}: {', or '.join(ways)}"


def _refused(event: Event, request: Request, found: Resource, status: int, message: str) -> dict[str, Any]:
    """An error in the dialect's shape, without its headers if they are what cannot be made."""
    try:
        return response(event, _finished(request, found, found.voice.broken(status, message)))
    except Exception:  # noqa: BLE001
        log.fault("no headers", path=found.path)
        return response(event, found.voice.broken(status, message))


def _finished(request: Request, found: Resource, reply: Reply) -> Reply:
    return found.voice.finish(request, found.methods, reply)


def _reply(request: Request, found: Resource) -> Reply:
    """What the resource answers, or its voice where it does not."""
    try:
        return _handled(request, found)
    except (StoreFault, Busy) as fault:
        log.error("cannot serve now", path=request.path, reason=str(fault))
        return found.voice.broken(503, "temporarily unavailable, try again")
    except TocsinError as error:
        return found.voice.wrong(request, error)


def _handled(request: Request, found: Resource) -> Reply:
    if not found.path:
        return found.voice.broken(404, found.unknown or "not found")
    operation = found.operations.get(request.method)
    if operation is None:
        return Reply(204) if request.method == "OPTIONS" else found.voice.broken(405, "method not allowed")
    if operation.access is None:
        return operation.handler(request)
    return operation.handler(request, found.voice.guard(request, operation.access))


def serve(app: Application, services: Services) -> None:
    """Lets `app` answer for `services` from now on."""
    app.services = services
