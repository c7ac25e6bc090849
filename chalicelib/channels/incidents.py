"""What the kinds for on-call services have in common: "down" opens an incident, "up" closes it.

One outage is one incident however often it is told of, so an attempt that is repeated does no harm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from chalicelib.channels import facts, fields, words
from chalicelib.channels.base import Outlet
from chalicelib.core.errors import Undelivered
from chalicelib.core.news import News

if TYPE_CHECKING:
    from chalicelib.channels.sender import Answer

# The instances of a service, each with its own addresses.
REGIONS = ("us", "eu")

_KEY = re.compile(r"[A-Za-z0-9-]+")


def region(settings: dict[str, object]) -> dict[str, str]:
    given = fields.text(settings, "region", 10, REGIONS[0]).strip().lower()
    if given not in REGIONS:
        raise fields.invalid("region", f"is not one of {', '.join(REGIONS)}")
    return {"region": given}


def key(settings: dict[str, object], name: str, limit: int) -> str:
    """A key of ASCII letters, digits and dashes, so that it can stand in a header."""
    given = fields.text(settings, name, limit + 10).strip()
    if not _KEY.fullmatch(given) or len(given) > limit:
        raise fields.invalid(name, "is not a key: it holds other characters than letters, digits and dashes")
    return given


def name(news: News) -> str:
    """What the service calls the incident by. A test is one of its own."""
    return f"test.{news.check.unique_key}" if news.event == "test" else facts.outage(news)


def text(news: News, limit: int) -> str:
    """The whole news on one line: "“Nightly backup” is DOWN. It reported a failure." """
    return words.one_line(f"{words.title(news)} {words.summary(news)}", limit)


def post(
    outlet: Outlet, url: str, news: News, document: object, permanent: Collection[int], headers: Mapping[str, str] = {}
) -> Answer:
    """Sends one request; what is not a success raises Undelivered, final where the status is one of `permanent`."""
    plain = {"Content-Type": "application/json", "User-Agent": "Tocsin", "Idempotency-Key": news.id}
    answer = outlet.http.send("POST", url, {**plain, **headers}, json.dumps(document).encode())
    if not answer.ok:
        raise Undelivered(f"answered {answer.status}", permanent=answer.status == 410 or answer.status in permanent)
    return answer
