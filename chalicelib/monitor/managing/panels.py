"""The checks of a board's panels: they come to be what the board says at this moment.

Those that are missing are made, those that are others are changed, and those of panels that are gone are deleted. It
may be done any number of times, by several at once: a check is made only as long as the board is what it is made for,
and whoever has changed one looks at the board again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from chalicelib import log
from chalicelib.core.boards import Listed
from chalicelib.core.check import Check
from chalicelib.core.errors import Busy, Missing
from chalicelib.core.kinds import panel
from chalicelib.core.specs import PanelSpec
from chalicelib.monitor import transitions
from chalicelib.monitor.managing import checks
from chalicelib.monitor.messages import due
from chalicelib.monitor.services import Services
from chalicelib.store import checks as stored
from chalicelib.store import definitions, documents, numbers, queues
from chalicelib.store.connection import Also, nothing
from chalicelib.store.documents import Document, Noun
from chalicelib.store.faults import Contended, Refused, StoreFault

NOUN: Noun = "board"
MODEL: Noun = "board model"
WORKERS = 16
# So many checks are read with one call.
READ = 100
# Whether there is room for its checks was asked when the board was kept.
ROOM = 2**40

# What the checks of a board are to have, by their codes.
Values = Mapping[str, Mapping[str, Any]]


def follow(services: Services, project: str, number: int) -> None:
    """Has the checks of a board be as it says at this moment. Raises Busy, StoreFault."""
    for attempt in range(transitions.ATTEMPTS):
        try:
            if _bring_about(services, documents.get(project, NOUN, number)):
                return
        except Missing:
            return
        except (Refused, Contended):
            transitions.pause(services, attempt)
    raise Busy("the dashboard changes all the time")


def _bring_about(services: Services, document: Document) -> bool:
    """Has the checks of a board be as it says; whether it still says so. Raises Missing, Refused."""
    project, board = document.project, Listed.of(document.number, document.data)
    wanted = _wanted(document, board)
    present = {check.code: check for check in _checks(project, [*wanted, *board.gone])}
    missing = {code: values for code, values in wanted.items() if code not in present}
    _make(services, document, missing)
    changed = _redefine(services, [(present[code], values) for code, values in wanted.items() if code in present])
    _judge(services, project, [*missing, *changed])
    for code in board.gone:
        if code in present:
            # Another may be at it too.
            with suppress(Missing):
                checks.delete(services, present[code])
    if board.deleted:
        documents.delete(document)
    elif board.gone:
        rewrite(services, document, board.swept())
    return not changed or documents.get(project, NOUN, board.number).modified == document.modified


def rewrite(services: Services, before: Document, after: Listed, also: Also = nothing) -> None:
    """Keeps what is listed of a board, if it still is what it was; `also` adds to the transaction. Raises Refused."""
    documents.put(before.changed(after.document(), services.clock(), before.author), before, also)


def _wanted(document: Document, board: Listed) -> Values:
    if not board.panels:
        return {}
    alerts = documents.get(document.project, MODEL, board.number).data["alerts"]
    known = {channel.code for channel in definitions.channels(document.project)}
    found = {code: alerts[str(number)] for number, code in board.panels.items() if str(number) in alerts}
    return {
        code: {
            **values,
            "channels": tuple(channel for channel in values["channels"] if channel in known),
            "spec": PanelSpec.of(values["spec"]),
        }
        for code, values in found.items()
    }


def _checks(project: str, codes: Sequence[str]) -> list[Check]:
    keys = [(project, code) for code in codes]
    return [one for start in range(0, len(keys), READ) for one in stored.get_many(keys[start : start + READ])]


def _make(services: Services, document: Document, missing: Values) -> None:
    """Makes the checks of panels that have none, as long as the board is what it was. Raises Refused when it is not."""
    if not missing:
        return
    now, first = services.clock(), numbers.take(document.project, numbers.CHECK, len(missing))
    made = [
        Check(document.project, code, now, panel.name, badge=services.new_code(), number=first + place, **values)
        for place, (code, values) in enumerate(missing.items())
    ]
    for start in range(0, len(made), stored.TOGETHER):
        several = made[start : start + stored.TOGETHER]
        stored.create_several(several, ROOM, lambda transaction: documents.require_unchanged(transaction, document))


def _redefine(services: Services, found: Sequence[tuple[Check, Mapping[str, Any]]]) -> list[str]:
    """The codes of the checks that were others than they are to be, and are not any more."""

    def change(check: Check, values: dict[str, Any]) -> str:
        # One that has been deleted meanwhile is what nothing says any more.
        with suppress(Missing):
            checks.change(services, check, values)
        return check.code

    others = [(check, values) for check, wanted in found if (values := _different(check, wanted))]
    if not others:
        return []
    with ThreadPoolExecutor(min(WORKERS, len(others))) as pool:
        return list(pool.map(lambda one: change(*one), others))


def _different(check: Check, wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if getattr(check, name) != value}


def _judge(services: Services, project: str, codes: Sequence[str]) -> None:
    """Has alerts judged now that were made or changed, before the clock comes round."""
    if not codes:
        return
    at = int(services.clock().timestamp() * 1000)
    try:
        queues.send("rules", due(at, [(project, code) for code in codes], fresh=True))
    except StoreFault as fault:
        log.warning("first judgements not asked for, the clock will", reason=str(fault), checks=len(codes))
