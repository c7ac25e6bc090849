"""A check as data for machines: the fields of the check object of Healthchecks' Management API, version 3."""

from __future__ import annotations

from typing import Any

from chalicelib.core import document
from chalicelib.core.news import News


def check_object(news: News) -> dict[str, Any]:
    """The check's fields; its addresses are left out, for a receiver could ping or change the check with them.

    `status` is what the news tells, whatever has happened since: down or up, and "test" for the test of a channel.
    """
    check = news.check
    identity = {"uuid": check.code, "channels": ",".join(sorted(check.channels))}
    return document.described(check, news.event) | document.last_duration(check) | identity | document.rhythm(check)
