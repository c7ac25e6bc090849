"""What it costs to run a check for many entities."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from chalicelib.core import alert_definitions
from chalicelib.core.check import Project
from chalicelib.core.commands import member_code
from chalicelib.core.kinds import evaluation
from chalicelib.monitor.looking import commands as looking
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.store import documents, queues
from chalicelib.store.documents import Document, Noun
from tests.bench.meter import fresh_services, metered

ENTITIES = 1_000
WAIT = 0.2
NUMBER = 1


def commands(_arguments: argparse.Namespace) -> None:
    """A check of 1,000 entities, each of which answers after 200 ms."""
    services = fresh_services("commands")
    project = projects.create(services, "Bench").project
    with _slow() as port:
        _define(services, project, port)
        for ill in (0, 0, 10, 10, ENTITIES, ENTITIES):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ill/{ill}").close()
            with metered() as meter:
                seconds = _run(services, project)
            print(f"{ENTITIES} entities that take {1e3 * WAIT:.0f} ms, {ill} ill:", end=" ")
            print(f"{len(seconds)} messages, {sum(seconds):.1f} s of workers, the longest {max(seconds):.1f} s;")
            print(
                f"  {meter.total} store calls {dict(sorted(meter.calls.items()))}, {meter.read_units:.1f} read", end=" "
            )
            print(f"and {meter.write_units:.1f} write units, CPU {meter.cpu:.2f} s")


@contextmanager
def _slow() -> Iterator[int]:
    command = [sys.executable, "-m", "tests.bench.slow", str(WAIT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _define(services: Services, project: Project, port: int) -> None:
    filters = [{"type": "host"}]
    for number in range(ENTITIES):
        entity = {"id": f"web{number:04d}", "type": "host", "url": f"http://127.0.0.1:{port}/", "number": str(number)}
        _put(project, "entity", entity["id"], entity)
    command = {"name": "Load", "command": "http(entity['number']).json()", "interval": 60, "entities": filters}
    _put(project, "command", str(NUMBER), {**command, "status": "ACTIVE"})
    written: dict[str, Any] = {
        "name": "Load {load}",
        "description": "",
        "team": "ops",
        "responsible_team": "ops",
        "status": "ACTIVE",
        "template": False,
        "check_definition_id": NUMBER,
        "entities": [],
        "entities_exclude": [],
        "condition": "capture(load=value) > 5",
        "priority": 1,
    }
    spec = alert_definitions.spec_of(1, alert_definitions.merged([written]))
    check = manage.create(services, project, {"kind": evaluation.name, "name": written["name"], "spec": spec})
    _put(project, "alert", "1", written, check.code)


def _put(project: Project, noun: Noun, name: str, data: dict[str, Any], code: str = "") -> None:
    now = datetime.now(UTC)
    documents.put(Document(project.code, noun, name, data, now, now, code=code))


def _run(services: Services, project: Project) -> list[float]:
    """One run with all its parts, one after the other; the seconds of each message."""
    looking.run_now(services, project.code, member_code(NUMBER))
    seconds: list[float] = []
    while True:
        receipts, messages = queues.take(looking.QUEUE, 1)
        if not messages:
            return seconds
        for message in messages:
            began = time.perf_counter()
            looking.work(services, message)
            seconds.append(time.perf_counter() - began)
        queues.drop(looking.QUEUE, receipts)
