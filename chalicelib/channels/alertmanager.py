"""Prometheus Alertmanager: an alert that fires and is resolved, at one or several members of a cluster.

Alertmanager knows an alert by its labels, so none of them may change while it fires: the name of a check, its tags and
its project can, and stand among the annotations. It takes an alert whose end has come for resolved. Nobody repeats the
alert each minute, as Prometheus does, so its end is set far ahead.

Reference: Prometheus, Alertmanager, API v2, "postAlerts"; "Clients".
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from chalicelib.channels import calls, details, fields, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.errors import Undelivered
from chalicelib.core.news import News

name = "alertmanager"
service = "Alertmanager"
opens_incidents = False
secrets = ("password",)

# Each server may take ten seconds, and a lease does not hold for ever.
SERVERS = 3
LABELS, LABEL_LIMIT = 20, 200
AHEAD, OF_A_TEST = timedelta(days=365), timedelta(minutes=5)

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,99}")
_OWN = ("alertname", "check", "kind", "severity")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["url", "user", "password", "labels"])
    given = fields.text(settings, "url", fields.URL_LIMIT).split(",")
    servers = [fields.server({"url": url}, "url") for url in given]
    if len(servers) > SERVERS:
        raise fields.invalid("url", f"names more than {SERVERS} servers")
    return {
        "url": ", ".join(servers),
        "user": fields.text(settings, "user", 200, ""),
        "password": fields.text(settings, "password", 500, ""),
        "labels": _labels(settings.get("labels", {})),
    }


def _labels(given: object) -> dict[str, str]:
    """Labels that every alert bears, for its routes."""
    if not isinstance(given, dict):
        raise fields.invalid("labels", "is not an object")
    if len(given) > LABELS:
        raise fields.invalid("labels", f"holds more than {LABELS} labels")
    for label in given:
        if not isinstance(label, str) or not _LABEL.fullmatch(label) or label in _OWN:
            raise fields.invalid("labels", f"holds a name that is not a label's, or is one of {', '.join(_OWN)}")
    labels = {label: fields.plain(value, "labels", LABEL_LIMIT) for label, value in given.items()}
    if not all(labels.values()):
        raise fields.invalid("labels", "holds an empty value, which is no label")
    return labels


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    """Tells every server; one that takes it is enough, for they tell each other."""
    headers, failed = calls.basic(settings["user"], settings["password"]), []
    servers = settings["url"].split(", ")
    for server in servers:
        try:
            calls.send_json(outlet, service, f"{server}/api/v2/alerts", [alert(settings, news)], [news], headers)
        except Undelivered as error:
            failed.append(error)
    if len(failed) == len(servers):
        # What may be mended at one of them is tried again.
        raise min(failed, key=lambda error: error.permanent)


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def alert(settings: dict[str, Any], news: News) -> dict[str, Any]:
    link = words.link(news)
    return {
        "labels": {**settings["labels"], **_own_labels(news)},
        "annotations": _annotations(news),
        "startsAt": _moment(_began(news)),
        "endsAt": _moment(_ends(news)),
        **({"generatorURL": link} if link else {}),
    }


def _own_labels(news: News) -> dict[str, str]:
    is_test = news.event == "test"
    return {
        "alertname": "CheckTest" if is_test else "CheckDown",
        "check": news.check.unique_key,
        "kind": news.check.kind,
        "severity": "info" if is_test else "critical",
    }


def _annotations(news: News) -> dict[str, str]:
    told = {
        "summary": words.title(news),
        "description": texts.summary(news),
        "name": words.label(news),
        "project": words.one_line(news.project, 100),
        "tags": words.one_line(news.check.tags, 200),
        "details": "\n".join(f"{title}: {value}" for title, value in texts.facts(news) if title != details.BODY),
    }
    return {key: value for key, value in told.items() if value}


def _began(news: News) -> datetime:
    """The beginning of the outage: a test has none."""
    if news.event == "test":
        return news.now
    return news.flip.before or news.flip.at if news.event == "up" else news.flip.at


def _ends(news: News) -> datetime:
    if news.event == "test":
        return news.now + OF_A_TEST
    return news.now if news.event == "up" else news.now + AHEAD


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
