"""What a minute of many devices costs: the tick, two workers that look at a web server on this machine, the results.

Web server and workers are processes of their own, as the workers are in Lambda.
"""

from __future__ import annotations

import argparse
import json
import logging
import select
import sys
import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import boto3

from chalicelib import settings, store
from chalicelib.core.check import Check
from chalicelib.core.specs import ProbeSpec
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.looking import probing
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services, open_services
from chalicelib.probes import http
from chalicelib.store import check_items, wheel
from chalicelib.store.models import CheckItem
from tests.bench import probes, workers
from tests.bench.meter import Meter, fresh_services, metered

DEVICES, WORKERS, MINUTE = 1_000, 2, 60


def ticks(_arguments: argparse.Namespace) -> None:
    """1,000 devices at 60 s: store calls and request units a minute, scheduling writes, the wall time of a tick."""
    services = fresh_services("ticks")
    with probes._server(None) as port:
        _fill(services, f"http://127.0.0.1:{port}/")
        _print(*_minute(services))


def _fill(services: Services, url: str) -> None:
    """The devices, up for a while, written straight into the table."""
    project, now = projects.create(services, "Bench").project.code, services.clock()
    wheel.register(check_items.member_of(Check(project, "", now, kind="probe", period=MINUTE)))
    with CheckItem.batch_write() as batch:
        for number in range(DEVICES):
            check = Check(
                project,
                services.new_code(),
                now,
                kind="probe",
                name=f"Device {number}",
                period=MINUTE,
                spec=ProbeSpec(http.clean({"url": f"{url}{number}"}).document()),
                status="up",
                since=now,
                last_result="200 OK",
            )
            batch.save(check_items.item_of(check))


def _minute(services: Services) -> tuple[Meter, Meter, float]:
    """What the tick cost, what its looks cost, and the seconds from its start to the last result."""
    # The present minute alone.
    tick.LOOK_AHEAD = timedelta(0)
    working = [workers.started("tests.bench.ticks", services) for _ in range(WORKERS)]
    began = time.time()
    with metered() as ticking:
        asked = tick.run(services)
    for worker in working:
        worker.stdin.write("that was all\n")  # type: ignore[union-attr]
        worker.stdin.flush()  # type: ignore[union-attr]
    reports = [json.loads(worker.communicate()[0]) for worker in working]
    kept = sum(report["kept"] for report in reports)
    assert (asked, kept) == (DEVICES, DEVICES), (asked, kept)
    return ticking, _sum([report["meter"] for report in reports]), max(report["ended"] for report in reports) - began


def _sum(parts: list[dict[str, Any]]) -> Meter:
    total = Meter()
    for part in parts:
        for operation, number in part["calls"].items():
            total.calls[operation] = total.calls.get(operation, 0) + number
        total.cpu += part["cpu"]
        total.read_units += part["read_units"]
        total.write_units += part["write_units"]
    return total


def _print(ticking: Meter, looking: Meter, wall: float) -> None:
    print(f"{DEVICES:,} devices at {MINUTE} s: the tick {ticking.total} calls {ticking.calls},", end=" ")
    print(f"{ticking.read_units:g} read units, scheduling writes {ticking.write_units:g} (budget 0)")
    print(f"  {WORKERS} workers: {looking.total} calls {dict(sorted(looking.calls.items()))},", end=" ")
    print(f"{looking.read_units:g} read and {looking.write_units:g} write units")
    print(f"  {wall:.1f} s from the tick to the last result (budget {MINUTE} s),", end=" ")
    print(f"CPU of the workers {1e3 * looking.cpu / DEVICES:.2f} ms a device")


def _work() -> None:
    """The worker: takes what the queue holds, until it is told that this was all and the queue is empty."""
    logging.disable(logging.WARNING)
    services = open_services(settings.load())
    store.connect(services.settings)
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=services.settings.resource("probes"))["QueueUrl"]
    print("ready", flush=True)
    kept, ended, over = 0, 0.0, False
    with metered() as meter:
        while True:
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", [])
            if not messages and over:
                break
            for message in messages:
                kept, ended = kept + probing.work(services, json.loads(message["Body"])), time.time()
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            over = over or bool(select.select([sys.stdin], [], [], 0 if messages else 0.02)[0])
    print(json.dumps({"kept": kept, "ended": ended, "meter": asdict(meter)}))


if __name__ == "__main__":
    _work()
