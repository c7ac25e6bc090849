"""Objects of the host in programs: what they name can be read, called and computed with, and nothing else."""

from __future__ import annotations

from typing import Any

from chalicelib.languages.conditions import Exposed
from tests.cases import each
from tests.languages.conditions.scene import error_of, value_of


class Moment(Exposed):
    names = frozenset(
        {
            "seconds",
            "later",
            "broken",
            "__sub__",
            "__lt__",
            "__eq__",
            "__getitem__",
            "__contains__",
            "__len__",
            "__iter__",
        }
        | {"__str__"}
    )

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.parent = "secret"

    def later(self, by: int = 1) -> Moment:
        return Moment(self.seconds + by)

    @property
    def broken(self) -> int:
        raise OSError("no clock")

    def __sub__(self, other: Moment) -> int:
        return self.seconds - other.seconds

    def __lt__(self, other: Moment) -> bool:
        return self.seconds < other.seconds

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Moment) and self.seconds == other.seconds

    def __hash__(self) -> int:
        return self.seconds

    def __getitem__(self, key: Any) -> Any:
        return [self.seconds, key]

    def __contains__(self, key: object) -> bool:
        return key == self.seconds

    def __len__(self) -> int:
        return self.seconds

    def __iter__(self) -> Any:
        return iter(range(self.seconds))

    def __str__(self) -> str:
        return f"{self.seconds} s"


class Closed(Exposed):
    """Names nothing."""

    def __lt__(self, other: object) -> bool:
        return True

    def __len__(self) -> int:
        return 0


@each(
    ("text", "value"),
    [
        ("time(5).seconds", 5),
        ("time(5).later(by=2).seconds", 7),
        ("time(5) - time(2)", 3),
        ("time(1) < time(2), time(1) == time(1), time(1) != time(1)", (True, True, False)),
        ("time(5)['a']", [5, "a"]),
        ("5 in time(5), 4 in time(5)", (True, False)),
        ("len(time(3)), list(time(3)), [x for x in time(2)]", (3, [0, 1, 2], [0, 1])),
        ("bool(time(0)), not time(1)", (False, False)),
        ("str(time(3)), '{}'.format(time(3)), '%s' % time(3)", ("3 s", "3 s", "3 s")),
        ("sorted([time(2), time(1)])[0].seconds", 1),
        ("map(time(5).later, [1])[0].seconds", 6),
        ("Try(lambda: time(1).broken, lambda e: str(e))", "no clock"),
        ("bool(closed), closed == closed, closed == 1", (True, True, False)),
    ],
)
def test_what_an_object_names_can_be_used(text: str, value: Any) -> None:
    assert value_of(text, time=Moment, closed=Closed()) == value


@each(
    "text",
    [
        "time(5).parent",
        "time(5).names",
        "time(5) + time(1)",
        "time(5) > time(1)",
        "closed < closed",
        "len(closed)",
        "[x for x in closed]",
        "closed[0]",
        "1 in closed",
        "sorted([closed, closed])",
        "closed()",
        "time(time)",
        "time(5).later(lambda: 1)",
        "time(5).later(1, 2)",
    ],
)
def test_what_it_does_not_name_cannot(text: str) -> None:
    assert error_of(text, time=Moment, closed=Closed()).line == 1
