"""The document of Hosted Graphite's webhooks, and the webhook that carries it."""

from __future__ import annotations

import json
import pkgutil
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.api.hostedgraphite import criteria as wire
from chalicelib.channels import Event, Outlet, payloads, webhook
from chalicelib.channels.fields import MASK
from chalicelib.channels.payloads import FORMATS, Format, hostedgraphite
from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid
from chalicelib.core.news import News, Site
from chalicelib.core.specs import Part, ProbeSpec, RuleSpec
from tests.cases import each
from tests.channels.samples import AT, HOSTILE, check, news
from tests.channels.servers import Server

DOCS = Path(__file__).parents[2] / "docs" / "channels.md"
FIELDS = ["name", "criteria", "graph", "value", "metric", "status", "backoff_minutes", "info"]


def rule(criterion: dict[str, Any], more: dict[str, Any] | None = None, expression: str = "a", **changes: Any) -> Check:
    criteria = {"a": {"metric": "web*.load", **criterion}, **(more or {})}
    parts = [Part(letter, one["metric"], wire.read(one, beside=("metric",))) for letter, one in criteria.items()]
    spec = RuleSpec(tuple(parts), expression)
    plain: dict[str, Any] = {"kind": "rule", "name": "Load", "desc": "See the runbook.", "period": 60, "spec": spec}
    return check(**(plain | changes))


ABOVE = {"type": "above", "above_value": 5, "time_period": 2}


def told(checked: Check, event: str = "down", **about: Any) -> News:
    plain = news(event, check=checked, reason="web1.load is 9", pings=(), body=b"")
    return replace(plain, flip=replace(plain.flip, details=about))


def test_an_alert_is_told_as_the_document_says() -> None:
    load = told(rule(ABOVE, remind=3_600), metric="web1.load", value=9.5, letter="a")
    document = hostedgraphite.document(load)
    graph = urlsplit(document.pop("graph"))
    assert document == {
        "name": "Load",
        "criteria": "above 5 for 2 minutes",
        "value": 9.5,
        "metric": "web1.load",
        "status": "alerting",
        "backoff_minutes": 60,
        "info": "See the runbook.",
    }
    assert (graph.netloc, graph.path) == ("tocsin.example.org", "/render")
    assert parse_qs(graph.query) == {
        "target": ["web*.load"],
        "from": [str(int(AT.timestamp()) - 3_600)],
        "format": ["json"],
    }


def test_the_end_of_an_alert_is_healthy() -> None:
    document = hostedgraphite.document(told(rule(ABOVE), "up", metric="web1.load", value=1.0))
    assert (document["status"], document["value"], document["metric"]) == ("healthy", 1.0, "web1.load")


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        ({"type": "above", "above_value": 5}, "above 5"),
        ({"type": "below", "below_value": 2.5, "time_period": 1}, "below 2.5 for 1 minute"),
        ({"type": "outside_bounds", "above_value": 9, "below_value": 1, "time_period": 90}, None),
        ({"type": "missing", "time_period": 10}, "missing for 10 minutes"),
    ],
)
def test_the_criteria_are_told_in_words(criterion: dict[str, Any], words: str | None) -> None:
    assert hostedgraphite.document(told(rule(criterion)))["criteria"] == (
        words or "outside 1 to 9 for 1 hour, 30 minutes"
    )


def test_of_a_composite_the_letters_are_explained_and_the_graph_is_of_the_one_that_decided() -> None:
    both = rule(ABOVE, {"b": {"metric": "queue.depth", "type": "missing", "time_period": 15}}, "a || b")
    document = hostedgraphite.document(told(both, metric="queue.depth", value=None, letter="b"))
    assert document["criteria"] == "a || b (a: web*.load above 5 for 2 minutes, b: queue.depth missing for 15 minutes)"
    assert parse_qs(urlsplit(document["graph"]).query)["target"] == ["queue.depth"]
    assert (document["metric"], document["value"]) == ("queue.depth", None)


def test_without_reminders_a_description_or_a_root_there_is_false_and_null() -> None:
    bare = replace(told(rule(ABOVE, desc="")), site=Site("Tocsin", "", "alerts@example.org"))
    document = hostedgraphite.document(bare)
    assert document["backoff_minutes"] is False
    assert (document["info"], document["graph"]) == (None, None)


@pytest.mark.parametrize(
    ("checked", "criteria", "metric"),
    [
        (check(), "missing for 1 day, 1 hour", "Nightly backup"),
        (
            check(schedule_kind="cron", schedule="0 3 * * *", tz="Europe/Riga"),
            "missing for 1 hour after 0 3 * * * (Europe/Riga)",
            "Nightly backup",
        ),
        (
            check(kind="probe", spec=ProbeSpec({"host": "db.example.org", "port": 5432})),
            "failing",
            "db.example.org:5432",
        ),
    ],
)
def test_what_is_no_alert_on_a_metric_fills_the_same_fields(checked: Check, criteria: str, metric: str) -> None:
    document = hostedgraphite.document(news(check=checked))
    assert list(document) == FIELDS
    assert (document["criteria"], document["metric"], document["status"]) == (criteria, metric, "alerting")
    assert (document["value"], document["graph"], document["info"]) == (None, None, "Dumps the database.")


def test_a_test_is_healthy_and_says_that_it_is_one() -> None:
    document = hostedgraphite.document(news("test"))
    assert list(document) == FIELDS
    assert (document["status"], document["criteria"]) == ("healthy", "test")
    assert document["info"].startswith("This is a test.")


def test_the_format_is_short_for_a_webhook_in_both_directions() -> None:
    settings = webhook.clean({"url": "https://hooks.example.org/t0ken", "format": "hostedgraphite"})
    assert settings == webhook.clean(
        {
            f"{part}_{direction}": value
            for direction in ("down", "up")
            for part, value in {
                "url": "https://hooks.example.org/t0ken",
                "method": "POST",
                "body": "$ALERT_JSON",
            }.items()
        }
    )
    assert webhook.clean(dict(settings)) == settings
    assert webhook.public(settings)["url_down"] == f"https://hooks.example.org/{MASK}"


@pytest.mark.parametrize("event", ["down", "up", "test"])
def test_the_webhook_carries_the_document(event: Event, server: Server, outlet: Outlet) -> None:
    settings = webhook.clean({"url": server.url("/hook"), "format": "hostedgraphite"})
    load = told(rule(ABOVE), event, metric="web1.load", value=9.5, letter="a")
    assert webhook.wants(settings, event)
    webhook.send(settings, [load], outlet)
    [received] = server.received
    assert (received.method, received.headers["Content-Type"]) == ("POST", "application/json")
    assert json.loads(received.body) == hostedgraphite.document(load)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_stay_json(text: str, server: Server, outlet: Outlet) -> None:
    settings = webhook.clean({"url": server.url(), "format": "hostedgraphite"})
    load = told(rule(ABOVE, name=text, desc=text), metric=text, value=9.5, letter="a")
    webhook.send(settings, [load], outlet)
    assert json.loads(server.received[0].body)["metric"] == text


@each(
    ("settings", "field", "message"),
    [
        ({"format": "hostedgraphite"}, "url", "is missing"),
        ({"format": "hostedgraphite", "url": ""}, "url", "is empty"),
        ({"format": "hostedgraphite", "url": "hooks.example.org"}, "url", "must begin with http:// or https://"),
        ({"format": "hostedgraphite", "url": 7}, "url", "is not a string"),
        (
            {"format": "pager", "url": "https://x.example"},
            "format",
            f"is not one of {', '.join(form.name for form in FORMATS)}",
        ),
        ({"format": None, "url": "https://x.example"}, "format", "is missing"),
        (
            {"format": "hostedgraphite", "url": "https://x.example", "body_down": "x"},
            "body_down",
            "is unknown; there are format, url",
        ),
    ],
)
def test_a_format_that_is_not_right_is_refused(settings: dict[str, object], field: str, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        webhook.clean(settings)
    assert (caught.value.field, caught.value.message) == (f"settings.{field}", message)


def test_every_module_that_makes_a_document_is_among_the_formats() -> None:
    found = [import_module(f"{payloads.__name__}.{one.name}") for one in pkgutil.iter_modules(payloads.__path__)]
    forgotten = {module.__name__ for module in found if module not in FORMATS}
    assert not forgotten, "name them in FORMATS, chalicelib/channels/payloads/__init__.py"


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_format_is_known_to_webhooks_and_told_in_the_documentation(
    form: Format, server: Server, outlet: Outlet
) -> None:
    settings = webhook.clean({"url": server.url("/hook"), "format": form.name})
    load = told(rule(ABOVE), metric="web1.load", value=9.5, letter="a")
    webhook.send(settings, [load], outlet)
    assert json.loads(server.received[0].body) == form.document(load)
    documentation = DOCS.read_text()
    assert f"| `${form.placeholder}`" in documentation and f'"{form.name}"' in documentation, "docs/channels.md"
