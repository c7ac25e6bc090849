"""The item of an hour's minutes: sums of the points that are kept, beside those of points that came when the others
were not kept any more. It remembers which requests it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chalicelib.store.series_ages import minutes_expiry
from chalicelib.store.series_calls import Item, item_of, key_of
from chalicelib.store.series_cells import Cell, merged, pack_cells, unpack_cells
from chalicelib.store.series_parts import REQUEST

MINUTE = 60
# Of an hour with more requests than this the others are not remembered: an item of DynamoDB ends at 400 kilobytes.
REMEMBERED = 10_000

Cells = dict[int, Cell]


def minutes_key(owner: str, hour: int) -> Item:
    return key_of(owner, f"M#{hour:010d}")


@dataclass(frozen=True, slots=True)
class Minutes:
    """`points` sum what was kept point by point, None as long as that has not been rolled up, `late` what came later;
    `mark` changes with every write."""

    points: Cells | None = None
    late: Cells = field(default_factory=dict)
    requests: frozenset[bytes] = frozenset()
    mark: int = 0

    @classmethod
    def read(cls, item: Item | None) -> Minutes:
        if item is None:
            return cls()
        names = item["requests"]["B"] if "requests" in item else b""
        return cls(
            unpack_cells(item["data"]["B"]) if "data" in item else None,
            unpack_cells(item["late"]["B"]) if "late" in item else {},
            frozenset(names[start : start + REQUEST] for start in range(0, len(names), REQUEST)),
            int(item["mark"]["S"]),
        )

    @property
    def cells(self) -> Cells:
        return merged(self.points or {}, self.late)

    def written(
        self, owner: str, hour: int, *, points: Cells | None = None, late: Cells, requests: Iterable[bytes]
    ) -> Item:
        """The item after a change, in the place of the one that was read."""
        cells = self.points if points is None else points
        data = None if cells is None else pack_cells(cells)
        item = item_of(owner, f"M#{hour:010d}", minutes_expiry(hour), data, mark=str(self.mark + 1))
        more: Item = {"late": {"B": pack_cells(late)}} if late else {}
        names = b"".join(sorted(requests)[:REMEMBERED])
        return {**item, **more, "requests": {"B": names}}
