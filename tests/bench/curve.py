"""The sweep on a simulated AWS: how long it takes until many that are due at once are decided, and the seconds that are
paid for while everything is well. "Before" is a sweep that lists all, sleeps until each deadline and decides itself.

Calls take the time that tests/simulated.py says, our own code none, but for 127 us for each nominee that was listed and
sorted before (measured). The grouping is the product's.
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
from datetime import UTC, datetime, timedelta

from chalicelib.core import deadlines as core_deadlines
from chalicelib.core.deadlines import Due
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import deadlines
from chalicelib.settings import Settings
from chalicelib.store import checks, queues
from tests.simulated import EXECUTIONS, QUEUE_CALL, SECOND, START, STORE_CALL

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHARDS = Settings().due_shards
MINUTES = 60
MONTH = 30 * 24 * 60
# What was: so many threads, checks read with one call, seconds to list one, and seconds until the sweep was ended.
THREADS, TOGETHER, LISTED, ENDED = 16, 10, 0.000127, 110.0


def curve(_arguments: argparse.Namespace) -> None:
    print(f"calls {1e3 * STORE_CALL:g} ms, queue {1e3 * QUEUE_CALL:g} ms, start {1e3 * START:g} ms,", end=" ")
    print(f"{EXECUTIONS} executions; from the deadline to the last decision:")
    for number in (1_000, 100_000, 1_000_000):
        swept, last, paid = after(number)
        print(f"  {number:>9,} due: before {_before(number)}; now {last:.1f} s (the sweep {swept:.1f} s),", end=" ")
        print(f"{1e3 * paid / number:.2f} ms paid for each")
    print("paid seconds a month while every check is pinged each minute:")
    for number in (10, 100, 1_000):
        for grace in (60, 3_600):
            then, now = idle(number, grace)
            print(f"  {number:>5,} checks, grace {grace:>4} s: before {then:>9,.0f} s (${then * SECOND:.2f});", end=" ")
            print(f"now {now:>6,.0f} s (${now * SECOND:.2f})")


def _before(number: int) -> str:
    listed = number * LISTED
    if listed >= ENDED:
        return "never, it is ended while it lists"
    groups = math.ceil(number / TOGETHER)
    deciding = groups * (STORE_CALL * (1 + TOGETHER) + QUEUE_CALL) / THREADS
    return f"{deciding:.1f} s, after {listed:.1f} s of listing"


def after(number: int) -> tuple[float, float, float]:
    """Seconds that the sweep takes, until the last is decided, and that are paid: all were due when it began."""
    shard = _sweep_of_shard([Due("project", str(index), NOON) for index in range(math.ceil(number / SHARDS))], NOON)
    swept = START + 2 * STORE_CALL + max(moment for moment, _ in shard)
    # One execution is the sweep's until it ends.
    free = [(START, False)] * (EXECUTIONS - 1) + [(swept, False)]
    heapq.heapify(free)
    last = paid = 0.0
    for sent, size in sorted(shard * SHARDS):
        at, warm = heapq.heappop(free)
        began = max(at, sent) + (0 if warm else START)
        last = began + working(size)
        paid += working(size) + (0 if warm else START)
        heapq.heappush(free, (last, True))
    return swept, max(moment for moment, _ in free), swept + paid


def _sweep_of_shard(found: list[Due], now: datetime) -> list[tuple[float, int]]:
    """When each message of a shard has been sent, in seconds after the sweep began, and how many checks it names."""
    moment, sent = 0.0, []
    for start in range(0, len(found), checks.DUE_PAGE):
        moment += STORE_CALL
        batches = core_deadlines.batches(found[start : start + checks.DUE_PAGE], now)
        for first in range(0, len(batches), queues.BATCH):
            moment += QUEUE_CALL
            sent += [(moment, len(batch.keys)) for batch in batches[first : first + queues.BATCH]]
    return sent


def working(size: int) -> float:
    """What a worker takes for a message all of whose checks go down: it reads them and the absence, then decides and
    tells in threads."""
    each = math.ceil(size / deadlines.WORKERS)
    return 2 * STORE_CALL + each * STORE_CALL + math.ceil(each / queues.BATCH) * QUEUE_CALL


def idle(number: int, grace: int) -> tuple[float, float]:
    """Seconds paid in a month before and now, by an hour of checks that are pinged each minute at moments of their
    own."""
    draw = random.Random(number)
    phases = [draw.uniform(0, 60) for _ in range(number)]
    ahead = transitions.LOOK_AHEAD / timedelta(seconds=1)
    then = now = 0.0
    for _ in range(MINUTES):
        # A sweep comes somewhere in its minute; a check that was pinged `phase` seconds ago is due after the rest.
        offset = draw.uniform(0, 60)
        left = [60 + grace - (offset - phase) % 60 for phase in phases]
        near = [seconds for seconds in left if seconds <= ahead]
        then += max(near, default=0) + STORE_CALL
        found = [Due("project", str(index), NOON + timedelta(seconds=seconds)) for index, seconds in enumerate(near)]
        batches = [core_deadlines.batches(found[shard::SHARDS], NOON) for shard in range(SHARDS)]
        sending = max(math.ceil(len(one) / queues.BATCH) for one in batches) * QUEUE_CALL
        now += 3 * STORE_CALL + sending + sum(map(len, batches)) * STORE_CALL
    return then * MONTH / MINUTES, now * MONTH / MINUTES
