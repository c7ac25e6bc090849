"""graphite-web as an oracle: JSON lines in, what it makes of each target out. Runs in `.venv-graphite` alone.

    {"target": ..., "start": 0, "end": 600, "series": [{"name": ..., "start": 0, "step": 60, "values": [1, null]}]}

is answered, on one line, by `{"series": [{"name", "start", "end", "step", "values"}]}` or `{"error": text}`. `start`
and `end` are the window of the request, seconds since 1970; a series lies in memory as it is written, and a read of it
gives the points after the start up to the end, as Whisper's files do, null where there is nothing. Optional: `now`
(else `end`), and `repeat`, which evaluates that many times over and adds `seconds`, the median of one time.

`{"functions": true}` is answered by `{"functions": [name]}`.

Names are found by graphite-web's own patterns, and tagged ones by its own tag database (SQLite in memory).
"""

from __future__ import annotations

import json
import logging
import os
import statistics
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

SETTINGS = "graphite_lane_settings"
Request = dict[str, Any]
Answer = dict[str, Any]


class Oracle:
    """graphite-web with a store in memory in place of its own."""

    def __init__(self) -> None:
        self.evaluator = import_module("graphite.render.evaluator")
        self.functions = import_module("graphite.render.functions")
        self.read_time = self.functions.parseATTime
        self.datalib = import_module("graphite.render.datalib")
        self.finders = import_module("graphite.finders")
        self.tags = import_module("graphite.storage").STORE.tagdb
        self.world: list[dict[str, Any]] = []
        self.tagged: set[str] = set()
        vars(self.evaluator).update(prefetchData=lambda context, expressions: None, fetchData=self.fetch)

    def answer(self, request: Request) -> Answer:
        """What graphite-web says to one request. Its refusals come as {"error": text}."""
        if request.get("functions"):
            return {"functions": sorted({**self.functions.SeriesFunctions, **self.functions.PieFunctions})}
        self.world = request["series"]
        self._know_tags()
        try:
            result, seconds = timed(lambda: self.evaluate(request), int(request.get("repeat", 1)))
            # It may take a text for series, of which a picture could not be drawn either.
            return {"series": [described(series) for series in result], "seconds": seconds}
        except Exception as refused:  # noqa: BLE001  (whatever it raises is its answer, and goes to whoever asked)
            logging.getLogger("oracle").debug("refused %s: %r", request["target"], refused)
            return {"error": f"{type(refused).__name__}: {refused}"}

    def evaluate(self, request: Request) -> list[Any]:
        """The series of one target. A context is good for one evaluation: functions write into it."""
        moments = {"startTime": request["start"], "endTime": request["end"], "now": request.get("now", request["end"])}
        context = {name: datetime.fromtimestamp(moment, UTC) for name, moment in moments.items()}
        # Its functions ask the machine's clock what `now` is; here it is the request's.
        vars(self.functions).update(parseATTime=partial(self.read_time, now=context["now"]))
        made = self.evaluator.evaluateTarget(
            {**context, "tzinfo": UTC, "data": [], "prefetched": {}}, request["target"]
        )
        return list(made)

    def fetch(self, context: dict[str, Any], expression: str) -> list[Any]:
        """The series that a pattern or a seriesByTag call names, sorted by name, cut to the window of the context."""
        start, end = (int(context[name].timestamp()) for name in ("startTime", "endTime"))
        found = [series for series in self.world if series["name"] in self._names(expression)]
        return [self._cut(series, start, end, expression) for series in sorted(found, key=lambda one: one["name"])]

    def _cut(self, series: dict[str, Any], start: int, end: int, expression: str) -> Any:
        step, values = series["step"], series["values"]
        first, last = start - start % step + step, end - end % step + step
        indexes = range((first - series["start"]) // step, (last - series["start"]) // step)
        points = [values[index] if 0 <= index < len(values) else None for index in indexes]
        return self.datalib.TimeSeries(series["name"], first, last, step, points, pathExpression=expression)

    def _names(self, expression: str) -> set[str]:
        if expression.startswith("seriesByTag("):
            inner = expression[len("seriesByTag(") : -1]
            return set(self.tags.find_series(tuple(part.strip()[1:-1] for part in inner.split(",")), {}))
        return {series["name"] for series in self.world if self._matches(series["name"], expression)}

    def _matches(self, name: str, pattern: str) -> bool:
        nodes = name.split(";")[0].split(".")
        for variant in self.finders.expand_braces(pattern):
            parts = variant.split(".")
            if len(parts) == len(nodes) and all(map(self._entry_matches, nodes, parts)):
                return True
        return name == pattern

    def _entry_matches(self, node: str, pattern: str) -> bool:
        return bool(self.finders.match_entries([node], pattern))

    def _know_tags(self) -> None:
        names = {series["name"] for series in self.world if ";" in series["name"]}
        for gone in self.tagged - names:
            self.tags.del_series(gone)
        for new in names - self.tagged:
            self.tags.tag_series(new)
        self.tagged = names


def timed(evaluate: Callable[[], list[Any]], times: int) -> tuple[list[Any], float]:
    """The result of `evaluate`, called that many times, and the median of the seconds it took."""
    taken = []
    result: list[Any] = []
    for _ in range(times):
        begun = time.perf_counter()
        result = evaluate()
        taken.append(time.perf_counter() - begun)
    return result, statistics.median(taken)


def described(series: Any) -> Answer:
    """A series as it goes over the line: consolidated where a function asked for that."""
    values = list(series)
    return {
        "name": series.name,
        "start": int(series.start),
        "end": int(series.end),
        "step": series.step * series.valuesPerPoint,
        "values": values,
    }


def prepare(home: Path) -> None:
    """Sets Django and graphite-web up. Files, which they insist on writing, go into `home`."""
    settings = types.ModuleType(SETTINGS)
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    for name, value in {
        "SECRET_KEY": "of no importance in a process without a network",
        "LOG_DIR": str(home),
        "TIME_ZONE": "UTC",
        "DATABASES": {"default": database},
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}},
        "TAGDB_CACHE_DURATION": 0,
    }.items():
        setattr(settings, name, value)
    sys.modules[SETTINGS] = settings
    # It draws pictures, which needs libcairo; nothing here asks for one.
    sys.modules["cairocffi"] = types.ModuleType("cairocffi")
    os.environ |= {"GRAPHITE_SETTINGS_MODULE": SETTINGS, "DJANGO_SETTINGS_MODULE": "graphite.settings"}
    os.environ |= {"GRAPHITE_STORAGE_DIR": str(home), "GRAPHITE_CONF_DIR": str(home)}
    import_module("django").setup()
    import_module("django.core.management").call_command("migrate", verbosity=0)


def main(lines: Iterable[str]) -> None:
    """Answers each line of `lines` on standard output, at once."""
    with tempfile.TemporaryDirectory(prefix="graphite-") as home:
        prepare(Path(home))
        oracle = Oracle()
        print(json.dumps({"ready": True}), flush=True)
        for line in lines:
            print(json.dumps(oracle.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main(sys.stdin)
