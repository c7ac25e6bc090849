"""The alerts in a dashboard's JSON (Grafana 4 to 7, the dashboard's JSON model).

A panel's `alert` becomes a check. What cannot be judged here is refused with "Alert validation error: ...", in
Grafana's own words where it has any: nothing that looks like an alert may be silent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.api.grafana import shown
from chalicelib.core.boards import PanelAlert
from chalicelib.core.check import PERIOD_MAX, Channel
from chalicelib.core.criteria import BUCKET
from chalicelib.core.errors import Invalid
from chalicelib.core.panels import EVALUATORS
from chalicelib.core.reducers import REDUCERS
from chalicelib.core.specs import PanelCondition, PanelSpec
from chalicelib.languages import graphite
from chalicelib.languages.graphite import GraphiteError

PREFIX = "Alert validation error: "
NAME_MAX, MESSAGE_MAX, TARGET_MAX, LABEL_MAX = 255, 10_000, 10_000, 100
CONDITIONS_MAX, LABELS_MAX, SPEC_MAX = 50, 50, 60_000
WINDOW_MAX = 31 * 86_400
ID_MAX = 2**53
NO_DATA = ("no_data", "alerting", "keep_state", "ok")
ON_ERROR = ("alerting", "keep_state", "ok")
OPERATORS = ("and", "or")

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_FREQUENCY = re.compile(r"([0-9]{1,9})\s*([a-z]+)")
_SPAN = re.compile(r"(?:[0-9]{1,9}[smhdw])+")
_PART = re.compile(r"([0-9]+)([smhdw])")
_REFERENCE = re.compile(r"#([A-Z])")
_VARIABLE = re.compile(r"\$\w|\$\{|\[\[[\s\S]+?\]\]")
_MINUTES, _MONTHS = re.compile(r"'(\d+)m'"), re.compile(r"'(\d+)M'")

Panel = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _At:
    """The panel of which something is said."""

    panel: object

    def wrong(self, why: str) -> Invalid:
        return Invalid("", f"{PREFIX}{why} PanelId: {self.panel}")


def alerts(model: Mapping[str, Any], known: Sequence[Channel]) -> tuple[PanelAlert, ...]:
    """The alerts of a dashboard, told through some of the channels that are `known`. Raises Invalid."""
    found: dict[int, PanelAlert] = {}
    for panel in panels(model):
        if not has_alert(panel):
            continue
        read = alert(panel, known)
        if read.panel in found:
            raise _At(read.panel).wrong("Panel id is not correct, two panels with alerts have it")
        found[read.panel] = read
    return tuple(found.values())


def panels(model: Mapping[str, Any]) -> Iterator[Panel]:
    """The panels of a dashboard: those of its rows where it has any, as before version 5, and those that lie in
    collapsed rows."""
    rows = _objects(model.get("rows"))
    for holder in rows or [dict(model)]:
        for panel in _objects(holder.get("panels")):
            if panel.get("collapsed") is True:
                yield from _objects(panel.get("panels"))
            else:
                yield panel


def has_alert(panel: Panel) -> bool:
    """Whether a panel has an alert that is not switched off."""
    found = panel.get("alert")
    return found is not None and not (isinstance(found, dict) and found.get("enabled") is False)


def alert(panel: Panel, known: Sequence[Channel]) -> PanelAlert:
    """The alert of a panel. Raises Invalid."""
    number, given = panel.get("id"), panel["alert"]
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < ID_MAX:
        raise Invalid("", f"{PREFIX}A numeric panel id property is missing")
    at = _At(number)
    if not isinstance(given, dict):
        raise at.wrong("alert must be an object")
    spec = PanelSpec(
        _conditions(at, panel, given),
        pending=_pending(at, given.get("for")),
        no_data=_word(at, given, "noDataState", NO_DATA),
        on_error=_word(at, given, "executionErrorState", ON_ERROR),
        labels=_labels(at, given.get("alertRuleTags")),
    )
    if len(str(spec.document())) > SPEC_MAX:
        raise at.wrong(f"the alert must not take more than {SPEC_MAX} bytes")
    return PanelAlert(
        number,
        _text(at, given, "name", NAME_MAX) or _text(at, panel, "title", NAME_MAX) or f"Panel {number}",
        _text(at, given, "message", MESSAGE_MAX),
        max(_frequency(at, given.get("frequency")), BUCKET),
        _channels(at, given.get("notifications"), known),
        spec,
    )


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _conditions(at: _At, panel: Panel, given: Panel) -> tuple[PanelCondition, ...]:
    found = given.get("conditions")
    if not isinstance(found, list) or not found:
        raise at.wrong("Alert is missing conditions")
    if len(found) > CONDITIONS_MAX:
        raise at.wrong(f"an alert has at most {CONDITIONS_MAX} conditions")
    return tuple(_condition(at, panel, _object(one), place) for place, one in enumerate(found))


def _condition(at: _At, panel: Panel, given: Panel, place: int) -> PanelCondition:
    if given.get("type") != "query":
        raise at.wrong(f"Unknown alert condition: {_said(given.get('type'))}")
    params = _object(given.get("query")).get("params")
    if not isinstance(params, list) or len(params) < 3 or not all(isinstance(one, str) for one in params[:3]):
        raise at.wrong(f"error in condition {place}: the query needs its letter, from and to")
    letter, start, end = params[0], _ago(at, params[1]), _ago(at, params[2])
    if not 0 <= end < start <= WINDOW_MAX:
        raise at.wrong(f"error in condition {place}: the query's from must lie before its to, by 31 days at most")
    reducer = _object(given.get("reducer")).get("type")
    if not isinstance(reducer, str) or reducer not in REDUCERS:
        raise at.wrong(f"error in condition {place}: unknown reducer: {_said(reducer)}")
    evaluator, bounds = _evaluator(at, _object(given.get("evaluator")), place)
    operator = _object(given.get("operator")).get("type") or "and"
    return PanelCondition(
        letter,
        _target(at, panel, letter),
        start,
        end,
        reducer,
        evaluator,
        bounds,
        _one_of(at, "operator", operator, OPERATORS),
    )


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _evaluator(at: _At, given: Panel, place: int) -> tuple[str, tuple[float, ...]]:
    name, params = given.get("type"), given.get("params")
    if not name:
        raise at.wrong(f"error in condition {place}: evaluator missing type property")
    if not isinstance(name, str) or name not in EVALUATORS:
        raise at.wrong(f"error in condition {place}: evaluator invalid evaluator type: {_said(name)}")
    wanted = EVALUATORS[name].bounds
    bounds = params[:wanted] if isinstance(params, list) else []
    if len(bounds) < wanted or any(bound is None for bound in bounds):
        raise at.wrong(f"error in condition {place}: evaluator '{name}' is missing the threshold parameter")
    if not all(map(_is_number, bounds)):
        raise at.wrong(f"error in condition {place}: evaluator has invalid parameter")
    return name, tuple(map(float, bounds))


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _target(at: _At, panel: Panel, letter: str) -> str:
    """The Graphite target of the query of this letter, with what it refers to. Raises Invalid."""
    targets = {one["refId"]: one for one in _objects(panel.get("targets")) if isinstance(one.get("refId"), str)}
    if letter not in targets:
        raise _not_found(at, letter)
    query = targets[letter]
    if not _is_of_graphite(query.get("datasource")) or not _is_of_graphite(panel.get("datasource")):
        raise at.wrong(f"the datasource of query({letter}) is not Graphite, the only one whose queries are judged here")
    written = query.get("targetFull") or query.get("target")
    if not isinstance(written, str) or not written.strip():
        raise at.wrong(f"query({letter}) is no query of Graphite, the only datasource whose queries are judged here")
    full = _Queries(at, targets).resolved(letter) if written is query.get("target") else _bounded(at, written)
    full = _plain(at, "a query", full.strip())
    if _VARIABLE.search(full):
        raise at.wrong("Template variables are not supported in alert queries")
    full = _MONTHS.sub(r"'\1mon'", _MINUTES.sub(r"'\1min'", full))
    try:
        graphite.parse(full)
    except GraphiteError as error:
        raise at.wrong(f"query({letter}) cannot be read: {error}") from None
    missing = next((name for name in graphite.patterns(full) if _REFERENCE.match(name)), None)
    if missing:
        raise _not_found(at, missing[1])
    return full


def _not_found(at: _At, letter: str) -> Invalid:
    return at.wrong(f"Alert on PanelId: {at.panel} refers to query({_said(letter)}) that cannot be found")


def _is_of_graphite(datasource: object) -> bool:
    """Whether a data source may be Graphite: one that is given by its name alone may, as may the default."""
    return not isinstance(datasource, dict) or datasource.get("type", "graphite") == "graphite"


def _bounded(at: _At, text: str, more: int = 0) -> str:
    if len(text) + more > TARGET_MAX:
        raise at.wrong(f"a query must not be longer than {TARGET_MAX} characters")
    return text


@dataclass(slots=True)
class _Queries:
    """The queries of a panel, in which #A is what the query A says."""

    at: _At
    targets: Mapping[str, Panel]
    done: dict[str, str] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def resolved(self, letter: str) -> str:
        """The target of a query with what it refers to; what there is not stays as it is. Raises Invalid."""
        if letter in self.done:
            return self.done[letter]
        target = _object(self.targets.get(letter)).get("target")
        if not isinstance(target, str):
            return f"#{letter}"
        if letter in self.begun:
            raise self.at.wrong("the queries refer to each other in a circle")
        self.begun.add(letter)
        others = [self.resolved(other) for other in _REFERENCE.findall(_bounded(self.at, target))]
        _bounded(self.at, target, sum(map(len, others)))
        rest = iter(others)
        self.done[letter] = _REFERENCE.sub(lambda _: next(rest), target)
        return self.done[letter]


def _frequency(at: _At, value: object) -> int:
    """The seconds between two judgements. Raises Invalid."""
    match = _FREQUENCY.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise at.wrong('"evaluate every" field could not be parsed')
    if match[2] not in _UNITS:
        raise at.wrong(f"time unit not supported. supported units: {' '.join(_UNITS)}")
    found = int(match[1]) * _UNITS[match[2]]
    if not 0 < found <= PERIOD_MAX:
        why = "must not be above 30 days" if found else "cannot be zero or below"
        raise at.wrong(f'"evaluate every" {why}')
    return found


def _pending(at: _At, value: object) -> int:
    if value in (None, "", "0"):
        return 0
    found = _span(value)
    if found is None or found > PERIOD_MAX:
        raise at.wrong("Could not parse for field")
    return found


def _ago(at: _At, text: str) -> int:
    """The seconds before now that `now`, `now-5m` and `5m` mean alike. Raises Invalid."""
    found = 0 if text == "now" else _span(text.removeprefix("now-"))
    if found is None:
        raise at.wrong(f"cannot parse {_said(text)} as a time of a query")
    return found


def _span(text: object) -> int | None:
    """The seconds of a text such as 5m or 1h30m; None for any other."""
    if not isinstance(text, str) or len(text) > 60 or not _SPAN.fullmatch(text):
        return None
    return sum(int(count) * _UNITS[unit] for count, unit in _PART.findall(text))


def _channels(at: _At, value: object, known: Sequence[Channel]) -> tuple[str, ...]:
    """The codes of the channels that an alert names by their ids or uids. Raises Invalid for one that there is not:
    somebody would not be told."""
    if value is not None and not isinstance(value, list):
        raise at.wrong("notifications must be a list")
    return tuple(dict.fromkeys(_channel(at, one, known) for one in value or []))


def _channel(at: _At, named: object, known: Sequence[Channel]) -> str:
    found = _object(named)
    number, uid = found.get("id"), found.get("uid")
    is_number = isinstance(number, int) and not isinstance(number, bool) and number > 0
    if not is_number and not (isinstance(uid, str) and uid):
        raise at.wrong("Neither id nor uid is specified in 'notifications' block")
    fitting = (one.code for one in known if (one.number == number if is_number else shown.uid(one) == uid))
    code = next(fitting, None)
    if code is None:
        raise at.wrong(f"Could not find alert notification with {'id' if is_number else 'uid'} {number or _said(uid)}")
    return code


def _labels(at: _At, value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise at.wrong("alertRuleTags must be an object")
    found = {_plain(at, "a tag", name): _plain(at, "a tag", text) for name, text in value.items() if _is_text(text)}
    if len(found) > LABELS_MAX or any(len(text) > LABEL_MAX for pair in found.items() for text in pair):
        raise at.wrong(f"Invalid tags, must be less than {LABEL_MAX} characters, and {LABELS_MAX} at most")
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _word(at: _At, given: Panel, name: str, words: tuple[str, ...]) -> Any:
    """A word of `words`, the first of them where none is given."""
    return _one_of(at, name, given.get(name) or words[0], words)


def _one_of(at: _At, name: str, value: object, words: tuple[str, ...]) -> Any:
    if not isinstance(value, str) or value not in words:
        raise at.wrong(f"{name} must be one of {', '.join(words)}")
    return value


def _text(at: _At, given: Panel, name: str, most: int) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        return ""
    if len(value) > most:
        raise at.wrong(f"the {name} must not be longer than {most} characters")
    return _plain(at, f"the {name}", value.strip())


def _plain(at: _At, what: str, text: str) -> str:
    """A text that can be kept. Raises Invalid."""
    if is_odd(text):
        raise at.wrong(f"{what} holds a character that cannot be used (NUL or a lone surrogate)")
    return text


def is_odd(text: str) -> bool:
    """Whether a text holds what no table can: NUL, or half a character."""
    return "\0" in text or any("\ud800" <= char <= "\udfff" for char in text)


def _said(value: object) -> str:
    """What was sent, in a message."""
    return ascii(value)[1:-1][:60] if isinstance(value, str) else type(value).__name__
