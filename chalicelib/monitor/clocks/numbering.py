"""Numbering: things that were made before things had numbers are given theirs, the oldest of a project first.

1. Look whether everything has a number: that is noted when a run has found nothing without one, so that all further
   runs cost one read.
2. Otherwise read the checks and channels of every project, and hand those without a number to the chores. A chore that
   is lost is asked for again by the next run; one that is done twice finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib import log
from chalicelib.core.check import Channel, Check, Project
from chalicelib.monitor.messages import GiveNumbers, of_chore
from chalicelib.store import checks, definitions, directory, numbers, queues

BATCH = 100


def run() -> int:
    """One run. Answers how many things are without a number."""
    if numbers.are_given():
        return 0
    found = 0
    for project in directory.projects():
        chores = list(_chores(project))
        queues.send_all("chores", [of_chore(one) for one in chores])
        found += sum(len(one.codes) for one in chores)
    if not found:
        numbers.note_given()
    log.count(Unnumbered=found)
    return found


def _chores(project: Project) -> Iterator[GiveNumbers]:
    every: dict[str, Sequence[Check | Channel]] = {
        numbers.CHECK: checks.of_project(project.code),
        numbers.CHANNEL: definitions.channels(project.code),
    }
    for noun, things in every.items():
        codes = [thing.code for thing in things if numbers.is_without(thing)]
        for start in range(0, len(codes), BATCH):
            yield GiveNumbers(project.code, noun, tuple(codes[start : start + BATCH]))


def give(chore: GiveNumbers) -> None:
    """Gives numbers in the order of the codes. Those that have theirs, or are gone, are passed over."""
    first = numbers.take(chore.project, chore.noun, len(chore.codes))
    put = numbers.give_check if chore.noun == numbers.CHECK else numbers.give_channel
    for place, code in enumerate(chore.codes):
        put(chore.project, code, first + place)
