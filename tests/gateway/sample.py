"""A dialect of two resources that answers with what it was asked, and an application that serves it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from chalicelib import gateway
from chalicelib.gateway import Application, Reply, Request, public, resource
from chalicelib.monitor.services import Services
from chalicelib.settings import Settings


class Voice(gateway.Voice):
    prefixes = ("/sample",)

    def broken(self, status: int, message: str, _field: str = "") -> Reply:
        return Reply(status, {"oh": message})


VOICE = Voice()


def echo(request: Request) -> Reply:
    return Reply(
        body={
            "method": request.method,
            "path": request.path,
            "root": request.root,
            "parts": request.parts,
            "query": request.query,
            "headers": request.headers,
            "body": list(request.body),
            "from": request.source_ip,
        }
    )


ECHO = {"GET": public(echo), "POST": public(echo)}


def dialect(*resources: gateway.Resource) -> Any:
    """A package with these resources."""
    return SimpleNamespace(RESOURCES=resources)


def application(*packages: Any, **settings: Any) -> Application:
    return Application("sample", Services(Settings(stage="test", **settings)), packages)


def answering(handler: Callable[[Request], Reply], voice: gateway.Voice = VOICE) -> Application:
    """An application whose GET /sample is answered by `handler`."""
    return application(dialect(resource("/sample", voice, GET=public(handler))))


ECHOING = application(
    dialect(
        resource("/", VOICE, **ECHO),
        resource("/sample/{name}", VOICE, **ECHO),
        resource("/sample/{name}/{other}", VOICE, **ECHO),
    )
)
