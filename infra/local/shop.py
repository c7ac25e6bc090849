"""The shop of the demo: a small web site with bad hours, which the runner serves itself at /demo, and the load of its
hosts. What it shows follows from the time of day alone. The alerts over it, as the dialects take them."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from infra.local.gateway import NOT_FOUND
from infra.local.wsgi import Answer, error, json_answer

ROOT = "/demo/"
HOSTS = ("web-1", "web-2", "web-3")
TEAM = "Demo"


def _ill(now: datetime, every: int, lasts: int) -> bool:
    """Whether it is one of the last `lasts` minutes of each `every`."""
    return now.timestamp() / 60 % every >= every - lasts


def page(path: str, now: datetime) -> Answer | None:
    """The answer of the shop; None for what is not its."""
    if not path.startswith(ROOT):
        return None
    name = path.removeprefix(ROOT)
    if name == "checkout" and _ill(now, 12, 3):
        return error(503, "the payments are not to be reached")
    if name in ("", "checkout"):
        return Answer(200, b"<!doctype html><title>Shop</title><h1>Open</h1>", [("Content-Type", "text/html")])
    host = name.removesuffix(".json")
    return json_answer(200, {"host": host, "orders_waiting": waiting(host, now)}) if host in HOSTS else NOT_FOUND


def waiting(host: str, now: datetime) -> int:
    """How many orders wait on a host: on the second one far too many in four minutes of each fifteen."""
    return 240 if host == HOSTS[1] and _ill(now, 15, 4) else int(20 + 15 * _wave(host, now))


def load(host: str, now: datetime) -> float:
    """The load of a host: that of the third one too high in four minutes of each ten."""
    return round((6.5 if host == HOSTS[2] and _ill(now, 10, 4) else 2) + _wave(host, now), 2)


def _wave(host: str, now: datetime) -> float:
    return math.sin(now.timestamp() / 300 + HOSTS.index(host))


def points(now: datetime) -> bytes:
    """The load of all hosts in the line protocol of Graphite."""
    return "".join(f"shop.{host}.load {load(host, now)} {int(now.timestamp())}\n" for host in HOSTS).encode()


def devices(root: str) -> list[dict[str, Any]]:
    """Sites to look at, as the Alertra API takes them."""
    plain = {"Frequency": 30, "RetryDelay": 0, "Contacts": ["Operations", "On call"]}
    return [
        {"FullName": "Shop", "URL": f"{root}{ROOT}", **plain},
        {"FullName": "Checkout of the shop", "URL": f"{root}{ROOT}checkout", **plain},
        {"FullName": "A server that is switched off", "URL": "http://127.0.0.1:9/", **plain},
    ]


def alerts() -> list[dict[str, Any]]:
    """Alerts on the load, as the Hosted Graphite API takes them."""
    above = {"type": "above", "above_value": 5}
    return [
        {"name": "Load of the shop", "metric": "shop.*.load", "alert_criteria": above},
        {"name": "Load on average", "metric": "averageSeries(shop.*.load)", "alert_criteria": above},
        {
            "name": "Load is measured",
            "metric": "shop.web-1.load",
            "alert_criteria": {"type": "missing", "time_period": 5},
        },
    ]


def entities(root: str) -> list[dict[str, Any]]:
    """The hosts of the shop, as the ZMON API takes them."""
    return [{"id": host, "type": "demo_host", "url": f"{root}{ROOT}{host}.json", "team": TEAM} for host in HOSTS]


COMMAND: dict[str, Any] = {
    "name": "Orders that wait",
    "description": "How many orders wait on each host of the shop.",
    "owning_team": TEAM,
    "entities": [{"type": "demo_host"}],
    "interval": 30,
    "command": "http(entity['url']).json()['orders_waiting']",
    "status": "ACTIVE",
}


def definition(command: int) -> dict[str, Any]:
    """The alert definition over the command of this number."""
    return {
        "name": "Too many orders wait",
        "description": "More than a hundred orders wait on a host.",
        "team": TEAM,
        "responsible_team": TEAM,
        "entities": [{"type": "demo_host"}],
        "entities_exclude": [],
        "condition": "> 100",
        "notifications": ["send_mail('operations@example.org')"],
        "check_definition_id": command,
        "status": "ACTIVE",
        "priority": 2,
        "period": "",
        "template": False,
        "parameters": {},
        "tags": ["demo"],
    }
