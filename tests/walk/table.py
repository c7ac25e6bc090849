"""The table of docs/reliability.md: what each injected fault alone makes lost, doubled and late."""

from __future__ import annotations

import argparse

from tests.walk import faults
from tests.walk.many import each
from tests.walk.promises import NAMES
from tests.walk.walks import Figures


def main(args: argparse.Namespace) -> int:
    """Walks with each group of faults alone, and prints a line for each."""
    print(f"| fault | walks | {' | '.join(NAMES)} |")
    print(f"|---|---|{'---|' * len(NAMES)}")
    for group in ("none", *faults.GROUPS, "all"):
        found = Figures()
        for one in each(argparse.Namespace(**{**vars(args), "faults": group})):
            found.add(one)
        counts = " | ".join(str(found.breaks[promise] or "") for promise in NAMES)
        print(f"| {group} | {found.walks} | {counts} |", flush=True)
    return 0
