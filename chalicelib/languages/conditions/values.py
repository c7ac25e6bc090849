"""What programs hold besides plain values: functions, types, modules, generators, errors. None has an attribute that
was not put into a table for it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.errors import ConditionError, Escaped, Failed
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.languages.conditions.plain import admitted

Named = Mapping[str, Any]


class Value:
    """Root of all that is neither plain nor of the host. `said` is what it is called in errors."""

    __slots__ = ()
    said = "value"

    def __repr__(self) -> str:
        return f"<{self.said}>"


class Invocable(Value):
    """Can be called."""

    __slots__ = ()
    said = "function"

    def call(self, run: Run, args: Sequence[Any], named: Named) -> Any:
        raise NotImplementedError


class Native(Invocable):
    """A function of the language: `run(Run, *args, **named)`."""

    __slots__ = ("function", "name")

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name = name
        self.function = function

    def call(self, run: Run, args: Sequence[Any], named: Named) -> Any:
        try:
            return self.function(run, *args, **named)
        except TypeError as error:
            raise misused(self.name, self.function, error, len(args), 1) from None

    def __repr__(self) -> str:
        return f"<function {self.name}>"


class Kind(Native):
    """A type: it is called to make a value, and named in isinstance."""

    __slots__ = ("types",)
    said = "type"

    def __init__(self, name: str, function: Callable[..., Any], types: tuple[type, ...]) -> None:
        super().__init__(name, function)
        self.types = types

    def __repr__(self) -> str:
        return f"<class '{self.name}'>"


class Fault(Kind):
    """A type of errors; `error` is Python's."""

    __slots__ = ("error",)

    def __init__(self, error: type[Exception]) -> None:
        super().__init__(error.__name__, lambda run, *args: Problem(Failed(error.__name__, _text(args))), ())
        self.error = error


def _text(args: Sequence[Any]) -> str:
    return args[0] if args and isinstance(args[0], str) else ""


class Method(Invocable):
    """A method with the value that it is of."""

    __slots__ = ("function", "name", "owner")
    said = "method"

    def __init__(self, name: str, function: Callable[..., Any], owner: Any) -> None:
        self.name, self.function, self.owner = name, function, owner

    def call(self, run: Run, args: Sequence[Any], named: Named) -> Any:
        return called(run, self.name, self.function, self.owner, args, named)


def called(run: Run, name: str, function: Callable[..., Any], owner: Any, args: Sequence[Any], named: Named) -> Any:
    """Calls a method of a plain value."""
    try:
        return function(run, owner, *args, **named)
    except TypeError as error:
        raise misused(name, function, error, len(args), 2) from None


def misused(name: str, function: Callable[..., Any], error: TypeError, given: int, hidden: int) -> TypeError:
    """The error of a call, in words of who wrote it: Python's own name and count our parameters."""
    inner = error.__traceback__ and error.__traceback__.tb_next
    if inner is not None:
        return error
    parameters = list(inspect.signature(function).parameters.values())[hidden:]
    takes = ", ".join(str(one.name) if one.default is one.empty else f"[{one.name}]" for one in parameters)
    return TypeError(f"{name}() takes ({takes}), and was given {given} arguments by place")


class Host(Invocable):
    """A function of the host: it gets plain values and gives plain values."""

    __slots__ = ("function", "name")

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name, self.function = name, function

    def call(self, run: Run, args: Sequence[Any], named: Named) -> Any:
        given = [admitted(run, one) for one in args]
        by_name = {name: admitted(run, one) for name, one in named.items()}
        return from_host(run, self.name, lambda: self.function(*given, **by_name))

    def __repr__(self) -> str:
        return f"<function {self.name}>"


def from_host(run: Run, name: str, ask: Callable[[], Any]) -> Any:
    """What the host answers, as a plain value. Its errors are the program's, but those that pass through it."""
    try:
        answer = ask()
    except ConditionError:
        raise
    except Exception as error:
        # The host may raise anything. The program fails with its name, and the cause is kept for whoever runs it.
        if isinstance(error, run.passing):
            raise Escaped(error) from None
        raise Failed(type(error).__name__, str(error), error=error) from error
    run.look()
    try:
        return admitted(run, answer)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None


class Module(Value):
    """A closed table of functions and values: math, re."""

    __slots__ = ("members", "name")
    said = "module"

    def __init__(self, name: str, members: Mapping[str, Any]) -> None:
        self.name, self.members = name, members


class Lazy(Value):
    """A generator: its items can be asked for once. `level` counts the generators that it takes its items from."""

    __slots__ = ("items", "level")
    said = "generator"

    def __init__(self, items: Iterator[Any], level: int) -> None:
        self.items, self.level = items, level


class Problem(Value):
    """An error that a program caught, as a value."""

    __slots__ = ("error",)

    def __init__(self, error: Failed) -> None:
        self.error = error

    @property
    def said(self) -> str:  # type: ignore[override]
        return self.error.kind


class Record(Value):
    """A value with fields and methods of its own: a match, the parts of a URL."""

    __slots__ = ("fields", "methods", "name")

    def __init__(self, name: str, fields: Mapping[str, Any], methods: Mapping[str, Callable[..., Any]]) -> None:
        self.name, self.fields, self.methods = name, fields, methods

    @property
    def said(self) -> str:  # type: ignore[override]
        return self.name


def kind_of(value: Any) -> str:
    """What a value's type is called in errors."""
    if isinstance(value, Value):
        return value.said
    return type(value).__name__


def allows(value: Any, special: str) -> bool:
    """Whether an object of the host lets an operator work on it."""
    return isinstance(value, Exposed) and special in type(value).names


def invoke(run: Run, target: Any, args: Sequence[Any], named: Named) -> Any:
    if not isinstance(target, Invocable):
        raise TypeError(f"'{kind_of(target)}' object is not callable")
    return target.call(run, args, named)
