"""What the kinds for on-call services have in common: "down" opens an incident, "up" closes it.

One outage is one incident however often it is told of, so an attempt that is repeated does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.channels import fields, words
from chalicelib.core.news import News
from chalicelib.core.outages import incident

_KEY = re.compile(r"[A-Za-z0-9-]+")


def region(settings: dict[str, object], endpoints: Mapping[str, str]) -> dict[str, str]:
    """The instance of a service that the settings name; the first of `endpoints` if they name none. Raises Invalid."""
    given = fields.text(settings, "region", 10, next(iter(endpoints))).strip().lower()
    if given not in endpoints:
        raise fields.invalid("region", f"is not one of {', '.join(endpoints)}")
    return {"region": given}


def key(settings: dict[str, object], name: str, limit: int) -> str:
    """The setting `name`: a key of ASCII letters, digits and dashes, so that it can stand in a header. Raises
    Invalid."""
    given = fields.text(settings, name, limit + 10).strip()
    if not _KEY.fullmatch(given) or len(given) > limit:
        raise fields.invalid(name, "is not a key: it holds other characters than letters, digits and dashes")
    return given


def name(news: News) -> str:
    """The name of the incident at the service. An incident is closed under the name that it was opened under; a test
    has an incident of its own."""
    if news.incident:
        return news.incident
    if news.event == "test":
        return f"test.{incident(news.check.code, news.flip.at)}"
    if news.event == "up" and news.flip.before:
        return incident(news.check.code, news.flip.before)
    return incident(news.check.code, news.flip.at)


def text(news: News, limit: int) -> str:
    """The whole news on one line: "“Nightly backup” is DOWN. It reported a failure." """
    return words.one_line(f"{words.title(news)} {words.summary(news)}", limit)
