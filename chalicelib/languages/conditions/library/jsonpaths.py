"""jsonpath_flat_filter and jsonpath_parse: what lies under a path such as `timers.*.'m1.rate'` or `rows.[*].id`.

    path = ["$"] step ("." step)*        step = name | "'name'" | "*" | "[" (number | "*" | from ":" to) "]" | ".." step

Source: ZMON, Check Command Reference; jsonpath-rw for the notation, of which `where` and unions are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from chalicelib.languages.conditions.budget import NESTING_MAX, Run
from chalicelib.languages.conditions.errors import Exhausted
from chalicelib.languages.conditions.library.registry import native
from chalicelib.languages.conditions.library.texts import text
from chalicelib.languages.conditions.plain import TABLES
from chalicelib.languages.conditions.values import Record

_LENGTH_MAX = 500
_STEP = re.compile(
    r"""\s*+(?P<deep>\.\.)?\.?(?:
        (?P<any>\*)
      | \[\s*+(?:(?P<all>\*)|(?P<index>-?\d{1,9})|(?P<low>-?\d{0,9}):(?P<high>-?\d{0,9})
            |(?P<inner>'[^']*+'|"[^"]*+"))\s*+\]
      | (?P<name>[A-Za-z_@$][\w@\-]*+)
      | (?P<quoted>'[^']*+'|"[^"]*+")
    )\s*+""",
    re.VERBOSE,
)
# What was found, and where.
Found = tuple[tuple[str, ...], Any]
Step = Callable[[Run, Found], Iterator[Found]]


def _parsed(path: str) -> list[Step]:
    """The steps of a path. Raises ValueError with the position of what is wrong."""
    if len(path) > _LENGTH_MAX:
        raise ValueError(f"the path is longer than {_LENGTH_MAX} characters")
    steps: list[Step] = []
    at = 1 if path.startswith("$") else 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or (at and path[at] not in ".[") or path.endswith("."):
            raise ValueError(f"the path cannot be understood at position {at + 1}")
        step = _step(match)
        steps.append(_deep(step) if match["deep"] else step)
        at = match.end()
    return steps


def _step(match: re.Match[str]) -> Step:
    if match["any"]:
        return _everything
    if match["all"]:
        return _slice(slice(None))
    if match["index"]:
        return _slice(int(match["index"]))
    if match["low"] is not None:
        return _slice(slice(*(int(one) if one.strip("-") else None for one in (match["low"], match["high"]))))
    word = match["name"] or (match["quoted"] or match["inner"])[1:-1]
    return lambda run, found: _named(run, found, word)


def _named(run: Run, found: Found, name: str) -> Iterator[Found]:
    path, value = found
    run.charge(1)
    if type(value) in TABLES and name in value:
        yield (*path, name), value[name]


def _everything(run: Run, found: Found) -> Iterator[Found]:
    """The values of a table. As in jsonpath-rw, `*` leaves lists alone, for which there is `[*]`."""
    path, value = found
    if type(value) in TABLES:
        run.charge(len(value))
        for key, one in value.items():
            yield (*path, str(key) if isinstance(key, str | int | float) else "?"), one


def _slice(wanted: slice | int) -> Step:
    def take(run: Run, found: Found) -> Iterator[Found]:
        path, value = found
        if type(value) is not list:
            return
        places = range(len(value))
        chosen = places[wanted] if isinstance(wanted, slice) else [wanted] if wanted in places else []
        run.charge(len(chosen) + 1)
        for place in chosen:
            yield (*path, f"[{place}]"), value[place]

    return take


def _deep(step: Step) -> Step:
    """A step from any place below."""

    def descend(run: Run, found: Found) -> Iterator[Found]:
        if len(found[0]) > NESTING_MAX:
            raise Exhausted(f"a value is nested deeper than {NESTING_MAX} levels")
        yield from step(run, found)
        for below in _below:
            for one in below(run, found):
                yield from descend(run, one)

    return descend


_below: tuple[Step, ...] = (_everything, _slice(slice(None)))


def _find(run: Run, path: Any, value: Any) -> list[Found]:
    found: list[Found] = [((), value)]
    for step in _parsed(text(path)):
        found = [one for before in found for one in step(run, before)]
        run.hold(len(found))
    return found


def _joined(run: Run, where: tuple[str, ...]) -> str:
    """The whole path to a value, in which a long key stands anew for each."""
    run.write(sum(map(len, where)))
    return ".".join(where)


@native("jsonpath_flat_filter")
def _flat_filter(run: Run, obj: Any, path: Any) -> Any:
    """What lies under a path, by the whole path to it."""
    return {_joined(run, where): value for where, value in _find(run, path, obj)}


@native("jsonpath_parse")
def _parse(run: Run, path: Any) -> Any:
    """An object whose find(value) gives matches, each with a value, a full_path and a path."""
    _parsed(text(path))
    return Record("JSONPath", {"path": path}, {"find": _matches})


def _matches(run: Run, owner: Record, value: Any) -> Any:
    return [
        Record(
            "DatumInContext", {"value": one, "full_path": _joined(run, where), "path": where[-1] if where else "$"}, {}
        )
        for where, one in _find(run, owner.fields["path"], value)
    ]
