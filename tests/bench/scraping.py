"""What it costs to scrape a project of many checks."""

from __future__ import annotations

import argparse
import base64
import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core.check import Channel, Check
from chalicelib.gateway.replies import ANSWER_MAX
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.store import check_items, definitions, tallies
from chalicelib.store.models import CheckItem
from tests.bench.meter import fresh_services, metered
from tests.gateway.entrances import Sent, function_url, rest

CHECKS, CHANNELS = 10_000, 10


def scraping(_arguments: argparse.Namespace) -> None:
    """/metrics of 10,000 checks and ten channels, as Prometheus asks for it, through both entrances."""
    import app as application
    from chalicelib import gateway

    services = fresh_services("scraping")
    keyring = projects.create(services, "Bench")
    gateway.serve(application.app, services)
    _fill(services, keyring.project.code)
    headers = [("authorization", f"Bearer {keyring.keys['read']}"), ("accept-encoding", "gzip"), ("host", "bench")]
    for what, entrance, path in (
        ("function URL, HTTP API", function_url, "/metrics"),
        ("REST API, which packs nothing", rest, "/metrics"),
        ("REST API, one name", rest, "/metrics?name[]=hc_check_up"),
    ):
        with metered() as meter:
            answer = application.app(entrance(Sent("GET", path, headers, b"")), None)
        print(f"metrics of {CHECKS} checks, {what}: {answer['statusCode']}, {_size(answer)};", end=" ")
        print(f"{meter.wall:.1f} s, CPU {meter.cpu:.1f} s")
        print(f"  {meter.total} store calls {dict(sorted(meter.calls.items()))}, {meter.read_units:.0f} read units")


def _size(answer: dict[str, Any]) -> str:
    sent = answer["body"]
    text = gzip.decompress(base64.b64decode(sent)) if answer["isBase64Encoded"] else sent
    return (
        f"{len(text) / 1e6:.1f} MB of text, {len(sent) / 1e6:.1f} MB of the {ANSWER_MAX / 1e6:.1f} that Lambda hands on"
    )


def _fill(services: Services, project: str) -> None:
    now = datetime.now(UTC)
    with CheckItem.batch_write() as batch:
        for number in range(CHECKS):
            check = Check(
                project,
                services.new_code(),
                now - timedelta(days=30),
                name=f"Backup of shop {number} in Stockholm",
                tags=f"prod shop{number % 50}",
                badge=services.new_code(),
                status="down" if number % 20 == 0 else "up",
                since=now - timedelta(hours=number % 500),
                last_ping=now - timedelta(minutes=number % 60),
                last_duration=timedelta(seconds=number % 300, microseconds=1234),
                n_pings=1_000 + number,
            )
            batch.save(check_items.item_of(check))
    for number in range(CHANNELS):
        channel = Channel(project, f"channel{number}", "email", f"Ops {number}", now, {"address": "ops@example.org"})
        definitions.save_channel(channel)
        tallies.count(channel.code, ("delivered",), now)
