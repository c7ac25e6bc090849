"""An alert that cannot fire says so when it is made and in the list, for it looks healthy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.hostedgraphite.conftest import ABOVE, Caller

B_BELOW = {"b": {"type": "below", "below_value": 20, "metric": "known.metric"}}
MISSING = {"type": "missing", "time_period": 5}


@pytest.fixture(autouse=True)
def known(graphite: Caller) -> None:
    """Series that every test finds there."""
    assert graphite.send("known.metric 7", "shop;region=eu 3").status == 202


def warned(graphite: Caller, **fields: Any) -> list[str]:
    """What the list says of a new alert, which is what its making said."""
    made = graphite.post("/v2/alerts/", {**ABOVE, **fields})
    assert made.status == 201, made.text
    (listed,) = graphite.get("/v2/alerts/").json["alerts"]
    assert made.json.get("warnings", []) == listed.get("warnings", [])
    return list(listed.get("warnings", []))


@pytest.mark.parametrize(
    "metric",
    [
        "known.metric",
        "known.*",
        "known.metric:max",
        "scale(known.metric, 2)",
        "diffSeries(known.metric, gone.metric)",
        "seriesByTag('region=eu')",
        "constantLine(7)",
    ],
)
def test_an_alert_that_can_fire_is_listed_as_published(graphite: Caller, metric: str) -> None:
    assert warned(graphite, metric=metric) == []


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("gone.metric", "no series matches gone.metric"),
        ("gone.*", "no series matches gone.*"),
        ("sumSeries(gone.*, lost)", "no series matches gone.*, lost"),
        ("seriesByTag('region=us')", "no series matches seriesByTag('region=us')"),
        ("constantLine(4)", "constantLine(4) reads no series and stays in bounds"),
    ],
)
def test_an_alert_whose_target_finds_nothing_says_so(graphite: Caller, metric: str, said: str) -> None:
    assert warned(graphite, metric=metric) == [said]


def test_what_was_never_seen_is_missing_if_it_is_called_by_its_name(graphite: Caller) -> None:
    assert warned(graphite, metric="gone.metric", alert_criteria=MISSING) == []


def test_a_pattern_that_matches_nothing_misses_nothing(graphite: Caller) -> None:
    assert warned(graphite, metric="gone.*", alert_criteria=MISSING) == ["no series matches gone.*"]


@pytest.mark.parametrize(
    ("expression", "more"),
    [
        ("a || b", []),
        ("a && b", ["a && b cannot become true"]),
        ("!a && b", []),
        ("a && !b", ["a && !b cannot become true"]),
    ],
)
def test_an_expression_that_cannot_become_true_says_so(graphite: Caller, expression: str, more: list[str]) -> None:
    found = warned(graphite, metric="gone.metric", additional_criteria=B_BELOW, expression=expression)
    assert found == ["no series matches gone.metric", *more]


def test_the_warning_goes_with_the_first_point(graphite: Caller) -> None:
    assert warned(graphite, metric="gone.metric") == ["no series matches gone.metric"]
    graphite.send("gone.metric 1")
    (listed,) = graphite.get("/v2/alerts/").json["alerts"]
    assert "warnings" not in listed


def test_a_list_may_be_sent_back(graphite: Caller) -> None:
    graphite.alert(metric="gone.metric")
    (listed,) = graphite.get("/v2/alerts/").json["alerts"]
    assert graphite.put(f"/v2/alerts/{listed['id']}/", listed).status == 200
