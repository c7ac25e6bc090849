"""The metrics of a project: GET /metrics with any key that may read, and at the address that Healthchecks has for them.

A scraper sends the key as the bearer token, or as the password of basic authentication. One that can send neither has
it in its path (Healthchecks, Configuring Prometheus): that is read-only, for addresses are written into logs.
"""

from __future__ import annotations

from chalicelib import gateway
from chalicelib.api.prometheus import exposition, families
from chalicelib.core.check import Project
from chalicelib.core.errors import Forbidden, Invalid
from chalicelib.gateway import Caller, Denied, Reply, Request, public, reads, resource
from chalicelib.monitor.views import metrics

ROOT = "/projects/{project}/metrics"
KEY_LENGTH = 32
TAG, NAME = "tag", "name[]"
QUERY = (TAG, NAME)
# The beginnings of the names: what begins so is made of the list of checks, or of that of channels.
OF_CHANNELS = "tocsin_deliveries_"


class Voice(gateway.Voice):
    """One line of text for what went wrong: people read it in the list of a scraper's targets."""

    prefixes = ("/metrics", "/projects")
    error = "text/plain"
    no_key = "no API key was given: send it as the bearer token, or as the password of basic authentication"

    def broken(self, status: int, message: str, _field: str = "") -> Reply:
        return Reply(status, f"{message}\n", content_type="text/plain; charset=utf-8")


VOICE = Voice()


def _of_caller(request: Request, caller: Caller) -> Reply:
    """Answer the metrics of the project: every check of every dialect, and what was told through each channel. With
    `name[]` those of these names alone, with `tag` those of the checks that carry all of these tags."""
    return _metrics(request, caller.project)


def _at_its_address(request: Request) -> Reply:
    """Answer the metrics of the project whose read-only key stands in the path."""
    return _metrics(request, _opened(request, [request.parts["key"]]))


def _with_bearer(request: Request) -> Reply:
    """Answer the metrics of the project whose read-only key is the bearer token."""
    texts = gateway.presented(request, VOICE.header)
    if not texts:
        raise Denied(VOICE.no_key)
    return _metrics(request, _opened(request, texts))


def _opened(request: Request, texts: list[str]) -> Project:
    """The project that a read-only key opens; what the path calls it does not count. Raises Invalid, Forbidden."""
    if not any(len(text) == KEY_LENGTH for text in texts):
        raise Invalid("key", f"the API key must have {KEY_LENGTH} characters")
    found = gateway.opened(request, texts)
    if found is None:
        raise Forbidden("the API key is not known")
    key, _ = found
    if key.access != "read":
        raise Forbidden("this address needs a read-only API key")
    return gateway.admitted(key, "read").project


def _metrics(request: Request, project: Project) -> Reply:
    now, tags = request.services.clock(), request.query.get(TAG, [])
    names = set(request.query.get(NAME, []))
    wanted = [
        *families.of_checks(metrics.of_checks(project, tags, now) if _asked(names, channels=False) else []),
        *families.of_channels(metrics.of_channels(project, now) if _asked(names, channels=True) else []),
    ]
    known = [family.name for family in wanted]
    if not names.issubset(known):
        raise Invalid(NAME, f"{NAME} is none of {', '.join(known)}")
    chosen = [family for family in wanted if not names or family.name in names]
    return Reply(body=exposition.written(chosen), content_type=exposition.CONTENT_TYPE)


def _asked(names: set[str], *, channels: bool) -> bool:
    """Whether anything is asked that needs this list."""
    return not names or any(name.startswith(OF_CHANNELS) == channels for name in names)


RESOURCES = [
    resource("/metrics", VOICE, GET=reads(_of_caller, "text/plain", query=QUERY)),
    resource(ROOT, VOICE, GET=public(_with_bearer, "text/plain", query=QUERY)),
    resource(f"{ROOT}/{{key}}", VOICE, GET=public(_at_its_address, "text/plain", query=QUERY)),
]
