"""What probes found: the results of a check, newest first, and the sums of its days that outlive them.

The id of a result follows from the request for it, and a result is put only if its id is free, so that a message that
comes twice leaves one result.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.core.check import Result
from chalicelib.core.moments import from_micros, to_micros
from chalicelib.store import limits
from chalicelib.store.faults import Refused, translated
from chalicelib.store.history_models import HistoryItem

SUMS_KEPT = timedelta(days=800)
_NAMES = tuple(field.name for field in fields(Result) if field.name != "id")


def id_at(moment: datetime) -> str:
    """Where the ids of a moment begin: twelve hexadecimal digits of milliseconds, so that ids sort by time."""
    return f"{to_micros(moment) // 1000:012x}"


def add(code: str, result: Result) -> bool:
    """Keeps a result; False when there is one of its id already."""
    expires = int((result.at + limits.kept.results).timestamp())
    item = HistoryItem(code, f"R#{result.id}", expires=expires, at=result.at, data=_packed(result))
    try:
        with translated():
            item.save(condition=HistoryItem.owner.does_not_exist())
    except Refused:
        return False
    return True


def get(code: str, result_id: str, now: datetime) -> Result | None:
    with translated():
        try:
            item = HistoryItem.get(code, f"R#{result_id}")
        except HistoryItem.DoesNotExist:
            return None
    return _result(item) if item.expires > now.timestamp() else None


def newest(
    code: str,
    limit: int,
    now: datetime,
    *,
    offset: int = 0,
    start: datetime,
    end: datetime,
    strongly: bool = False,
) -> list[Result]:
    """Up to `limit` results with start <= time < end, newest first, after leaving out the `offset` newest; read
    `strongly`, those that were kept a moment ago are among them."""
    low, high = f"R#{id_at(start)}", f"R#{id_at(end)}"
    condition = HistoryItem.at_key.between(low, high)
    found: list[Result] = []
    with translated():
        items = HistoryItem.query(
            code, condition, consistent_read=strongly, scan_index_forward=False, limit=offset + limit + 1
        )
        for item in items:
            if item.expires > now.timestamp() and item.at_key < high:
                found.append(_result(item))
    return found[offset : offset + limit]


def of_day(code: str, day: date, now: datetime) -> list[Result]:
    """Every result of a UTC day, oldest first."""
    start = datetime.fromisoformat(f"{day.isoformat()}T00:00:00+00:00")
    low, high = f"R#{id_at(start)}", f"R#{id_at(start + timedelta(days=1))}"
    with translated():
        items = list(HistoryItem.query(code, HistoryItem.at_key.between(low, high)))
    return [_result(item) for item in items if item.expires > now.timestamp() and item.at_key < high]


def put_sums(code: str, day: date, sums: dict[str, dict[str, Any]], now: datetime) -> None:
    """Keeps the sums of a day by place, all or none; the same day may be summed again."""
    expires = int((now + SUMS_KEPT).timestamp())
    with translated():
        HistoryItem(code, f"D#{day.isoformat()}", expires=expires, at=now, data=sums).save()


def sums(code: str, first: date, last: date, now: datetime) -> list[tuple[date, str, dict[str, Any]]]:
    """(day, location, document) of the days from `first` to `last`, oldest first."""
    condition = HistoryItem.at_key.between(f"D#{first.isoformat()}", f"D#{last.isoformat()}")
    with translated():
        items = [item for item in HistoryItem.query(code, condition) if item.expires > now.timestamp()]
    days = [(date.fromisoformat(item.at_key[2:]), item.data) for item in items]
    return [(day, place, document) for day, places in days for place, document in sorted(places.items())]


def _packed(result: Result) -> list[Any]:
    """The fields in their order, without names: a result is written every minute and read by the thousand."""
    values = asdict(result) | {"at": to_micros(result.at)}
    return [values[name] for name in _NAMES]


def _result(item: HistoryItem) -> Result:
    values: dict[str, Any] = dict(zip(_NAMES, item.data, strict=False))
    return Result(item.at_key[2:], **(values | {"at": from_micros(values["at"])}))
