"""A kind of channel and the service that it speaks to, played on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.channels import Kind, kind_named
from chalicelib.channels.base import Outlet
from chalicelib.core.errors import Invalid, Undelivered
from chalicelib.core.news import News
from tests.channels.samples import VALID
from tests.channels.servers import HERE, Reply, Server
from tests.channels.services import SERVICES


@dataclass
class Stage:
    """The kind with these settings, its service, and what that has shown to its readers."""

    kind: Kind
    server: Server
    settings: dict[str, Any]
    messages: list[str] = field(default_factory=list)

    def tell(self, *news: News, **changes: Any) -> None:
        self.kind.send({**self.settings, **changes}, news, Outlet(allowed_networks=HERE))

    def document(self, number: int = -1) -> Any:
        """The JSON of a request."""
        return json.loads(self.server.received[number].body)

    def form(self, number: int = -1) -> dict[str, str]:
        """The fields of a request."""
        return dict(parse_qsl(self.server.received[number].body.decode(), keep_blank_values=True))

    def refusal(self, *news: News, **changes: Any) -> Undelivered:
        with pytest.raises(Undelivered) as caught:
            self.tell(*news, **changes)
        return caught.value

    def answers(self, *replies: Reply) -> None:
        """From now on the service answers this, whatever it is asked."""
        self.server.plays = None
        self.server.answer(*replies)


Make = Callable[..., Stage]


def staged(name: str, server: Server, monkeypatch: pytest.MonkeyPatch, **settings: object) -> Stage:
    """The kind's own host, or the one that its settings name, is the server."""
    kind, given = kind_named(name), {**VALID[name], **settings}
    if hasattr(kind, "ENDPOINT"):
        monkeypatch.setattr(kind, "ENDPOINT", server.url(""))
    else:
        given["url"] = _here(str(given.get("url", "")), server)
    stage = Stage(kind, server, kind.clean(given))
    server.plays = lambda received: SERVICES[name](received, stage.messages)
    return stage


def _here(url: str, server: Server) -> str:
    parts = urlsplit(url)
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    # An address of Apprise has the scheme of its service.
    scheme = parts.scheme if parts.scheme not in ("", "https") else "http"
    return parts._replace(scheme=scheme, netloc=f"{user}127.0.0.1:{server.port}").geturl() or server.url("")


def wrong(name: str, **settings: object) -> tuple[str, str]:
    """The field and the message of the error with which the kind refuses these settings, beside such as it takes; None
    leaves one out."""
    given = {key: value for key, value in {**VALID[name], **settings}.items() if value is not None}
    with pytest.raises(Invalid) as caught:
        kind_named(name).clean(given)
    return caught.value.field, caught.value.message
