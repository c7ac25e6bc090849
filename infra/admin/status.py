"""`status`: the condition of the installation on one screen, what is not as it should be in capitals.

What happened lately is asked of CloudWatch, where the functions' counters and the ages of the queues are; the tables
know the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import functions
from chalicelib.monitor.services import Services
from chalicelib.monitor.views import condition
from chalicelib.monitor.views.condition import Condition

LATELY = timedelta(minutes=5)
# What was counted (`log.count`) and how its values are put together.
COUNTERS = {
    "Pings": "Sum",
    "Sweeps": "Sum",
    "Ticks": "Sum",
    "Probes": "Sum",
    "RulesJudged": "Sum",
    "CommandsRun": "Sum",
    "Deliveries": "Sum",
    "DeliveryFailures": "Sum",
    "DeliveriesGivenUp": "Sum",
    "Faults": "Sum",
    "DetectionSeconds": "Maximum",
    "DeliverySeconds": "Maximum",
    "ProbeLagSeconds": "Maximum",
}
AGE = "ApproximateAgeOfOldestMessage"
PATIENCE = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2})


@dataclass(frozen=True, slots=True)
class Lately:
    """What CloudWatch knows of the last five minutes: counters by name, and seconds by queue. None where it is not to
    be had."""

    counters: dict[str, float] | None = None
    ages: dict[str, float] | None = None


def show(services: Services) -> tuple[str, dict[str, Any]]:
    """The screen, and the same as a document. Raises StoreFault."""
    found = condition.of_installation(services)
    lately = _lately(services, found.at)
    return "\n".join(_lines(services, found, lately)), _document(found, lately)


def _lately(services: Services, now: datetime) -> Lately:
    """The stage local counts nothing in CloudWatch."""
    if services.settings.stage == "local":
        return Lately()
    try:
        cloudwatch = boto3.client("cloudwatch", config=PATIENCE)
        queries = list(_queries(services))
        asked = {"StartTime": now - LATELY, "EndTime": now, "MetricDataQueries": queries}
        results = cloudwatch.get_metric_data(**asked)["MetricDataResults"]
    except (BotoCoreError, ClientError):
        return Lately()
    values = {one["Id"]: _together(one["Id"], one["Values"]) for one in results if one["Values"]}
    counters = {name: values.get(name.lower(), 0.0) for name in COUNTERS}
    return Lately(counters, {noun: values.get(f"age_{noun}", 0.0) for noun in functions.fed()})


def _queries(services: Services) -> Iterator[dict[str, Any]]:
    stage = [{"Name": "Stage", "Value": services.settings.stage}]
    for name, how in COUNTERS.items():
        yield _query(name.lower(), {"Namespace": "Tocsin", "MetricName": name, "Dimensions": stage}, how)
    for noun in functions.fed():
        queue = [{"Name": "QueueName", "Value": services.settings.resource(noun)}]
        yield _query(f"age_{noun}", {"Namespace": "AWS/SQS", "MetricName": AGE, "Dimensions": queue}, "Maximum")


def _query(name: str, metric: dict[str, Any], how: str) -> dict[str, Any]:
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": how}}


def _together(name: str, values: list[float]) -> float:
    sums = {counter.lower() for counter, how in COUNTERS.items() if how == "Sum"}
    return sum(values) if name in sums else max(values)


def _lines(services: Services, found: Condition, lately: Lately) -> Iterator[str]:
    name, word = services.settings.resource("").rstrip("-"), "ALL IS WELL" if found.good else "LOOK"
    yield f"{name}, {found.at:%Y-%m-%d %H:%M:%S} UTC: {word}"
    yield ""
    yield _line(found.sweeps, "sweep", _sweep(found))
    yield _line(found.ticks, "tick", _tick(found))
    late = f"{found.behind} not decided, the earliest due {_ago(found.at, found.earliest)}"
    yield _line(not found.behind, "deadlines", late if found.behind else "none behind")
    yield _line(found.tells, "news", _news(found))
    owed = sum(one.owed for one in found.failing)
    fails = f"{len(found.failing)} failing, owed news of {owed}"
    yield _line(not found.failing, "channels", fails if found.failing else "none fails")
    for one in found.failing:
        about = f"{one.project.name}, {one.channel.kind} {one.channel.name!r}: {one.owed} owed"
        yield f"{'':18}{about}: {one.channel.error}"
    aside = [f"{noun} {'?' if number is None else number}" for noun, number in found.set_aside.items()]
    yield _line(not aside, "set aside", ", ".join(aside) or "nothing")
    yield _line(None not in found.queues.values(), "queues", _queues(found, lately))
    known = lately.counters or {}
    yield _line(not known.get("Faults"), "five minutes", _counted(known) if known else "not known here")


def _sweep(found: Condition) -> str:
    swept = f"the last began {_ago(found.at, found.swept)}" if found.swept else "none has come to its end yet"
    away = found.away
    return f"{swept}; none from {away.since:%m-%d %H:%M} to {away.until:%m-%d %H:%M}" if away else swept


def _line(good: bool, what: str, words: str) -> str:
    return f"{'ok' if good else 'BAD':4}{what:14}{words}"


def _tick(found: Condition) -> str:
    if not found.periods:
        return "nothing is looked at in a fixed period"
    if found.handed_out is None:
        return "nothing has been handed out yet"
    if found.handed_out < found.at:
        return f"nothing has been handed out since {_ago(found.at, found.handed_out)}"
    return f"probes, rules and commands are handed out for the next {(found.handed_out - found.at).seconds} s"


def _news(found: Condition) -> str:
    news = found.news
    oldest = f", the oldest since {_ago(found.at, news.oldest)}" if news.oldest else ""
    return f"{news.due} to be told{oldest}; {news.later} for later, {news.held} held back"


def _queues(found: Condition, lately: Lately) -> str:
    parts = []
    for noun, depth in found.queues.items():
        age = f" ({lately.ages[noun]:.0f} s)" if lately.ages and lately.ages[noun] else ""
        parts.append(f"{noun} {depth.ready if depth else '-'}{age}")
    return ", ".join(parts)


def _counted(counters: dict[str, float]) -> str:
    sums = [f"{name} {counters[name]:.0f}" for name, how in COUNTERS.items() if how == "Sum"]
    return ", ".join([*sums, *(f"{name} {counters[name]:.1f}" for name, how in COUNTERS.items() if how == "Maximum")])


def _ago(now: datetime, moment: datetime | None) -> str:
    seconds = int((now - moment).total_seconds()) if moment else 0
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def _document(found: Condition, lately: Lately) -> dict[str, Any]:
    return {
        "good": found.good,
        "at": _text(found.at),
        "swept": _text(found.swept),
        "handed_out": _text(found.handed_out),
        "deadlines": {"behind": found.behind, "earliest": _text(found.earliest)},
        "news": {
            "due": found.news.due,
            "oldest": _text(found.news.oldest),
            "later": found.news.later,
            "held": found.news.held,
        },
        "failing": [
            {
                "project": one.project.code,
                "channel": one.channel.code,
                "kind": one.channel.kind,
                "owed": one.owed,
                "error": one.channel.error,
            }
            for one in found.failing
        ],
        "queues": {noun: depth and depth.ready for noun, depth in found.queues.items()},
        "set_aside": {noun: depth and depth.ready for noun, depth in found.aside.items()},
        "counted": lately.counters,
        "ages": lately.ages,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
