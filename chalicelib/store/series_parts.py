"""The points of a request as they are kept: packed, apart by series and hour, and called by the request."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from chalicelib.store.series_ages import raw_expiry
from chalicelib.store.series_calls import Item, item_of
from chalicelib.store.series_cells import HOUR, pack_points

# The points of a request, as (at, value) by series.
Given = Mapping[str, Sequence[tuple[int, float]]]
# So many bytes name a request, eight characters as text.
REQUEST = 6


class Part(NamedTuple):
    """Points of one series and hour, packed; `last` is the moment of the last of them, `owner` the partition of their
    series, which is not known at first."""

    series: str
    hour: int
    last: int
    data: bytes
    owner: str = ""


def parts_of(given: Given) -> list[Part]:
    """What becomes an item: it never reaches over the end of an hour, so that an hour can be read by itself."""
    return list(_by_hour(given))


def _by_hour(given: Given) -> Iterator[Part]:
    for series, points in given.items():
        if len(points) == 1:
            at = points[0][0]
            yield Part(series, at - at % HOUR, at, pack_points(at - at % HOUR, points))
            continue
        hours: dict[int, list[tuple[int, float]]] = {}
        for point in points:
            hours.setdefault(point[0] - point[0] % HOUR, []).append(point)
        for hour, found in hours.items():
            yield Part(series, hour, max(found)[0], pack_points(hour, found))


def request_of(parts: list[Part], salt: bytes) -> str:
    """The name of a request: the same points with the same salt have the same."""
    digest = blake2b(salt, digest_size=REQUEST)
    for part in parts:
        digest.update(f"{part.series} {part.hour} ".encode() + part.data)
    return urlsafe_b64encode(digest.digest()).decode()


def item(part: Part, request: str) -> Item:
    """Called by its last point, so that reading from a moment on misses none and reads nothing before it."""
    return item_of(part.owner, f"P#{part.last:010d}#{request}", raw_expiry(part.hour), part.data)
