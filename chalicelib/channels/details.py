"""What news tells of its check besides the reason: labels and values, by the kind of the check."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.channels import words
from chalicelib.core import target
from chalicelib.core.news import News

Listed = list[tuple[str, str]]

# So many breaching series are named.
SERIES = 10
TEXT_LIMIT = 2_000
DESCRIPTION, BODY = "Description", "Last ping body"


def listed(news: News) -> Listed:
    """Labels and values, some of them empty, in the order in which they are read."""
    return _KINDS[news.check.kind](news)


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


def _heartbeat(news: News) -> Listed:
    check = news.check
    return [*words.rhythm(check), ("Total pings", f"{check.n_pings:,} since {check.created:%Y-%m-%d}")]


def _probe(news: News) -> Listed:
    check = news.check
    return [
        ("Address", words.one_line(target.of_check(check), 300)),
        ("Looked at", words.every(check.period)),
        ("Seen from", words.one_line(", ".join(news.flip.details.get("locations", ())), 300)),
    ]


def _rule(news: News) -> Listed:
    check, details = news.check, news.flip.details
    names = sorted(check.triggered)
    breaching = ", ".join(names[:SERIES]) + (f" and {len(names) - SERIES} more" if len(names) > SERIES else "")
    value = details.get("value")
    return [
        ("Metric", words.one_line(str(details.get("metric") or target.of_check(check)), 300)),
        ("Value then" if news.reminder else "Value", "" if value is None else f"{value:g}"),
        ("Criteria", words.one_line(words.criteria(check), 500)),
        ("Breaching now", words.one_line(breaching, 1_000) if len(names) > 1 else ""),
    ]


_KINDS: dict[str, Callable[[News], Listed]] = {"heartbeat": _heartbeat, "probe": _probe, "rule": _rule}
