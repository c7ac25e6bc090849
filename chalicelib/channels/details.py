"""What news tells of its check besides the reason: labels and values, by the kind of the check."""

from __future__ import annotations

from chalicelib.channels import words
from chalicelib.core import kinds
from chalicelib.core.kinds import Listed
from chalicelib.core.news import News

TEXT_LIMIT = 2_000
DESCRIPTION, BODY = "Description", "Last ping body"


def listed(news: News) -> Listed:
    """Labels and values, some of them empty, in the order in which they are read."""
    return kinds.of(news.check).details(news)


def everything(news: News) -> Listed:
    """What there is to know of the check beside the reason, without what is empty; of a test there is nothing."""
    if news.event == "test":
        return []
    check = news.check
    shown = [
        (DESCRIPTION, words.shortened(words.harmless(check.desc).strip(), TEXT_LIMIT)),
        ("Project", words.one_line(news.project, 100)),
        ("Tags", words.one_line(check.tags, 200)),
        *listed(news),
        ("Last ping", _last_ping(news)),
        (BODY, words.body_text(news.body, TEXT_LIMIT)),
    ]
    return [(title, value) for title, value in shown if value]


def _last_ping(news: News) -> str:
    return f"{words.ping_words(news.pings[0])}, {words.moment(news.pings[0].at)}" if news.pings else ""
