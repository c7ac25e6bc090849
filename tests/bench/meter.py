"""What calls to AWS are made and what they consume, as DynamoDB itself reports it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3

from chalicelib import store
from chalicelib.monitor.services import Services
from chalicelib.settings import Settings
from chalicelib.store.connection import shared
from infra import tables

READS = {"GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"}


@dataclass
class Meter:
    """Calls by operation, read and write units, CPU and wall seconds of what ran while it was on."""

    calls: dict[str, int] = field(default_factory=dict)
    read_units: float = 0.0
    write_units: float = 0.0
    cpu: float = 0.0
    wall: float = 0.0

    @property
    def total(self) -> int:
        return sum(self.calls.values())

    @property
    def reads(self) -> int:
        return sum(number for operation, number in self.calls.items() if operation in READS)

    def note(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls[model.name] = self.calls.get(model.name, 0) + 1
        consumed = parsed.get("ConsumedCapacity") or []
        for one in consumed if isinstance(consumed, list) else [consumed]:
            units = float(one.get("CapacityUnits") or 0)
            if model.name in READS:
                self.read_units += units
            else:
                self.write_units += units


@contextmanager
def metered() -> Iterator[Meter]:
    meter, events = Meter(), shared().client.meta.events
    events.register("after-call.dynamodb", meter.note)
    cpu, wall = time.process_time(), time.perf_counter()
    try:
        yield meter
    finally:
        meter.cpu, meter.wall = time.process_time() - cpu, time.perf_counter() - wall
        events.unregister("after-call.dynamodb", meter.note)


@contextmanager
def emulated_aws() -> Iterator[str]:
    """An emulated AWS in a process of its own, so that its CPU is not counted as ours. TOCSIN_TEST_ENGINE, the URL of a
    DynamoDB, serves the tables instead where it is set."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.bench.emulator", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _wait_for(endpoint)
        os.environ |= {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "eu-north-1",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ENDPOINT_URL_DYNAMODB": os.environ.get("TOCSIN_TEST_ENGINE") or endpoint,
        }
        yield endpoint
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _wait_for(endpoint: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{endpoint}/moto-api/", timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the emulated AWS does not answer")


def fresh_services(name: str) -> Services:
    """Empty tables of their own."""
    settings = Settings(
        stage="bench",
        prefix=f"{name}{os.getpid()}",
        site_root="http://bench.example.org",
        mail_from="alerts@example.org",
        allowed_networks=("127.0.0.0/8",),
    )
    store.connect(settings)
    tables.create(settings, boto3.client("sqs"))
    boto3.client("ses").verify_email_identity(EmailAddress="alerts@example.org")
    services = Services(settings)
    services.outlet.allowed_networks = settings.allowed_networks
    return services
