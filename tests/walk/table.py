"""The table of docs/reliability.md: what each injected fault alone makes lost, doubled and late."""

from __future__ import annotations

import argparse

from tests.walk import faults
from tests.walk.many import each
from tests.walk.promises import NAMES
from tests.walk.walks import Figures

# So many seeds the walks of one line are from those of the next.
ROW = 100_000
COLUMNS = (
    "fault",
    "steps",
    "pings",
    "points",
    "deleted",
    "lost",
    "messages",
    "doubled",
    "late, 99 %",
    "late, most",
    "promises broken",
)
# What makes a ping lost, a point, a message, or a deletion.
LOST = ("pings", "points", "last word", "ends", "gone")


def main(args: argparse.Namespace) -> int:
    """Walks with each group of faults alone, and prints a line for each."""
    print(f"| {' | '.join(COLUMNS)} |")
    print("|---" * len(COLUMNS) + "|")
    for number, group in enumerate(("none", *faults.GROUPS, "all")):
        found = Figures()
        # Walks of its own for each, or two groups that are drawn alike would strike the same calls.
        for one in each(argparse.Namespace(**{**vars(args), "faults": group, "seed": args.seed + number * ROW})):
            found.add(one)
        print(f"| {' | '.join(_row(group, found))} |", flush=True)
    return 0


def _row(group: str, found: Figures) -> list[str]:
    tally, delays = found.tally, sorted(found.tally.delays) or [0.0]
    lost = sum(found.breaks[promise] for promise in LOST)
    broken = ", ".join(f"{promise} {found.breaks[promise]}" for promise in NAMES if found.breaks[promise])
    late = (delays[int(0.99 * (len(delays) - 1))], delays[-1])
    counts = (found.steps, tally.pings, tally.points, tally.deleted, lost, tally.messages, tally.doubled)
    return [group, *(f"{count:,}" for count in counts), *(f"{seconds:.1f} s" for seconds in late), broken or "none"]
