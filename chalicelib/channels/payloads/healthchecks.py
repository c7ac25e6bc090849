"""News as the check that it is about, in the fields of Healthchecks' Management API, version 3.

Source: Healthchecks Management API, Get a Single Check. What is no heartbeat has fields of our own.
"""

from __future__ import annotations

from typing import Any

from chalicelib.core import kinds
from chalicelib.core.news import News

name = "healthchecks"
placeholder = "JSON"


def document(news: News) -> dict[str, Any]:
    """The check's fields, without its addresses, for a receiver could ping or change the check with them. `status` is
    what the news tells, whatever has happened since: down or up, and "test" for the test of a channel."""
    return kinds.of(news.check).document(news)


def public(news: News) -> dict[str, Any]:
    """The same for whoever did not ask for the code, as a read-only key sees it: with a key that cannot ping."""
    fields = document(news)
    del fields["uuid"]
    return {"unique_key": news.check.unique_key, **fields}
