"""News as JSON for machines, in the shapes that receivers of other products know.

To add a shape: a module that is a `Format`, and its name in `FORMATS`. Webhooks then know it as a `format`, and as a
placeholder.
"""

from __future__ import annotations

from typing import Any, Protocol

from chalicelib.channels.payloads import grafana, healthchecks, hostedgraphite, zmon
from chalicelib.core.news import News

__all__ = ["FORMATS", "Format"]


class Format(Protocol):
    """A shape of news: a module of this package with these names in it."""

    # What a webhook's `format` calls it.
    name: str
    # What stands for it in a webhook's body, behind a $.
    placeholder: str

    def document(self, news: News, /) -> dict[str, Any]:
        """The news as it goes out."""


FORMATS: tuple[Format, ...] = (healthchecks, hostedgraphite, zmon, grafana)
