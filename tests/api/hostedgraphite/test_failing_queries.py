"""What goes wrong within a target is told to whoever renders or backtests it; what AWS cannot serve is asked again."""

from __future__ import annotations

import pytest

from chalicelib.store import series
from chalicelib.store.faults import StoreFault
from tests.api.hostedgraphite.conftest import Caller


@pytest.mark.parametrize("error", [TypeError, IndexError, KeyError, RecursionError, MemoryError])
@pytest.mark.parametrize(
    "place",
    [
        "chalicelib.languages.graphite.functions.transform.abs",
        "chalicelib.languages.graphite.evaluator.bound",
        "chalicelib.monitor.looking.reading.meant",
        "chalicelib.store.series_cells.Grid.seen",
    ],
)
def test_what_breaks_within_a_target_makes_it_a_bad_one_and_says_why(
    graphite: Caller, monkeypatch: pytest.MonkeyPatch, place: str, error: type[Exception]
) -> None:
    def broken(*_: object) -> float:
        raise error("list index out of range")

    graphite.send("a.b 5")
    monkeypatch.setattr(place, broken, raising=False)
    graphite.clock.move(minutes=1)
    answer = graphite.get("/render?target=absolute(a.b)")
    assert (answer.status, answer.json["field"]) == (400, "target")
    assert f"cannot be computed, for a fault in this service ({error.__name__})" in answer.json["error"]
    alert = {"metric": "absolute(a.b)", "alert_criteria": {"type": "above", "above_value": 1}}
    answer = graphite.post("/v2/alerts/backtest/", {"alert": alert})
    assert (answer.status, answer.json["field"]) == (400, "alert.metric")
    assert f"cannot be computed, for a fault in this service ({error.__name__})" in answer.json["error"]


def test_what_aws_cannot_serve_is_no_bad_target(graphite: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise StoreFault("DynamoDB is out")

    monkeypatch.setattr(series, "grids", broken)
    graphite.send("a.b 5")
    graphite.clock.move(minutes=1)
    alert = {"metric": "absolute(a.b)", "alert_criteria": {"type": "above", "above_value": 1}}
    assert graphite.get("/render?target=absolute(a.b)").status == 503
    assert graphite.post("/v2/alerts/backtest/", {"alert": alert}).status == 503
