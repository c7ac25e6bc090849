"""Managing alert definitions: a tree of documents, in which each inherits from its parent (ZMON, Alert Definitions).

A node that is evaluated has a check, whose spec is the definition with all that it inherits. So a change of a node
changes the checks of its descendants. It is done in this order:

1. Queue the chore that makes the checks of the node and of its descendants what the definitions say.
2. Keep the document, if nothing in the inventory has changed since it was found to be sound; with it the check of a
   node that has none yet.
3. Do what the chore is for. It may be done any number of times, by several at once: whoever has changed a check looks
   at the definitions again after it, so that the last one leaves the checks as the newest definitions say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from chalicelib import log
from chalicelib.core import alert_definitions, inventory
from chalicelib.core.check import Channel, Check, Project
from chalicelib.core.commands import ACTIVE, INACTIVE, member_code
from chalicelib.core.errors import Busy, Conflict, Invalid, Missing, TooOften
from chalicelib.core.kinds import evaluation
from chalicelib.monitor import transitions
from chalicelib.monitor.looking import commands as looking
from chalicelib.monitor.managing import checks, commands, downtimes, listeners, papers, validity
from chalicelib.monitor.managing.notification_functions import NAMING
from chalicelib.monitor.managing.notifying import GROUP, ON_DUTY
from chalicelib.monitor.messages import Inherit
from chalicelib.monitor.services import Services
from chalicelib.store import checks as stored
from chalicelib.store import definitions, documents, numbers
from chalicelib.store.documents import Document
from chalicelib.store.faults import StoreFault

NOUN: documents.Noun = "alert"
# Bytes of a definition with all that it inherits: they travel in the check's record, and with last words.
SIZE_MAX = 60_000
# A chain of parents is never so long.
CHAIN_MAX = 20
# So many checks are read with one call.
READ = 100
# More checks than a request has time for follow by the chore alone.
AT_ONCE = 100

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tree:
    """The alert definitions of a project by their numbers, as they were at or after an edition of its inventory."""

    edition: int
    nodes: Mapping[int, Document]

    @property
    def written(self) -> dict[int, Data]:
        return {number: one.data for number, one in self.nodes.items()}

    def node(self, number: int) -> Document:
        """Raises Missing."""
        if number not in self.nodes:
            raise Missing(f"alert definition {number}")
        return self.nodes[number]

    def merged(self, number: int) -> Data:
        return alert_definitions.merged(inventory.chain(self.written, number))

    def all_merged(self) -> list[tuple[Document, Data]]:
        """Each definition, with what it is with all that it inherits."""
        written = self.written
        chains = ((one, inventory.chain(written, number)) for number, one in self.nodes.items())
        return [(one, alert_definitions.merged(chain)) for one, chain in chains]

    def with_data(self, number: int, data: Data) -> Tree:
        """The tree with other content of a node."""
        return replace(self, nodes={**self.nodes, number: replace(self.nodes[number], data=data)})

    def below(self, number: int) -> list[int]:
        """The numbers of all that inherit from a node."""
        return inventory.descendants(self.written, number)


def tree_of(project: str) -> Tree:
    edition = documents.edition(project)
    return Tree(edition, {one.number: one for one in documents.of_project(project, NOUN)})


def find(project: Project, number: int) -> tuple[Document, Data]:
    """A definition, and with all that it inherits. Raises Missing."""
    found = documents.get(project.code, NOUN, number)
    return found, alert_definitions.merged([found.data, *_ancestors(project.code, found.data)])


def _ancestors(project: str, data: Data) -> list[Data]:
    """What a node inherits from, the nearest first. Raises Invalid for a parent that is not there."""
    found: list[Data] = []
    while data.get("parent_id") is not None:
        if len(found) == CHAIN_MAX:
            raise Invalid("parent_id", f"would make a chain of more than {CHAIN_MAX} definitions")
        try:
            data = documents.get(project, NOUN, data["parent_id"]).data
        except Missing:
            raise Invalid("parent_id", f"is {data['parent_id']}, which no alert definition has") from None
        found.append(data)
    return found


def create(services: Services, project: Project, data: Data, author: str) -> Document:
    """A new definition. Raises Invalid, LimitReached, Busy."""
    validity.require_alert(data)
    listeners.require_known(project.code, data["notifications"] or ())
    new_number = cache(partial(_new_number, project.code))

    def attempt() -> Document:
        edition = documents.edition(project.code)
        merged = alert_definitions.merged([data, *_ancestors(project.code, data)])
        _require_sound(merged)
        _require_active(project.code, merged["check_definition_id"])
        now = services.clock()
        made = Document(project.code, NOUN, str(new_number()), data, now, now, author)
        return _keep(services, project, made, None, merged, edition)

    made = transitions.retrying(services, attempt)
    _follow(services, made)
    return made


def _new_number(project: str) -> int:
    """The number of a definition that is about to be made: what its making leaves undone is done later."""
    number = numbers.take(project, NOUN)
    checks.finish_later(Inherit(project, number))
    return number


def change(services: Services, project: Project, number: int, data: Data, author: str) -> Document:
    """A definition with other content; its parent is for life. The same again changes nothing. Raises Missing, Invalid,
    Busy."""
    validity.require_alert(data)
    return _change(services, project, number, lambda before: _of_parent(before, data), author)


def is_active(project: Project, number: int) -> bool:
    """Whether a definition says that it is active. Raises Missing."""
    return bool(documents.get(project.code, NOUN, number).data["status"] == ACTIVE)


def switch(services: Services, project: Project, number: int, author: str, *, active: bool) -> Document:
    """A definition that is active from now on, or is not. Raises Missing, Busy, and Invalid for one that is not sound
    and is to be active."""
    status = ACTIVE if active else INACTIVE

    def switched(before: Document) -> Data:
        return {**before.data, "status": status}

    return _change(services, project, number, switched, author, soundly=active)


def _change(
    services: Services,
    project: Project,
    number: int,
    content: Callable[[Document], Data],
    author: str,
    *,
    soundly: bool = True,
) -> Document:
    checks.finish_later(Inherit(project.code, number))

    def attempt() -> Document:
        tree = tree_of(project.code)
        before = tree.node(number)
        wanted = content(before)
        if papers.same(before.data, wanted):
            return before
        after = tree.with_data(number, wanted)
        merged = _changed_soundly(project.code, tree, after, number) if soundly else after.merged(number)
        return _keep(services, project, before.changed(wanted, services.clock(), author), before, merged, tree.edition)

    changed = transitions.retrying(services, attempt)
    _follow(services, changed)
    return changed


def _of_parent(before: Document, data: Data) -> Data:
    """The content with the parent that the definition has. Raises Invalid for another."""
    parent = before.data.get("parent_id")
    if data["parent_id"] not in (None, parent):
        raise Invalid("parent_id", f"cannot be changed, it is {parent}")
    return {**data, "parent_id": parent}


def _changed_soundly(project: str, before: Tree, after: Tree, number: int) -> Data:
    """A definition with all that it inherits after it has been changed. Raises Invalid if it or one that inherits from
    it is not sound any more, or if its command is another that is not active."""
    merged = after.merged(number)
    _require_sound(merged)
    said = [one.written[number].get("notifications") or () for one in (before, after)]
    listeners.require_known(project, said[1], said[0])
    command = merged["check_definition_id"]
    if command != before.merged(number)["check_definition_id"]:
        _require_active(project, command)
    broken = {one: why for one in after.below(number) if (why := _fault(after, one)) and not _fault(before, one)}
    if broken:
        listed = ", ".join(f"{one}: {why}" for one, why in list(broken.items())[:10])
        raise Invalid("", f"Update breaks the following alert definitions: {{{listed}}}")
    return merged


def _fault(tree: Tree, number: int) -> str:
    """Why a definition is not sound; empty if it is."""
    try:
        _require_sound(tree.merged(number))
    except Invalid as error:
        return str(error)
    return ""


def _require_sound(merged: Data) -> None:
    validity.require_merged(merged)
    documents.require_small("alert definition", merged, SIZE_MAX)


def _require_active(project: str, command: int) -> None:
    if not commands.is_active(project, command):
        raise Invalid("check_definition_id", f"is {command}, which no active check definition has")


def _keep(
    services: Services, project: Project, after: Document, before: Document | None, merged: Data, edition: int
) -> Document:
    """Keeps a definition, with its check if it has to have one and has none. Raises Refused when anything in the
    inventory has changed since this edition."""
    if after.code or merged["template"]:
        documents.put(after, before, edition=edition)
        return after
    values = _wanted(after.number, merged)
    made = checks.new(services, project.code, {"kind": evaluation.name, **values, **_state(services, merged)})
    check = replace(made, channels=_first_channels(services, made, merged))
    evaluated = replace(after, code=check.code)
    limit = checks.limit_of(services, project)
    stored.create(check, limit, also=lambda transaction: documents.add(transaction, evaluated, before, edition))
    return evaluated


def _first_channels(services: Services, check: Check, merged: Data) -> tuple[str, ...]:
    """The channels of an alert before its check is kept, so that its first outage is told. If it is not kept, they go
    again; those that cannot be made at this moment follow."""
    texts = merged["notifications"] or ()
    if not texts:
        return ()
    listeners.drop_later(check.project, check.code)
    try:
        return listeners.agree(services, check, texts, definitions.channels(check.project))
    except TooOften as limit:
        log.warning("the channels of an alert follow later", code=check.code, reason=str(limit))
        return ()


def _wanted(number: int, merged: Data) -> Data:
    """What the check of a definition is to have."""
    return {
        "name": merged["name"],
        "desc": merged["description"],
        "spec": alert_definitions.spec_of(number, merged),
    }


def _state(services: Services, merged: Data) -> Data:
    """One that is not active begins as if it had been paused."""
    return {} if merged["status"] == ACTIVE else {"status": "paused", "since": services.clock()}


def delete(services: Services, project: Project, number: int) -> Document:
    """Removes a definition from which none inherits, and its check; answers it as it was. Raises Missing, Invalid,
    Busy."""
    found, _ = _childless(project.code, number)
    check = _check_of(found)
    if found.code:
        listeners.drop_later(project.code, found.code)
    if check is None:
        transitions.retrying(services, lambda: _delete_alone(project.code, number))
    else:
        checks.delete(
            services, check, lambda transaction: documents.remove(transaction, *_childless(project.code, number))
        )
    return found


def _childless(project: str, number: int) -> tuple[Document, int]:
    """A definition from which none inherits, and the edition in which that is so. Raises Missing, Invalid."""
    tree = tree_of(project)
    found = tree.node(number)
    if below := tree.below(number):
        listed = ", ".join(map(str, below[:20]))
        raise Invalid("", f"Could not delete an alert definition with descendants: {{{listed}}}")
    return found, tree.edition


def _check_of(definition: Document) -> Check | None:
    """The check of a definition, None if it has none."""
    try:
        return stored.get(definition.project, definition.code) if definition.code else None
    except Missing:
        return None


def _delete_alone(project: str, number: int) -> None:
    found, edition = _childless(project, number)
    documents.delete(found, edition=edition)


def _follow(services: Services, definition: Document) -> None:
    project, number = definition.project, definition.number
    try:
        if len(tree_of(project).below(number)) <= AT_ONCE:
            inherit(services, project, number)
            return
    except (StoreFault, Busy, TooOften) as fault:
        log.warning("the checks of a definition follow by a chore", number=number, reason=str(fault))
    checks.finish_soon(Inherit(project, number))


def inherit(services: Services, project: str, number: int) -> None:
    """Has the checks of a definition and of those that inherit from it be as the definitions say at this moment, and
    their commands run. Raises Busy, TooOften, StoreFault."""
    with downtimes.following(services, project):
        tree, numbers = _settle(services, project, lambda tree: [number, *tree.below(number)])
    for command in {tree.merged(one)["check_definition_id"] for one in numbers}:
        looking.run_now(services, project, member_code(command))


def regroup(services: Services, project: str) -> None:
    """Has alerts that are told to groups of people, or to channels of the project, be told to whoever is in those and
    whatever is called so at this moment. Raises Busy, TooOften, StoreFault."""
    _settle(services, project, _naming_others)


def _naming_others(tree: Tree) -> set[int]:
    """The definitions that name groups or channels, and those that may inherit it."""
    own = [number for number, data in tree.written.items() if _names_others(data)]
    return {*own, *(below for number in own for below in tree.below(number))}


def _names_others(data: Data) -> bool:
    return any(word in text for text in data.get("notifications") or () for word in (GROUP, ON_DUTY, NAMING))


def _settle(services: Services, project: str, concerned: Callable[[Tree], Iterable[int]]) -> tuple[Tree, list[int]]:
    """Looks at some definitions until their checks are as they say; answers the definitions as they were then, and the
    numbers of those of them that have checks."""
    for _ in range(transitions.ATTEMPTS):
        tree = tree_of(project)
        numbers = [one for one in concerned(tree) if one in tree.nodes and tree.nodes[one].code]
        if not _bring_about(services, tree, numbers):
            return tree, numbers
    raise Busy("the definitions change all the time")


def _bring_about(services: Services, tree: Tree, numbers: Iterable[int]) -> bool:
    """Has the checks of these definitions be as they say; whether one of them was not."""
    codes = {tree.nodes[one].code: one for one in numbers}
    keys = [(tree.nodes[one].project, code) for code, one in codes.items()]
    present = definitions.channels(keys[0][0]) if keys else []
    turned = False
    for start in range(0, len(keys), READ):
        for check in stored.get_many(keys[start : start + READ]):
            number = codes[check.code]
            # One that has been deleted meanwhile is what nothing says any more.
            with suppress(Missing):
                turned |= _agree(services, check, number, tree.merged(number), present)
    return turned


def _agree(services: Services, check: Check, number: int, merged: Data, present: list[Channel]) -> bool:
    """Has one check be as its definition says; whether it was not. `present` are the channels of the project."""
    runs = alert_definitions.is_evaluated(merged)
    if not runs and check.status != "paused":
        checks.pause(services, check)
    turned = not merged["template"] and _redefine(services, check, number, merged, present)
    if runs and check.status == "paused":
        with suppress(Conflict):  # somebody else may have been faster
            checks.resume(services, check)
    return turned or runs == (check.status == "paused")


def _redefine(services: Services, check: Check, number: int, merged: Data, present: list[Channel]) -> bool:
    """What the alert is comes before who is told of it, as channels cannot be made at any time."""
    wanted = _wanted(number, merged)
    changed = {name: value for name, value in wanted.items() if getattr(check, name) != value}
    if changed:
        checks.change(services, check, changed)
    told = listeners.agree(services, check, merged["notifications"] or (), present)
    if told != check.channels:
        checks.change(services, check, {"channels": told})
    return bool(changed) or told != check.channels
