"""What there is in series: search, delete, tags, and /render for looking at data (Hosted Graphite, Metrics API)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Any
from urllib.parse import parse_qs

from chalicelib.api.hostedgraphite import wire
from chalicelib.api.hostedgraphite.bodies import BODY_MAX
from chalicelib.api.hostedgraphite.errors import VOICE
from chalicelib.api.hostedgraphite.validation import METRIC_MAX
from chalicelib.core.errors import Invalid
from chalicelib.gateway import Caller, Reply, Request, Resource, reads, resource, writes
from chalicelib.languages import graphite
from chalicelib.languages.graphite import GraphiteError
from chalicelib.monitor.looking.reading import reader_of
from chalicelib.monitor.looking.unforeseen import fails_the_query
from chalicelib.monitor.managing import series as metrics
from chalicelib.store import series_names

PAGE = 100
TARGETS_MAX = 20
FIELDS_MAX = 100
LIMIT, LIMIT_MAX = 100, 10_000
HORIZON = timedelta(days=731)


def _search(request: Request, caller: Caller) -> Reply:
    """Search the names of series by a pattern, page by page."""
    pattern = _pattern(request, "pattern") or "*"
    after, before = _second(request, "only_updated_after"), _second(request, "only_updated_before")
    page, now = wire.number(request, "page", 1, 1, 1_000_000), request.services.clock()
    found = series_names.search(caller.project.code, pattern, now, page=page, size=PAGE, after=after, before=before)
    body: dict[str, Any] = {
        "results": [name.series for name in found.names],
        "metrics_matched": found.matched,
        "total_metrics": found.total,
        "next_page": page + 1 if found.matched > page * PAGE else False,
    }
    if (_given(request, "with_times") or "").lower() in ("1", "true", "yes"):
        body["times"] = [name.last for name in found.names]
    return Reply(body=body)


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete the series that a pattern fits."""
    pattern = _pattern(request, "pattern")
    if not pattern:
        raise Invalid("pattern", "is required")
    gone = metrics.delete(request.services, caller.project.code, pattern)
    return Reply(body={"deleted": gone})


def _pattern(request: Request, name: str) -> str | None:
    """A pattern that can be matched. Raises Invalid."""
    pattern = _given(request, name)
    if pattern and len(pattern) > METRIC_MAX:
        raise Invalid(name, f"must not be longer than {METRIC_MAX} characters")
    try:
        graphite.matches(pattern or "", "")
    except GraphiteError as error:
        raise Invalid(name, f"cannot be read: {error}") from None
    return pattern


def _given(request: Request, name: str) -> str | None:
    """A value of the query, of a form or of a JSON object in the body. Raises Invalid for a body that is too long."""
    found = request.query.get(name)
    if found:
        return found[-1]
    if len(request.body) > BODY_MAX:
        raise Invalid("body", f"is longer than {BODY_MAX} bytes")
    try:
        text = request.body.decode()
        document = json.loads(text) if text.lstrip().startswith("{") else {}
        fields = document or parse_qs(text, max_num_fields=FIELDS_MAX)
    except (ValueError, RecursionError):
        return None
    value = fields.get(name)
    value = value[-1] if isinstance(value, list) and value else value
    return value if isinstance(value, str) else None


def _second(request: Request, name: str) -> int | None:
    text = _given(request, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Invalid(name, "must be a Unix time in whole seconds")
    return int(text)


def _tags(request: Request, caller: Caller) -> Reply:
    """List the tags that series have."""
    found = metrics.tags(caller.project.code, request.services.clock())
    fits, limit = _filter(request), _limit(request)
    return Reply(body=[{"tag": tag} for tag in sorted(found) if fits(tag)][:limit])


def _values(request: Request, caller: Caller) -> Reply:
    """List the values of a tag, with how many series have each."""
    tag = request.parts["tag"]
    found = metrics.tags(caller.project.code, request.services.clock()).get(tag) or Counter()
    fits, limit = _filter(request), _limit(request)
    values = [{"value": value, "count": found[value]} for value in sorted(found) if fits(value)]
    return Reply(body={"tag": tag, "values": values[:limit]})


def _filter(request: Request) -> Callable[[str], bool]:
    """A regular expression, which a name must begin with what matches (Graphite, Tag API)."""
    text = request.query.get("filter", [""])[-1]

    def fits(name: str) -> bool:
        try:
            return not text or graphite.regex(f"^(?:{text})").found_in(name)
        except GraphiteError as error:
            raise Invalid("filter", f"cannot be used: {error}") from None

    fits("")  # where there are no names, nobody else would find out
    return fits


def _limit(request: Request) -> int:
    return wire.number(request, "limit", LIMIT, 1, LIMIT_MAX)


def _find_series(request: Request, caller: Caller) -> Reply:
    """List the names of the series that have these tags."""
    return Reply(body=_by_tags(request, caller))


def _by_tags(request: Request, caller: Caller) -> list[str]:
    expressions = wire.every(request, "expr")
    if not expressions:
        raise Invalid("expr", "is required")
    try:
        query = graphite.tag_query(f"seriesByTag({','.join(_quoted(one) for one in expressions)})")
    except GraphiteError as error:
        raise Invalid("expr", f"cannot be read: {error}") from None
    assert query is not None
    name, fits = query
    limit, now = wire.number(request, "limit", LIMIT_MAX, 1, LIMIT_MAX), request.services.clock()
    return [one.series for one in series_names.tagged(caller.project.code, fits, now, limit=limit, name=name)]


def _quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else f'"{text}"'


def _delete_series(request: Request, caller: Caller) -> Reply:
    """Delete the series of this name; false if there is none."""
    path = _pattern(request, "path")
    if not path:
        raise Invalid("path", "is required")
    return Reply.json(bool(metrics.delete(request.services, caller.project.code, path)))


def _render(request: Request, caller: Caller) -> Reply:
    """Show what Graphite targets give over a span, as JSON alone."""
    targets = wire.every(request, "target")
    if not 1 <= len(targets) <= TARGETS_MAX:
        raise Invalid("target", f"must be given, at most {TARGETS_MAX} times")
    if request.query.get("format", ["json"])[-1] != "json":
        raise Invalid("format", "must be json")
    now = request.services.clock()
    start, end = _moment(request, "from", now, now - timedelta(days=1)), _moment(request, "until", now, now)
    if not start < end:
        raise Invalid("from", "must be before until")
    reader = reader_of(caller.project.code, now)
    span = int(start.timestamp()), int(end.timestamp())
    try:
        with fails_the_query(reader.told, targets=targets):
            return Reply(body=[_rendered(one) for target in targets for one in reader.rendered(target, *span)])
    except GraphiteError as error:
        raise Invalid("target", f"cannot be rendered: {error}") from None


def _rendered(one: graphite.Series) -> Mapping[str, Any]:
    # JSON has no word for what a function may have made of large numbers.
    values = (value if value is None or isfinite(value) else None for value in one.values)
    points = [[value, one.start + number * one.step] for number, value in enumerate(values)]
    return {"target": one.name, "tags": one.tags, "datapoints": points}


def _moment(request: Request, name: str, now: datetime, default: datetime) -> datetime:
    """A moment as Graphite writes them, not further from now than anything is kept."""
    text = request.query.get(name, [""])[-1].strip()
    if not text:
        return default
    try:
        at = graphite.moment(text, int(now.timestamp()))
    except ValueError:
        raise Invalid(
            name, "must be a Unix time, a time before now such as -24h, or a moment such as midnight"
        ) from None
    far = HORIZON.total_seconds()
    return now + timedelta(seconds=min(max(at - now.timestamp(), -far), far))


def _of_tags(root: str) -> list[Resource]:
    return [
        resource(f"{root}/tags", VOICE, GET=reads(_tags, "Tags", query=("filter", "limit"))),
        resource(f"{root}/tags/findSeries", VOICE, GET=reads(_find_series, "Names", query=("expr", "limit"))),
        resource(f"{root}/tags/delSeries", VOICE, POST=writes(_delete_series, "Done", query=("path",), body="Path")),
        resource(f"{root}/tags/{{tag}}", VOICE, GET=reads(_values, "TagValues", query=("filter", "limit"))),
    ]


RESOURCES = [
    resource(
        "/api/v1/metric/search",
        VOICE,
        GET=reads(
            _search, "Found", query=("pattern", "page", "with_times", "only_updated_after", "only_updated_before")
        ),
    ),
    resource("/api/v1/metric/delete", VOICE, POST=writes(_delete, "Deleted", query=("pattern",), body="Pattern")),
    resource("/render", VOICE, GET=reads(_render, "Rendered", query=("target", "from", "until", "format"))),
    *_of_tags(""),
    *_of_tags("/api/v1"),
]
