"""Functions by the names that targets call them by, and the check of their arguments.

A function says what it takes: `@function("scale", series_list(), number("factor"))`. It is called with its Frame and a
value for each parameter in that order, the default where none was given; what a last `many` parameter takes follows one
by one. Names of parameters are Graphite's, since targets may give arguments by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TypeVar

from chalicelib.languages.graphite import kinds
from chalicelib.languages.graphite.context import Value
from chalicelib.languages.graphite.errors import TargetError
from chalicelib.languages.graphite.kinds import Kind
from chalicelib.languages.graphite.series import Series
from chalicelib.languages.graphite.tree import Call, Literal, Node

Implementation = Callable[..., list[Series]]
# From the arguments that are written as numbers and strings, and the seconds between two points, to seconds.
Reach = Callable[[Sequence[Value], int], int]
# From the arguments in the order of the parameters, None for one that is not written, to a target that is like those
# which the function will make of the names that it finds; None where that cannot be told.
Makes = Callable[[Sequence[Node | None]], Node | None]
_F = TypeVar("_F", bound=Implementation)


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    kind: Kind
    required: bool = True
    default: Value = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    params: tuple[Param, ...]
    run: Implementation
    reach: Reach | None = None
    makes: Makes | None = None


FUNCTIONS: dict[str, Function] = {}


def functions() -> dict[str, Function]:
    """Every function by its names. The families register themselves when they are first asked for, which most processes
    never do, and a cold start is the shorter."""
    _register()
    return FUNCTIONS


@cache
def _register() -> None:
    import_module("chalicelib.languages.graphite.functions")


def function(*words: str | Param, reach: Reach | None = None, makes: Makes | None = None) -> Callable[[_F], _F]:
    """Registers a function under its names, which come first, with the parameters that follow them. `reach` tells how
    many seconds before its window it reads, `makes` what else it reads."""
    names = [word for word in words if isinstance(word, str)]
    params = tuple(word for word in words if isinstance(word, Param))

    def register(run: _F) -> _F:
        for name in names:
            if name in FUNCTIONS:
                raise ValueError(f"two functions are called {name}")
            FUNCTIONS[name] = Function(name, params, run, reach, makes)
        return run

    return register


class _Required:
    """Stands where a parameter has no default."""


REQUIRED = _Required()


def _maker(kind: Kind) -> Callable[..., Param]:
    def make(name: str, default: Value | _Required = REQUIRED, *, many: bool = False) -> Param:
        if isinstance(default, _Required):
            return Param(name, kind, many=many)
        return Param(name, kind, required=False, default=default, many=many)

    return make


string = _maker(kinds.STRING)
number = _maker(kinds.NUMBER)
integer = _maker(kinds.INTEGER)
boolean = _maker(kinds.BOOLEAN)
interval = _maker(kinds.INTERVAL)
points_or_interval = _maker(kinds.POINTS_OR_INTERVAL)
node_or_tag = _maker(kinds.NODE_OR_TAG)
aggregation_name = _maker(kinds.AGGREGATION)
anything = _maker(kinds.ANYTHING)


def series_list(name: str = "seriesList", *, required: bool = True) -> Param:
    return Param(name, kinds.SERIES, required)


def series_lists(name: str = "seriesLists") -> Param:
    """One or more lists of series."""
    return Param(name, kinds.SERIES, many=True)


def bound(found: Function, call: Call, args: Sequence[Value], named: Sequence[Value]) -> list[Value]:
    """The values to call a function with. Raises TargetError, which names the function and the parameter."""
    params = found.params
    last = len(params) - 1
    if len(args) > len(params) and not (params and params[last].many):
        raise TargetError(f"{call.name} takes no more than {len(params)} arguments", call.args[len(params)].at)
    nodes = call.args
    values = [_read(call, params[min(place, last)], value, nodes[place]) for place, value in enumerate(args)]
    if named or len(args) <= last:
        values += _by_name(call, params[len(args) :], named)
    return values


def _by_name(call: Call, params: Sequence[Param], named: Sequence[Value]) -> list[Value]:
    """The values for the parameters that were not given by their place."""
    given = {name: (value, node) for (name, node), value in zip(call.named, named, strict=True)}
    values: list[Value] = []
    for param in params:
        value, node = given.pop(param.name, (None, None))
        if value is not None and node is not None:
            values.append(_read(call, param, value, node))
        elif param.required:
            raise TargetError(f"{call.name} needs an argument for {param.name}", call.at)
        elif not param.many:
            values.append(param.default)
    for name, (_, node) in given.items():
        raise TargetError(f"{call.name} has no argument {name} that is not given yet", node.at)
    return values


def _read(call: Call, param: Param, value: Value, node: Node) -> Value:
    if value is None and not param.required and not param.many:
        return param.default
    try:
        read: Value = param.kind.read(value)
        return read
    except (ValueError, TypeError, OverflowError):
        raise TargetError(f"{call.name}: {param.name} must be {param.kind.words}", node.at) from None


def parameter(function: str, place: int | str) -> Param | None:
    """The parameter of a function that an argument is for, by its place, counted from 0, or its name; None where there
    is none."""
    found = functions().get(function)
    params = found.params if found else ()
    if isinstance(place, str):
        return next((param for param in params if param.name == place), None)
    if place < len(params):
        return params[place]
    return params[-1] if params and params[-1].many else None


def takes_series(function: str, place: int | str, *, perhaps: bool = False) -> bool:
    """Whether an argument must be a list of series; with `perhaps`, whether it may be one."""
    param = parameter(function, place)
    return param is not None and (param.kind is kinds.SERIES or (perhaps and param.kind is kinds.ANYTHING))


def checked(call: Call) -> Call:
    """The call, if its function exists and takes these arguments, of which those that are series are not known yet."""
    found = functions().get(call.name)
    if found is None:
        raise TargetError(f"there is no function {call.name}", call.at)
    bound(found, call, [_sketch(node) for node in call.args], [_sketch(node) for _, node in call.named])
    return call


def _sketch(node: Node) -> Value:
    return node.value if isinstance(node, Literal) else []
