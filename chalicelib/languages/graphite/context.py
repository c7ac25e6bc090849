"""What a target is evaluated in, and what a function knows of the call that it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from chalicelib.languages.graphite.errors import TargetError, TooMany
from chalicelib.languages.graphite.series import Series
from chalicelib.languages.graphite.tree import Call, Node, Scalar

Fetch = Callable[[str, int, int], list[Series]]
Value = Scalar | list[Series]

SERIES_MAX = 2_000
POINTS_MAX = 5_000_000
# Results are called after what they were made of: `asPercent` within itself doubles a name at every level.
LETTERS_MAX = 20_000_000
# A function may make targets out of the names of series. Each is read by itself, and may have such a function in it.
TEXTS_MAX, TEXTS_DEPTH = 500, 3


@dataclass(slots=True)
class Spent:
    """What one evaluation has used so far, and what it already knows; `fault` is what fetching raised, `trees` are of
    the `texts` that functions made."""

    points: int = 0
    letters: int = 0
    results: dict[tuple[int, int, int], list[Series]] = field(default_factory=dict)
    fault: Exception | None = None
    trees: dict[str, Node] = field(default_factory=dict)
    texts: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """A window `[start, end)` in seconds since 1970 and where series come from.

    `fetch(pattern, start, end)` gives the series of a name, a pattern, either with a data view (`a.b:sum`), or a
    seriesByTag call as it is written. `now`, the end unless it is given, is what relative times count from. A pattern
    may match up to `series_max` series; all series made on the way may have `points_max` values together. `depth` is
    how many texts that functions made lie around what is evaluated.
    """

    start: int
    end: int
    fetch: Fetch
    now: int | None = None
    series_max: int = SERIES_MAX
    points_max: int = POINTS_MAX
    depth: int = 0
    spent: Spent = field(default_factory=Spent)

    def between(self, start: int, end: int) -> Context:
        """The same for another window; what is spent there counts here."""
        return replace(self, start=start, end=end)

    def deeper(self) -> Context:
        """The context of a text that a function has made. Raises TooMany."""
        self.spent.texts += 1
        if self.spent.texts > TEXTS_MAX:
            raise TooMany(f"functions of the target make more than {TEXTS_MAX} other targets")
        if self.depth >= TEXTS_DEPTH:
            raise TooMany(f"functions make targets whose functions make targets, deeper than {TEXTS_DEPTH} levels")
        return replace(self, depth=self.depth + 1)

    def count(self, found: list[Series]) -> None:
        """Charges for series. Raises TooMany."""
        self.spent.letters += sum(len(one.name) for one in found)
        if self.spent.letters > LETTERS_MAX:
            raise TooMany(f"the names of what the target makes need more than {LETTERS_MAX} letters")
        self.spent.points += sum(len(one.values) for one in found)
        if self.spent.points > self.points_max:
            raise TooMany(f"the target needs more than {self.points_max} points")


@dataclass(frozen=True, slots=True)
class Frame:
    """One call of a function: the window it is asked for, and its arguments as they were written."""

    context: Context
    call: Call
    evaluate: Callable[[Node, Context], Value]

    @property
    def start(self) -> int:
        return self.context.start

    @property
    def end(self) -> int:
        return self.context.end

    def again(self, start: int, end: int | None = None, argument: int = 0) -> list[Series]:
        """An argument, the first unless another is named, evaluated for another window."""
        context = self.context.between(start, self.end if end is None else end)
        nodes = (*self.call.args, *(node for _, node in self.call.named))
        value = self.evaluate(nodes[argument], context)
        return value if isinstance(value, list) else []

    def wrong(self, message: str, argument: int | None = None) -> TargetError:
        """The error to raise when an argument makes no sense."""
        args = self.call.args
        at = args[argument].at if argument is not None and argument < len(args) else self.call.at
        return TargetError(f"{self.call.name}: {message}", at)
