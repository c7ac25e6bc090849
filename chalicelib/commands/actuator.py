"""The figures of requests that Spring Boot's actuator and Dropwizard publish, as ZMON orders them."""

from __future__ import annotations

from typing import Any

# What the figures are called at their sources, and what ZMON calls them.
_SPRING = {
    "count": "count",
    "oneMinuteRate": "mRate",
    "snapshot.75thPercentile": "75th",
    "snapshot.99thPercentile": "99th",
    "snapshot.min": "min",
    "snapshot.max": "max",
    "snapshot.mean": "mean",
    "snapshot.median": "median",
}
_DROPWIZARD = {
    **dict.fromkeys(("p75", "75%"), "75th"),
    **dict.fromkeys(("p99", "99%"), "99th"),
    **dict.fromkeys(("p50", "50%"), "median"),
    **dict.fromkeys(("m1_rate", "1m.rate"), "mRate"),
    **{name: name for name in ("count", "min", "max", "mean")},
}

Ordered = dict[str, dict[str, dict[str, dict[str, Any]]]]


def ordered(document: dict[str, Any], prefix: str) -> Ordered:
    """Resource -> method -> status -> figure -> value. Names are `<prefix><status>.<method>.<resource>`."""
    timers = document.get("timers")
    if isinstance(timers, dict):
        found = ((name, _DROPWIZARD.get(figure), value) for name, figure, value in _of_timers(timers))
    else:
        found = ((name, _SPRING.get(figure), value) for name, figure, value in _of_lines(document))
    result: Ordered = {}
    for name, figure, value in found:
        parts = name.removeprefix(prefix).split(".", 2)
        if figure and name.startswith(prefix) and len(parts) == 3:
            status, method, resource = parts
            result.setdefault(resource, {}).setdefault(method, {}).setdefault(status, {})[figure] = value
    return result


def _of_timers(timers: dict[str, Any]) -> list[tuple[str, str, Any]]:
    return [
        (name, figure, value)
        for name, figures in timers.items()
        if isinstance(figures, dict)
        for figure, value in figures.items()
    ]


def _of_lines(document: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """A name holds dots, and so does a figure of a snapshot."""
    found = []
    for line, value in document.items():
        name, _, figure = line.rpartition(".")
        if name.endswith(".snapshot"):
            name, figure = name.removesuffix(".snapshot"), f"snapshot.{figure}"
        found.append((name, figure, value))
    return found
