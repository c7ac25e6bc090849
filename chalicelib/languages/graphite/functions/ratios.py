"""Series in proportion to one another. Source: Graphite, Functions (divideSeries, asPercent)."""

from __future__ import annotations

from chalicelib.languages.graphite.context import Frame, Value
from chalicelib.languages.graphite.functions.combine import combined
from chalicelib.languages.graphite.functions.group import grouped
from chalicelib.languages.graphite.naming import key_of
from chalicelib.languages.graphite.registry import anything, function, node_or_tag, series_list
from chalicelib.languages.graphite.series import Series, Values, aligned

MISSING = "MISSING"


def divided(dividend: Series, divisor: Series) -> Series:
    both = aligned((dividend, divisor))
    values = [a / b if a is not None and b else None for a, b in both.rows()]
    return _made(f"divideSeries({dividend.name},{divisor.name})", both.start, both.end, both.step, values)


def _made(name: str, start: int, end: int, step: int, values: Values) -> Series:
    return Series(name, start, end, step, values, {"name": name})


@function("divideSeries", series_list("dividendSeriesList"), series_list("divisorSeries"))
def divide_series(frame: Frame, dividends: list[Series], divisors: list[Series]) -> list[Series]:
    """Each series by the one divisor; without it, series of nothing."""
    if len(divisors) > 1:
        raise frame.wrong(f"divisorSeries must be one series, not {len(divisors)}", 1)
    if divisors:
        return [divided(dividend, divisors[0]) for dividend in dividends]
    return [one.like(f"divideSeries({one.name},{MISSING})", [None] * len(one.values)) for one in dividends]


@function("asPercent", "pct", series_list(), anything("total", None), node_or_tag("nodes", None, many=True))
def as_percent(frame: Frame, found: list[Series], total: Value, *nodes: int | str) -> list[Series]:
    """Each series in percent of a total: a number, one series, one series each, or the sum of all when none is named.
    With nodes, each is set against the total of those that share its nodes."""
    if isinstance(total, str | bool):
        raise frame.wrong("total must be a number or a list of series", 1)
    if not found:
        return []
    if nodes:
        if isinstance(total, int | float):
            raise frame.wrong("total must be a list of series, or None, when there are nodes", 1)
        return _by_nodes(found, total, nodes)
    if isinstance(total, int | float):
        return [_of_number(one, total) for one in found]
    totals = combined(found, "sum") if total is None else total
    if len(totals) not in (1, len(found)):
        raise frame.wrong(f"total must be a number, one series or {len(found)} series, not {len(totals)}", 1)
    return [_percent(one, totals[place if len(totals) > 1 else 0]) for place, one in enumerate(found)]


def _of_number(series: Series, total: float) -> Series:
    values = [None if value is None or not total else value / total * 100 for value in series.values]
    return series.like(f"asPercent({series.name},{total})", values)


def _percent(series: Series, total: Series) -> Series:
    both = aligned((series, total))
    values = [a / b * 100 if a is not None and b else None for a, b in both.rows()]
    return _made(f"asPercent({series.name},{total.name})", both.start, both.end, both.step, values)


def _by_nodes(found: list[Series], total: list[Series] | None, nodes: tuple[int | str, ...]) -> list[Series]:
    """In the order of the keys; where one side lacks a key, series of nothing tell so."""
    parts = grouped(found, lambda one: key_of(one, nodes))
    totals = parts if total is None else grouped(total, lambda one: key_of(one, nodes))
    made = []
    for key in sorted({*parts, *totals}):
        whole = _whole(totals.get(key, []))
        for part in parts.get(key, [None]):
            made.append(_against(part, whole))
    return made


def _whole(group: list[Series]) -> Series | None:
    return combined(group, "sum")[0] if len(group) > 1 else next(iter(group), None)


def _against(part: Series | None, whole: Series | None) -> Series:
    if part is not None and whole is not None:
        return _percent(part, whole)
    names = [one.name if one else MISSING for one in (part, whole)]
    known = part or whole
    assert known is not None, "a key comes from one side or the other"
    name = f"asPercent({','.join(names)})"
    return _made(name, known.start, known.end, known.step, [None] * len(known.values))
