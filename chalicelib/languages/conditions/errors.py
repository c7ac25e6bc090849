"""What can be wrong with a command or a condition. Every error says where, in lines and columns counted from 1."""

from __future__ import annotations

from chalicelib.core import texts
from chalicelib.core.errors import TocsinError

# Line and column, as people count.
At = tuple[int, int]
NOWHERE: At = (0, 0)
MESSAGE_MAX = 500
_KEY_MAX = 100


class ConditionError(TocsinError):
    """A program cannot be run, or could not be run to its end. `kind` is the name of the error in Python, `message`
    says what is wrong, `line` and `column` where; they are 0 until that is known."""

    def __init__(self, kind: str, message: str, at: At = NOWHERE) -> None:
        message = texts.sound(message)
        super().__init__(message)
        self.kind = kind
        self.message = message if len(message) <= MESSAGE_MAX else f"{message[:MESSAGE_MAX]}..."
        self.line, self.column = at

    def __str__(self) -> str:
        said = f"{self.kind}: {self.message}" if self.message else self.kind
        return f"{said} (line {self.line}, column {self.column})" if self.line else said


class Malformed(ConditionError):
    """A text is no program: it cannot be read, or holds what programs must not hold."""

    def __init__(self, message: str, at: At = (1, 1)) -> None:
        super().__init__("SyntaxError", message, at)


class Failed(ConditionError):
    """A program met an error. `error` is what it was in Python, where it was one."""

    def __init__(self, kind: str, message: str, at: At = NOWHERE, error: Exception | None = None) -> None:
        super().__init__(kind, message, at)
        self.error = error


class Exhausted(ConditionError):
    """A program asked for more than its budget. No program can catch this."""

    def __init__(self, message: str, at: At = NOWHERE) -> None:
        super().__init__("BudgetError", message, at)


class Escaped(ConditionError):
    """An error of the host that is no error of the program: it passes through the program to whoever runs it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(type(error).__name__, "")
        self.error = error


# What Python's own operations raise on plain values, and what is raised here.
CAUGHT = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
    ConditionError,
)


def located(error: Exception, at: At) -> ConditionError:
    """The error as a program's, with the position where it has none yet."""
    if isinstance(error, ConditionError):
        if not error.line:
            error.line, error.column = at
        return error
    if isinstance(error, RecursionError):
        return Exhausted("calls and values are nested too deeply", at)
    if isinstance(error, MemoryError):
        return Exhausted("there is no memory for it", at)
    return Failed(getattr(error, "kind", type(error).__name__), _said(error), at, error)


def _said(error: Exception) -> str:
    """The message of an error. A key may be as large as a program can make it, and is not written out then."""
    key = error.args[0] if error.args else ""
    if not isinstance(error, KeyError):
        return advice_taken_off(str(error))
    return (
        repr(key[:_KEY_MAX] if isinstance(key, str) else key) if isinstance(key, _SHORT) else f"a {type(key).__name__}"
    )


def advice_taken_off(message: str) -> str:
    """A message of Python's without what it tells those who run the interpreter."""
    return message.partition("; use sys.")[0].partition(" - Consider")[0]


_SHORT = (str, int, float, type(None))
