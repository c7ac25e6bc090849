"""Kafka: a record in a topic, through a REST proxy. It holds what a topic of Amazon SNS gets.

The records of a check bear its key, so that they stand in one partition, in their order. With a `cluster` the proxy is
spoken to in version 3 of its API, else in version 2.

Reference: Confluent, "REST Proxy API", v2 "Topics" and v3 "Produce Records".
"""

from __future__ import annotations

import re
from typing import Any

from chalicelib.channels import calls, fields, sns
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "kafka"
service = "Kafka REST"
opens_incidents = False
secrets = ("password",)

_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
_CLUSTER = re.compile(r"[A-Za-z0-9_-]{1,100}")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["url", "topic", "cluster", "user", "password"])
    return {
        "url": fields.server(settings, "url"),
        "topic": fields.matching(settings, "topic", 260, _TOPIC, "is not a topic: letters, digits, dots, _ and -"),
        "cluster": fields.matching(settings, "cluster", 110, _CLUSTER, "is not the id of a cluster", ""),
        "user": fields.text(settings, "user", 200, ""),
        "password": fields.text(settings, "password", 500, ""),
    }


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    headers = calls.basic(settings["user"], settings["password"])
    key, value = news.check.unique_key, sns.message(news)
    if settings["cluster"]:
        url = f"{settings['url']}/v3/clusters/{settings['cluster']}/topics/{settings['topic']}/records"
        record = {"key": {"type": "JSON", "data": key}, "value": {"type": "JSON", "data": value}}
        calls.send_json(outlet, service, url, record, [news], headers)
        return
    url, records = f"{settings['url']}/topics/{settings['topic']}", {"records": [{"key": key, "value": value}]}
    headers |= {"Content-Type": "application/vnd.kafka.json.v2+json", "Accept": "application/vnd.kafka.v2+json"}
    calls.send_json(outlet, service, url, records, [news], headers)


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)
