"""News as data for machines: its check, and a name for its outage."""

from __future__ import annotations

from typing import Any

from chalicelib.core import kinds
from chalicelib.core.news import News


def check_object(news: News) -> dict[str, Any]:
    """The check's fields, without its addresses, for a receiver could ping or change the check with them. `status` is
    what the news tells, whatever has happened since: down or up, and "test" for the test of a channel."""
    return kinds.of(news.check).document(news)


def outage(news: News) -> str:
    """A name for the outage that the news is about: its beginning, which for "up" is the flip before. It holds no code,
    for whoever knows that can ping."""
    began = news.flip.before if news.event == "up" and news.flip.before else news.flip.at
    return f"{news.check.unique_key}.{began:%Y%m%dT%H%M%S%f}"
