"""The whole news as text, cut to what a service takes, in the unit in which the service counts.

What does not fit is left out by whole facts, the last first; so the reason and the link always stand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import TypeVar

from chalicelib.channels import details, markup, words
from chalicelib.core.kinds import Listed
from chalicelib.core.news import News

T = TypeVar("T")
Measure = Callable[[str], int]
Shape = Callable[[str], str]

# No single value takes more of a message than this, in the unit of the service.
VALUE_LIMIT, SUMMARY_LIMIT = 1_000, 800


def utf16(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "replace")) // 2


def utf8(text: str) -> int:
    """The length of a text in bytes of UTF-8."""
    return len(text.encode("utf-8", "replace"))


def fitting(text: str, limit: int, measure: Measure = len, shape: Shape = str) -> str:
    """`text` in its shape, cut before that until the whole is no longer than `limit`: what is escaped is longer, and
    must not be cut in two."""
    whole = shape(text)
    if measure(whole) <= limit:
        return whole
    lengths = range(1, len(text))
    most = bisect_right(lengths, limit, key=lambda length: measure(shape(words.shortened(text, length))))
    return shape(words.shortened(text, most)) if most else ""


def most(facts: Listed, build: Callable[[Listed], T], fits: Callable[[T], bool]) -> T:
    """What is built of as many of the facts as fit."""
    for count in range(len(facts), 0, -1):
        built = build(facts[:count])
        if fits(built):
            return built
    return build([])


def facts(
    news: News, measure: Measure = len, shape: Shape = str, limit: int = VALUE_LIMIT, body: Shape | None = None
) -> Listed:
    """What there is to know of the check, each value in its shape (`body` is that of the last ping's body) and no
    longer than `limit`."""
    shapes = {details.BODY: body or shape}
    return [
        (title, fitting(value, limit, measure, shapes.get(title, shape))) for title, value in details.everything(news)
    ]


def summary(news: News, measure: Measure = len, shape: Shape = str, limit: int = SUMMARY_LIMIT) -> str:
    """What happened and why, no longer than `limit`."""
    return fitting(words.harmless(words.summary(news)), limit, measure, shape)


def title(news: News) -> str:
    """The headline as a sentence, for services that make links and calls of texts without being asked to."""
    return markup.inert(words.title(news))


def plain(news: News, limit: int, measure: Measure = len, *, titled: bool = True, linked: bool = True) -> str:
    """The news as plain text: `titled` with its headline, `linked` with the address of the check's page."""
    head = [title(news)] if titled else []
    head.append(summary(news, measure, limit=min(SUMMARY_LIMIT, limit // 2)))
    link = words.link(news) if linked else ""

    def build(chosen: Listed) -> str:
        lines = "\n".join(f"{name}: {value}" for name, value in chosen)
        return "\n\n".join(part for part in ("\n".join(head), lines, link) if part)

    listed = facts(news, measure, limit=min(VALUE_LIMIT, limit // 2))
    return most(listed, build, lambda text: measure(text) <= limit)


def coded(news: News, limit: int) -> str:
    """The news as Markdown in which all texts of others stand in code, no longer than `limit` characters."""
    head = f"{markup.code(words.label(news))} {words.says(news)}."
    link = words.link(news)
    foot = f"\n[Open the check]({link})" if link else ""
    room = limit - len(head) - len(foot) - 1

    def block(chosen: Listed) -> str:
        lines = "\n".join(f"{name}: {value}" for name, value in chosen)
        return markup.fenced("\n\n".join(part for part in (summary(news), lines) if part))

    inside = most(facts(news), block, lambda text: len(text) <= room)
    return f"{head}\n{inside}{foot}"
