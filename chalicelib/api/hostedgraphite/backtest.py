"""Backtesting, our extension: what an alert would have done over the history that is kept.

POST /v2/alerts/backtest/ {"alert": {what creating an alert takes}, "from": <Unix time>, "until": <Unix time>}
-> {"flips": [{"status", "time", "value", "metric", "reason"}], "step": seconds, "judged": how often}
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.api.hostedgraphite import bodies, validation, wire
from chalicelib.api.hostedgraphite.alerts import ROOT
from chalicelib.api.hostedgraphite.errors import VOICE
from chalicelib.core.check import Flip
from chalicelib.core.errors import Invalid
from chalicelib.gateway import Caller, Reply, Request, reads, resource
from chalicelib.languages.graphite import GraphiteError
from chalicelib.monitor.looking import backtest

DEFAULT = timedelta(days=1)
FIELDS = ("alert", "from", "until")


def _run(request: Request, caller: Caller) -> Reply:
    """Tell when an alert would have fired over the history that is kept (our extension). Nothing is written."""
    given, now = bodies.read(request), request.services.clock()
    validation.require_known(given, FIELDS)
    definition = given.get("alert")
    if not isinstance(definition, dict):
        raise Invalid("alert", "must be an object such as creating an alert takes")
    try:
        spec = validation.values(caller.project.code, {"name": "backtest", **definition})["spec"]
    except Invalid as error:
        raise Invalid(f"alert.{error.field}", error.message) from None
    end = _moment(given.get("until"), "until", now)
    start = _moment(given.get("from"), "from", end - DEFAULT)
    if not start < end <= now:
        raise Invalid("from", "must be before until, and both in the past")
    try:
        found = backtest.run(caller.project.code, spec, start, end, now)
    except GraphiteError as error:
        raise Invalid("alert.metric", f"cannot be judged: {error}") from None
    flips = [_flip(flip) for flip in found.flips]
    return Reply(body={"flips": flips, "step": found.step, "judged": found.judged})


def _flip(flip: Flip) -> dict[str, Any]:
    return {
        "status": "alerting" if flip.new == "down" else "healthy",
        "time": str(int(flip.at.timestamp())),
        "value": wire.plain(flip.details.get("value")),
        "metric": flip.details.get("metric"),
        "reason": flip.reason,
    }


def _moment(value: Any, field: str, default: datetime) -> datetime:
    if value is None:
        return default
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**11:
        raise Invalid(field, "must be a Unix time in whole seconds")
    return datetime.fromtimestamp(value, UTC)


RESOURCES = [resource(f"{ROOT}/backtest", VOICE, POST=reads(_run, "Backtest", body="BacktestFields"))]
