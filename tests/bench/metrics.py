"""What metrics cost: taking points in, and judging many rules on shared series."""

from __future__ import annotations

import argparse
import time
from datetime import timedelta

from chalicelib.core.check import Check
from chalicelib.languages.graphite import lines
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.intake import points as ingest
from chalicelib.monitor.looking import judging
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.store import check_items, directory, queues, series, wheel
from chalicelib.store.models import CheckItem
from tests import specs
from tests.bench.meter import fresh_services, metered

ROUNDS = 20
POINTS = 1_000
ALERTS, SERIES = 10_000, 1_000


def sink(_arguments: argparse.Namespace) -> None:
    """Points in: CPU from the bytes to the answer, store calls and write units of requests of 1,000 points."""
    services = fresh_services("sink")
    project = projects.create(services, "Bench").project.code
    for number in (500, 1):
        _take(services, project, number)
        with metered() as one:
            _take(services, project, number)
        with metered() as many:
            for _ in range(ROUNDS):
                _take(services, project, number)
        speed = ROUNDS * POINTS / many.cpu
        print(f"sink, 1,000 points of {number} series, warm: {one.total} store calls {dict(one.calls)},", end=" ")
        print(f"{one.write_units:g} write units, {speed:,.0f} points a second of CPU, calls and all")
    began = time.process_time()
    for _ in range(ROUNDS):
        lines.parse(_body(services, 500), services.clock(), services.clock() - timedelta(days=1), services.clock())
    print(f"  of that, reading the lines: {ROUNDS * POINTS / (time.process_time() - began):,.0f} points a second")


def _take(services: Services, project: str, number: int) -> None:
    found = ingest.take(services, project, _body(services, number))
    assert len(found.points) == POINTS, found.bad


def _body(services: Services, number: int) -> bytes:
    now = int(services.clock().timestamp())
    rows = (f"servers.web{index % number}.cpu.load {index * 0.25} {now - index // number}" for index in range(POINTS))
    return "\n".join(rows).encode()


def rules(_arguments: argparse.Namespace) -> None:
    """10,000 alerts on 1,000 series in one tick, with the reads shared between rules of the same series."""
    services = fresh_services("rules")
    keyring = projects.create(services, "Bench")
    project = keyring.project.code
    now = int(services.clock().timestamp())
    points = {f"servers.web{number}.load": [(now - 30 * back, 1.0) for back in range(10)] for number in range(SERIES)}
    series.add(project, points, services.clock())
    _fill(services, project)
    messages: list[dict[str, object]] = []
    sending, ahead = queues.send_delayed, tick.LOOK_AHEAD
    queues.send_delayed = lambda _noun, batch, **_: messages.extend(message for _, message in batch)
    # The present minute alone.
    tick.LOOK_AHEAD = timedelta(0)
    try:
        with metered() as ticking:
            tick.run(services)
        queues.send_delayed = lambda *_, **__: None
        with metered() as judged:
            done = sum(judging.work(services, message) for message in messages)
        # The first time every rule turns from new to healthy; the second is the steady state.
        with metered() as steady:
            done = sum(judging.work(services, message) for message in messages)
    finally:
        queues.send_delayed, tick.LOOK_AHEAD = sending, ahead
    print(
        f"rules, {ALERTS:,} alerts on {SERIES:,} series: the tick {ticking.total} calls, {ticking.read_units:g} read",
        end=" ",
    )
    print(f"units, {ticking.write_units:g} write units, {ticking.wall:.2f} s, {len(messages)} messages")
    print(f"  judged for the first time: {judged.wall:.1f} s, {judged.write_units:g} write units")
    print(f"  and again: {done:,} rules in {steady.wall:.1f} s, {done / steady.cpu:,.0f} a second of CPU,", end=" ")
    units = f"{steady.read_units:g} read units, {steady.write_units:g} write units"
    print(f"{steady.total} calls {dict(steady.calls)}, {units}")


def _fill(services: Services, project: str) -> None:
    with CheckItem.batch_write() as batch:
        for number in range(ALERTS):
            metric = f"servers.web{number % SERIES}.load"
            check = Check(
                project,
                services.new_code(),
                services.clock(),
                kind="rule",
                name=f"Alert {number}",
                period=60,
                spec=specs.above(metric, 5 + number, period=2),
                remind=3600,
                badge=services.new_code(),
            )
            batch.save(check_items.item_of(check))
    wheel.register(check_items.member_of(check))
    directory.note_series(project)
