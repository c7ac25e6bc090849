"""Whether a rule can fire, as far as can be told at a moment: one that looks healthy because it reads nothing is wrong
news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from chalicelib.core import criteria
from chalicelib.core.check import Check
from chalicelib.core.specs import Part, rule_of
from chalicelib.languages import expression, graphite
from chalicelib.languages.graphite import GraphiteError
from chalicelib.languages.graphite.lines import meant
from chalicelib.monitor.looking.reading import Reader, buckets_of, closed, means_many, reader_of, split_view
from chalicelib.monitor.looking.unforeseen import fails_the_query

WORKERS = 16


def warnings(rules: Iterable[Check], now: datetime) -> dict[str, list[str]]:
    """What keeps rules of one project from firing, by their codes; a rule that can fire, or does, is not among them.

    Costs a read of all plain names, a hundred at a time, and a query of one name for each pattern. Raises StoreFault.
    """
    waiting = [rule for rule in rules if rule.status in ("new", "up")]
    if not waiting:
        return {}
    reader = reader_of(waiting[0].project, now)
    there = _there(reader, {name for rule in waiting for part in rule_of(rule).parts for name in _read(part)})
    found = {rule.code: _of(reader, rule, there, closed(now)) for rule in waiting}
    return {code: said for code, said in found.items() if said}


def _read(part: Part) -> list[str]:
    """The names and patterns that a criterion's target reads, without their views."""
    return [split_view(pattern)[0] for pattern in graphite.patterns(part.target)]


def _there(reader: Reader, read: set[str]) -> dict[str, bool]:
    """Whether there is a series under each name or pattern."""
    patterns = sorted(name for name in read if graphite.is_pattern(name))
    names = {name: meant(name) for name in read if not graphite.is_pattern(name)}
    reader.know(names.values())
    with ThreadPoolExecutor(WORKERS) as pool:
        matched = dict(zip(patterns, pool.map(lambda one: bool(reader.source.find(one, 1)), patterns), strict=True))
    return matched | {name: reader.name(series) is not None for name, series in names.items()}


def _of(reader: Reader, rule: Check, there: Mapping[str, bool], moment: int) -> list[str]:
    spec = rule_of(rule)
    found = {part.letter: _obstacle(reader, part, there, moment) for part in spec.parts}
    said = [why for why in found.values() if why]
    known = {letter: False if why else None for letter, why in found.items()}
    if 0 < len(said) < len(spec.parts) and _is_false(spec.expression, known):
        said.append(f"{spec.expression} cannot become true")
    return said


def _is_false(text: str, known: Mapping[str, bool | None]) -> bool:
    return expression.evaluate(expression.parse(text), known) is False


def _obstacle(reader: Reader, part: Part, there: Mapping[str, bool], moment: int) -> str:
    """What keeps a criterion from being met; empty if nothing is known to."""
    read = _read(part)
    if not read:
        return _constant(reader, part, moment)
    # What was never seen is missing, if it is called by its name.
    awaited = part.criterion.by_absence and not all(means_many(name) for name in read)
    if awaited or any(there[name] for name in read):
        return ""
    return f"no series matches {', '.join(read)}"


def _constant(reader: Reader, part: Part, moment: int) -> str:
    """A target that reads no series has the values that it has."""
    seconds = criteria.window(part.criterion)
    now = datetime.fromtimestamp(moment, UTC)
    try:
        with fails_the_query(reader.told, target=part.target):
            made = reader.evaluated(part.target, seconds, moment)
            verdicts = [criteria.judge(part.criterion, buckets_of(one, moment, seconds), now) for one in made]
    except GraphiteError as error:
        return f"{part.target} cannot be computed: {error}"
    return "" if any(verdict.breached for verdict in verdicts) else f"{part.target} reads no series and stays in bounds"
