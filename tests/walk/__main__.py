"""`python -m tests.walk`: walks at random, and tells what was broken how often; exit code 1 if a kept promise was.

--steps N --seed S      so many steps, in walks that are numbered from S on
--faults a,b            what may go wrong: all, none, or names of tests/walk/faults.GROUPS
--replay S              the story of one walk
--shrink PROMISE        with --replay: without the steps that are not needed to break it
--table                 the table of docs/reliability.md
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.walk import faults, table, walks
from tests.walk.again import with_fixed_hashes
from tests.walk.many import each, groups_of
from tests.walk.promises import KEPT, NAMES
from tests.walk.session import Session
from tests.walk.walks import LENGTH, RATE, Figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.walk", description="a random walk through the application")
    parser.add_argument("--steps", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--length", type=int, default=LENGTH, help="steps of one walk")
    parser.add_argument("--faults", default="all", help=f"all, none or of {', '.join(faults.GROUPS)}")
    parser.add_argument("--rate", type=float, default=RATE, help="how many invocations meet a fault")
    parser.add_argument("--jobs", type=int, default=1, help="processes that walk at the same time")
    parser.add_argument("--replay", type=int, help="the seed of a walk that is to be told")
    parser.add_argument("--shrink", help="a promise: replay as few steps as break it")
    parser.add_argument("--table", action="store_true", help="print the table of docs/reliability.md")
    parser.add_argument("--quiet", action="store_true", help="no line for each walk")
    args = parser.parse_args()
    if args.table:
        return table.main(args)
    if args.replay is not None:
        return _replay(args)
    return _walk(args)


def _replay(args: argparse.Namespace) -> int:
    session, more = Session(), {"groups": groups_of(args.faults), "rate": args.rate}
    found = walks.walk(session, args.replay, walks.seeds_of(args.replay, args.length), **more)
    if args.shrink:
        found = walks.shrunk(session, found, args.shrink, **more)
    print("\n".join(found.story))
    print(f"{len(found.seeds)} steps, broken: {', '.join(sorted(found.promises)) or 'nothing'}")
    return int(bool(found.promises & KEPT))


def _walk(args: argparse.Namespace) -> int:
    began = time.monotonic()
    print(f"seeds from {args.seed}, faults: {args.faults}, rate {args.rate:g}")
    found = Figures()
    for one in each(args):
        found.add(one)
        if one.promises & KEPT and not args.quiet:
            for promise, words in one.broken:
                print(f"seed {one.seed}: {promise}: {words[:300]}", flush=True)
    tell(found, time.monotonic() - began)
    return int(any(found.breaks[promise] for promise in KEPT))


def tell(found: Figures, seconds: float) -> None:
    print(
        f"{found.walks} walks, {found.steps} steps, {found.minutes / 60:.0f} hours of the clock in {seconds:.0f} s: "
        f"{1000 * seconds / max(found.steps, 1):.1f} ms a step"
    )
    for promise in NAMES:
        if found.breaks[promise]:
            kept = "" if promise in KEPT else " (not yet kept)"
            seeds = ", ".join(str(seed) for seed in sorted(found.seeds[promise])[:5])
            print(
                f"  {promise:10} broken in {found.broken_walks[promise]} walks, {found.breaks[promise]} times"
                f"{kept}; seeds {seeds}"
            )


if __name__ == "__main__":
    with_fixed_hashes("tests.walk")
    sys.exit(main())
