"""One request to a service for a message, and what its answer means.

Every request bears the id of its message, which is the same at every attempt.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalicelib.channels.answers import is_taken, refused
from chalicelib.channels.base import Outlet, message_id
from chalicelib.core.errors import Undelivered
from chalicelib.core.news import News

if TYPE_CHECKING:
    from chalicelib.channels.sender import Answer

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def send_json(
    outlet: Outlet,
    service: str,
    url: str,
    document: Any,
    news: Sequence[News],
    headers: Mapping[str, str] = {},
    method: str = "POST",
) -> Answer:
    """Sends JSON and returns the answer of a service that has taken it. Raises Undelivered, as the table of answers
    says of the `service`."""
    return taken(service, ask(outlet, url, json.dumps(document).encode(), news, headers, method), news)


def send_form(
    outlet: Outlet,
    service: str,
    url: str,
    form: Mapping[str, str],
    news: Sequence[News],
    headers: Mapping[str, str] = {},
) -> Answer:
    """As `send_json`, with the fields of a form."""
    body = urlencode(form, errors="replace").encode()
    return taken(service, ask(outlet, url, body, news, {"Content-Type": FORM, **headers}), news)


def ask(
    outlet: Outlet, url: str, body: bytes, news: Sequence[News], headers: Mapping[str, str] = {}, method: str = "POST"
) -> Answer:
    """Sends a request and returns its answer, whatever that is. Raises Undelivered if there is none."""
    plain = {"Content-Type": JSON, "User-Agent": "Tocsin", "Idempotency-Key": message_id(news)}
    return outlet.http.send(method, url, {**plain, **headers}, body)


def taken(service: str, answer: Answer, news: Sequence[News]) -> Answer:
    """The answer, if the service has taken what it was sent. Raises Undelivered if it has not."""
    if answer.ok and answer.is_of_a_page:
        raise Undelivered(f"redirected to a page, which answered {answer.status}: it took no message")
    if not is_taken(service, answer):
        raise refused(service, answer, news[0].now)
    return answer


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(user: str, password: str) -> dict[str, str]:
    """The header of a user name and a password; none if there is neither."""
    if not (user or password):
        return {}
    pair = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return {"Authorization": f"Basic {pair}"}
