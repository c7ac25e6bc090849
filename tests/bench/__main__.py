"""The figures of the hot paths. `make bench`; ARGS="--large" sweeps over 100,000 checks, ARGS=<name> runs one alone."""

from __future__ import annotations

import argparse
import http.server
import json
import logging
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import boto3

from chalicelib import channels as kinds
from chalicelib import gateway as edge
from chalicelib.core.check import Channel, Check, Signal
from chalicelib.monitor.clocks import deadlines, sweep
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import projects
from chalicelib.monitor.memory import Memory
from chalicelib.monitor.services import Services
from chalicelib.store import check_items, definitions
from chalicelib.store.connection import shared
from chalicelib.store.models import CheckItem, DirectoryItem
from tests.bench import (
    alerts,
    boards,
    commands,
    conditions,
    counts,
    curve,
    entities,
    graphite,
    hanging,
    metrics,
    probes,
    scraping,
    ticks,
    view,
    workers,
)
from tests.bench.meter import Meter, emulated_aws, fresh_services, metered

ROUNDS = 300


def ping(arguments: argparse.Namespace) -> None:
    """The fast path of a ping: a check that is up, a process that has seen it before."""
    services = fresh_services("ping")
    project = projects.create(services, "Bench").project
    values = {"name": "Nightly database backup", "tags": "prod db", "slug": "nightly-database-backup"}
    check = manage.create(services, project, {**values, "desc": "Runs ~/db-backup.sh"})
    address = pings.Address(code=check.code)

    def once() -> None:
        pings.receive(services, address, Signal("success", services.clock(), remote_addr="192.0.2.7", ua="curl/8.5.0"))

    for _ in range(3):
        once()
    with metered() as one:
        once()
    with metered() as many:
        for _ in range(ROUNDS):
            once()
    print(f"ping, fast path, warm: {one.total} store calls {dict(one.calls)}, {one.reads} reads")
    print(
        f"  write units {one.write_units:g} (budget 4), CPU {1e3 * many.cpu / ROUNDS:.2f} ms a ping (budget 2 ms),",
        end=" ",
    )
    bare = _two_bare_puts()
    print(f"{many.cpu / bare.cpu:.2f} times that of two bare botocore puts ({1e3 * bare.cpu / ROUNDS:.2f} ms)")
    services.memory = Memory()
    with metered() as cold:
        once()
    print(f"  first ping of a process: {cold.total} calls {dict(cold.calls)}, {cold.read_units:g} read units")


def _two_bare_puts() -> Meter:
    """What any two writes cost in this process, on this machine, at this moment: what the fast path cannot go below."""
    item = {"key": {"S": "bench"}, "v": {"N": "1"}, "project": {"S": "bench"}}
    request = {"TableName": DirectoryItem.Meta.table_name, "Item": item}
    with metered() as meter:
        for _ in range(2 * ROUNDS):
            shared().client._make_api_call("PutItem", request)
    return meter


def idle_sweep(arguments: argparse.Namespace) -> None:
    """A sweep with nothing due soon, over few checks and over many."""
    for number in (10, 100_000 if arguments.large else 10_000):
        services = fresh_services(f"idle{number}")
        _fill(services, number, due=datetime.now(UTC) + timedelta(days=1))
        with metered() as meter:
            sweep.run(services)
        queries = meter.calls.get("Query", 0)
        shards = f"{services.settings.due_shards} due + {services.settings.outbox_shards} outbox shards"
        print(f"idle sweep over {number} checks: {queries} queries ({shards}), {meter.total} calls,", end=" ")
        print(f"{meter.read_units:g} read units, {1e3 * meter.cpu:.0f} ms CPU")


def _fill(services: Services, number: int, due: datetime, channels: tuple[str, ...] = ()) -> str:
    """That many checks that are up until `due`, written straight into the table; answers their project."""
    project = projects.create(services, "Bench").project.code
    last_ping = due - timedelta(seconds=4200)
    with CheckItem.batch_write() as batch:
        for index in range(number):
            check = Check(
                project,
                services.new_code(),
                last_ping,
                name=f"Check {index}",
                tags="prod",
                timeout=3600,
                grace=600,
                channels=channels,
                badge=services.new_code(),
                status="up",
                since=last_ping,
                last_ping=last_ping,
                n_pings=1,
                due=due,
            )
            batch.save(check_items.item_of(check))
    return project


class _Hook(http.server.BaseHTTPRequestHandler):
    """A webhook that notes when it was called and for which check."""

    hits: list[tuple[float, str]] = []  # noqa: RUF012
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.hits.append((time.time(), body.decode()))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def storm(arguments: argparse.Namespace) -> None:
    """Many checks due at the same moment: from the deadline to the first and the last notification."""
    number = arguments.checks
    services = fresh_services("storm")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    server.request_queue_size = 256
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    settings: dict[str, object] = {"method_down": "POST", "url_down": url, "body_down": "$CODE"}
    due = datetime.now(UTC) + timedelta(seconds=8 + number / 200)
    project = _fill(services, number, due, channels=("hook",))
    cleaned = kinds.kind_named("webhook").clean(settings)
    definitions.save_channel(Channel(project, "hook", "webhook", "Hook", due, cleaned))
    deliverers = [workers.started("tests.bench.deliverer", services) for _ in range(arguments.deliverers)]
    with metered() as meter:
        sweep.run(services)
        decided = _decide(services, number)
        limit = time.time() + 120
        while len(_Hook.hits) < number and time.time() < limit:
            time.sleep(0.05)
    for deliverer in deliverers:
        deliverer.communicate()
    server.shutdown()
    _print_storm(number, due.timestamp(), decided, meter)


def _decide(services: Services, number: int) -> float:
    """Works on the messages about deadlines, with two threads, until so many checks were decided. Answers when."""
    sqs, name = boto3.client("sqs"), services.settings.resource("deadlines")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    decided: list[int] = []
    limit = time.time() + 120

    def worker() -> None:
        while sum(decided) < number and time.time() < limit:
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", [])
            for message in messages:
                decided.append(deadlines.work(services, json.loads(message["Body"])))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            time.sleep(0 if messages else 0.02)

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.time()


def _print_storm(number: int, due: float, decided: float, meter: Meter) -> None:
    times = sorted(moment - due for moment, _ in _Hook.hits)
    different = len({code for _, code in _Hook.hits})
    print(f"{number} checks due at once: {different} told, {len(times) - different} told twice")
    print(f"  all decided {decided - due:.1f} s after the deadline, first told after {times[0]:.2f} s,", end=" ")
    print(f"median {statistics.median(times):.1f} s, last {times[-1]:.1f} s (budget 2 s and 20 s)")
    each = {operation: f"{calls / number:.1f}" for operation, calls in meter.calls.items()}
    print(
        f"  calls a check {each}; {meter.write_units / number:.1f} write and {meter.read_units / number:.1f} read units"
    )


def listing(arguments: argparse.Namespace) -> None:
    """The list of 1,000 checks, from the gateway's event to its answer."""
    import app as application

    services = fresh_services("list")
    keyring = projects.create(services, "Bench")
    project = _fill(services, 1_000, due=datetime.now(UTC) + timedelta(days=1))
    key = keyring.keys["write"]
    items = list(CheckItem.query(project))
    with CheckItem.batch_write() as batch:
        for item in items:
            item.project = keyring.project.code
            batch.save(item)
    edge.serve(application.app, services)
    event = {
        "requestContext": {
            "httpMethod": "GET",
            "resourcePath": "/api/v1/checks",
            "path": "/api/v1/checks",
            "identity": {},
        },
        "headers": {"x-api-key": key, "host": "bench.example.org"},
        "pathParameters": {},
        "stageVariables": {},
        "multiValueQueryStringParameters": None,
        "body": None,
    }
    walls, cpus = [], []
    for _ in range(7):
        with metered() as meter:
            answer = application.app(event, None)
        walls.append(meter.wall)
        cpus.append(meter.cpu)
    assert len(json.loads(answer["body"])["checks"]) == 1_000
    print(f"list of 1,000 checks: {1e3 * statistics.median(walls):.0f} ms (budget 175 ms), of it our CPU", end=" ")
    print(f"{1e3 * statistics.median(cpus):.0f} ms; {meter.total} store calls, {meter.read_units:g} read units")


def cold_start(arguments: argparse.Namespace) -> None:
    """Import and first request in a fresh process, with compiled modules, as the package holds them: the first run may
    have to compile them, and is left out."""
    services = fresh_services("cold")
    project = projects.create(services, "Bench").project
    check = manage.create(services, project, {"name": "Cold"})
    environ = {**os.environ, "TOCSIN_STAGE": "bench", "TOCSIN_PREFIX": services.settings.prefix}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    times = []
    for _ in range(6):
        command = [sys.executable, "-m", "tests.bench.cold", check.code]
        lines = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.splitlines()
        times.append([float(text) for text in lines[-1].split()])
    del times[0]
    imported = statistics.median(first for first, _ in times)
    answered = statistics.median(second for _, second in times)
    print(f"cold start: import {imported:.2f} s, first request (a ping) {answered:.2f} s,", end=" ")
    print(f"together {imported + answered:.2f} s (budget 0.6 s; median of {len(times)})")


def mails(arguments: argparse.Namespace) -> None:
    """Storms of mails on a simulated account, in a process of its own: it is another AWS, with another clock."""
    subprocess.run([sys.executable, "-m", "tests.storms", "sandbox", "production", "untold"], check=True)


def silent(arguments: argparse.Namespace) -> None:
    """Hosts that fall silent together, on a simulated account and on a machine with few workers."""
    subprocess.run([sys.executable, "-m", "tests.storms", "silent", "newcomers", "blackout"], check=True)


BENCHES: dict[str, Callable[[argparse.Namespace], None]] = {
    "ping": ping,
    "counts": counts.counts,
    "sweep": idle_sweep,
    "curve": curve.curve,
    "storm": storm,
    "mails": mails,
    "silent": silent,
    "list": listing,
    "cold": cold_start,
    "sink": metrics.sink,
    "rules": metrics.rules,
    "probes": probes.probes,
    "ticks": ticks.ticks,
    "targets": graphite.targets,
    "entities": entities.entities,
    "commands": commands.commands,
    "alerts": alerts.alerts,
    "boards": boards.boards,
    "scraping": scraping.scraping,
    "conditions": conditions.conditions,
    "view": view.view,
    "hanging": hanging.hanging,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], help="benches to run; all without")
    parser.add_argument("--large", action="store_true", help="sweep over 100,000 checks")
    parser.add_argument("--checks", type=int, default=1_000, help="checks due at once")
    parser.add_argument("--deliverers", type=int, default=2, help="deliverers at work at once")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    with emulated_aws():
        print(f"tables: {os.environ.get('TOCSIN_TEST_ENGINE') or 'emulated'}; Python {sys.version.split()[0]}")
        for name in arguments.names or BENCHES:
            BENCHES[name](arguments)


if __name__ == "__main__":
    main()
