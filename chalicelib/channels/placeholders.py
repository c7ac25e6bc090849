"""The placeholders of webhooks: `$NAME` and the others of Healthchecks' webhook integration, and one for each
of the formats of `payloads`.

Placeholders are replaced in one pass. The inserted text is not searched again, so the name of a check called "$BODY"
stays "$BODY".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from chalicelib.channels.payloads import FORMATS, Format
from chalicelib.core import document
from chalicelib.core.news import News

_OF_BODIES = frozenset({"BODY", "BODY_JSON"})


def _formatted(form: Format) -> Callable[[News], str]:
    return lambda news: json.dumps(form.document(news))


_VALUES: dict[str, Callable[[News], str]] = {
    "CODE": lambda news: news.check.code,
    "STATUS": lambda news: news.event,
    "NOW": lambda news: document.second(news.now) or "",
    "NAME": lambda news: news.check.name,
    "NAME_JSON": lambda news: json.dumps(news.check.name),
    "SLUG": lambda news: news.check.slug,
    "TAGS": lambda news: news.check.tags,
    "BODY": lambda news: _body(news),
    "BODY_JSON": lambda news: json.dumps(_body(news)),
    "EXITSTATUS": lambda news: str(_exit_status(news)),
    **{form.placeholder: _formatted(form) for form in FORMATS},
}

# The longer of two names that begin alike stands first.
_NAMES = "|".join(sorted(_VALUES, key=len, reverse=True))
_PLACEHOLDER = re.compile(rf"\$(?:({_NAMES})|TAG([1-9][0-9]{{0,2}}))")


def expand(template: str, news: News, escape: Callable[[str], str] = str, *, in_body: bool = False) -> str:
    """`template` with the placeholders' values, each gone through `escape`.

    The body of the last ping is only for request bodies: elsewhere `$BODY` and `$BODY_JSON` stay as they are, as does
    `$TAG3` for a check with two tags.
    """
    tags = news.check.tags.split()

    def value(match: re.Match[str]) -> str:
        name, number = match.groups()
        if number:
            return escape(tags[int(number) - 1]) if int(number) <= len(tags) else match[0]
        if name in _OF_BODIES and not in_body:
            return match[0]
        return escape(_VALUES[name](news))

    return _PLACEHOLDER.sub(value, template)


def _body(news: News) -> str:
    return news.body.decode("utf-8", "replace")


def _exit_status(news: News) -> int:
    """The exit status of the last ping, -1 if it came without."""
    status = news.pings[0].exitstatus if news.pings else None
    return -1 if status is None else status
