"""Entities: the labelled objects that checks of commands are run for, and the filters that choose among them. Pure.

An entity is a JSON object with an `id` and a `type`; all else in it is its owner's. Two languages choose entities, and
they differ (ZMON's scheduler and its API):

- the filters of definitions: a list of objects, of which one must hold with all its names and values. What is compared
  is text: a whole number counts as its figures, anything else than texts and whole numbers is like nothing. A list in
  place of a value means any of it;
- the query of a list of entities: a JSON object that the entity must contain, as PostgreSQL's @> has it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from chalicelib.core.errors import Invalid
from chalicelib.core.instances import ENTITY_MAX

Entity = Mapping[str, Any]

GLOBAL = "GLOBAL"
# There is always one, for checks that are about nothing else. No other may be of its type.
THE_GLOBAL: Entity = {"id": GLOBAL, "type": GLOBAL}

_ID = re.compile(r"[a-z][a-z0-9@._\-:\[\]]+")
_TYPE = re.compile(r"[a-z][a-z0-9_\-]+")
_Name = TypeVar("_Name", bound=Hashable)


def check(document: object) -> dict[str, Any]:
    """The document of an entity, if it is one. Raises Invalid naming id or type."""
    if not isinstance(document, dict):
        raise Invalid("entity", "must be a JSON object")
    _check_word(document, "id", _ID, "with lower case letters, figures and @._-:[]")
    _check_word(document, "type", _TYPE, "with lower case letters, figures, _ and -")
    return document


def _check_word(document: dict[str, Any], field: str, form: re.Pattern[str], signs: str) -> None:
    value = document.get(field)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Invalid(field, f"must be a word of two characters or more that begins with a letter, {signs}")
    if len(value) > ENTITY_MAX:
        raise Invalid(field, f"must not be longer than {ENTITY_MAX} characters")


def comparable(value: object) -> str | None:
    """What filters compare of a value of an entity; None where no filter can be meant."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


@dataclass(frozen=True, slots=True)
class Filter:
    """All of these must be so: a name, and the values of which the entity has one."""

    pairs: tuple[tuple[str, frozenset[str]], ...]

    def matches(self, entity: Entity) -> bool:
        return all(comparable(entity.get(name)) in values for name, values in self.pairs)


# One of them must hold.
Filters = tuple[Filter, ...]


def matches(filters: Iterable[Filter], entity: Entity) -> bool:
    return any(one.matches(entity) for one in filters)


def read(value: object, field: str, *, typed: bool = False) -> Filters:
    """The filters that a definition has under `field`, None for none; `typed` ones name a type each, and there is at
    least one of them. Raises Invalid."""
    if value is None and not typed:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Invalid(field, "must be a list of objects")
    if typed and not value:
        raise Invalid(field, "must hold at least one object")
    if typed and not all("type" in one for one in value):
        raise Invalid(field, "each entity should contain field: type")
    return tuple(Filter(tuple((name, _values(field, name, one[name])) for name in sorted(one))) for one in value)


def _values(field: str, name: str, value: object) -> frozenset[str]:
    given = value if isinstance(value, list) else [value]
    if not given or None in given:
        raise Invalid(field, f"must not be null or empty for {name}: null filters not supported")
    if any(isinstance(one, (list, dict)) for one in given):
        raise Invalid(field, f"must have a text, a number or a list of those for {name}")
    return frozenset(map(_text, given))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


@dataclass(frozen=True, slots=True)
class Selection:
    """The entities of an alert: those of its check, of these those of its own filters if it has any, without those that
    it excludes. Of a check alone: `check` and nothing else."""

    check: Filters
    alert: Filters = ()
    exclude: Filters = ()

    def takes(self, entity: Entity) -> bool:
        if not matches(self.check, entity) or (self.alert and not matches(self.alert, entity)):
            return False
        return not matches(self.exclude, entity)

    @property
    def needed(self) -> Filters:
        """Of these at least one holds of whatever it takes."""
        return self.alert or self.check


class Index(Generic[_Name]):
    """Many selections, by their names. Whoever asks which of them take an entity looks up a few of its values; those
    selections alone are tried for which one of these speaks.

    Each filter stands under the one of its names and values that fewest others have, which is seldom its type.
    """

    def __init__(self, selections: Mapping[_Name, Selection]) -> None:
        self._selections = selections
        self._anything: list[_Name] = []
        self._by_value: dict[str, dict[str, list[_Name]]] = defaultdict(lambda: defaultdict(list))
        shared = Counter(pair for one in selections.values() for each in one.needed for pair in _single(each))
        for name, selection in selections.items():
            for each in selection.needed:
                self._add(name, each, shared)

    def _add(self, name: _Name, one: Filter, shared: Counter[tuple[str, str]]) -> None:
        if not one.pairs:
            self._anything.append(name)
            return
        key, values = min(one.pairs, key=lambda pair: sum(shared[pair[0], value] for value in pair[1]))
        for value in values:
            self._by_value[key][value].append(name)

    def takers(self, entity: Entity) -> list[_Name]:
        """The names of the selections that take an entity, each once."""
        named = list(self._anything)
        for key, by_value in self._by_value.items():
            value = comparable(entity.get(key))
            if value in by_value:
                named += by_value[value]
        return [name for name in dict.fromkeys(named) if self._selections[name].takes(entity)]

    def taken(self, entities: Iterable[Entity]) -> dict[_Name, list[Entity]]:
        """The entities that each of the selections takes, in their order."""
        found: dict[_Name, list[Entity]] = {name: [] for name in self._selections}
        for entity in entities:
            for name in self.takers(entity):
                found[name].append(entity)
        return found


def _single(one: Filter) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, values in one.pairs for value in values)


def contains(document: object, wanted: object) -> bool:
    """Whether a JSON document contains another: each name of an object with what its value contains, each member of a
    list in any place and number. 1 is 1.0, but neither "1" nor true; a list does not contain what is no list."""
    if isinstance(wanted, dict):
        return isinstance(document, dict) and all(
            name in document and contains(document[name], value) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(document, list) and all(any(contains(one, value) for one in document) for value in wanted)
    if isinstance(document, bool) or isinstance(wanted, bool):
        return document is wanted
    return document == wanted
