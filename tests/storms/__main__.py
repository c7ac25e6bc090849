"""`python -m tests.storms [SCENE ...]`: storms of mails, and a line of figures for each that has some."""

from __future__ import annotations

import argparse
import sys

from tests.storms.account import Account
from tests.storms.scenes import SCENES
from tests.storms.storm import Figures
from tests.walk.again import with_fixed_hashes

COLUMNS = ("mails", "a second", "lost", "twice", "first", "last", "at best", "sends", "DynamoDB", "SQS")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.storms", description="storms of mails")
    parser.add_argument("scene", nargs="*", choices=[*SCENES, []], help=", ".join(SCENES))
    named = parser.parse_args().scene or list(SCENES)
    account = Account()
    print(f"| storm | {' | '.join(COLUMNS)} |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for name in named:
        with account.running():
            found = SCENES[name](account)
        print(_shown(name, found), flush=True)
    return 0


def _shown(name: str, found: Figures | str | None) -> str:
    if isinstance(found, Figures):
        return f"| {name} | {_line(found)} |"
    return f"{name} passed: {found}" if found else f"{name} passed"


def _line(found: Figures) -> str:
    seconds = (found.first, found.last, found.ideal)
    each = (found.sends, found.dynamodb, found.sqs)
    counts = (found.mails, f"{found.rate:g}", found.lost, found.twice)
    return " | ".join([*map(str, counts), *(f"{one:.1f} s" for one in seconds), *(f"{one:.1f}" for one in each)])


if __name__ == "__main__":
    with_fixed_hashes("tests.storms")
    sys.exit(main())
