"""What a channel missed, in a sentence: it hears of it with what came after."""

from __future__ import annotations

from chalicelib.core.news import News
from chalicelib.core.outages import Outage
from chalicelib.core.phrases import moment, span

# So many outages are named one by one.
NAMED = 3

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def before(news: News) -> str:
    """Of news that a check is down, how often it has been of late: "It is down for the third time in 20 minutes.";
    empty if the channel has missed nothing."""
    if not news.over:
        return ""
    times = len(news.over) + 1
    ordinal = _ORDINALS[times - 1] if times <= len(_ORDINALS) else f"{times}th"
    return f"It is down for the {ordinal} time in {span(news.flip.at - news.over[0].began, 1)}."


def spans(news: News) -> str:
    """Of news that a check is up, when it was down: "It was down from 2026-10-14 10:02:00 to 10:09:00 UTC."."""
    times = [_span(outage) for outage in news.over[-NAMED:]]
    rest = len(news.over) - len(times)
    told = f"{', '.join(times[:-1])} and {times[-1]}" if len(times) > 1 else times[0]
    return f"It was down {told}{f', and {rest} times before' if rest else ''}."


def _span(outage: Outage) -> str:
    began, ended = outage.began, outage.ended or outage.began
    if began.date() == ended.date():
        return f"from {began:%Y-%m-%d %H:%M:%S} to {ended:%H:%M:%S} UTC"
    return f"from {moment(began)} to {moment(ended)}"
