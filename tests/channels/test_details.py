"""What is told of a probe and of a rule, in words and to machines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.channels import details, mail, words
from chalicelib.channels.payloads import healthchecks
from chalicelib.core.breaches import Breach, summary
from chalicelib.core.criteria import Criterion
from chalicelib.core.news import News
from chalicelib.core.specs import Part, ProbeSpec
from tests import specs
from tests.channels.samples import AT, CHECK, news

PROBE = replace(
    CHECK,
    kind="probe",
    name="Shop",
    period=60,
    spec=ProbeSpec({"type": "http", "url": "https://shop.example.org/cart?token=secret"}),
)
ABOVE = specs.above("web*.load", 90, period=10)
RULE = replace(
    CHECK,
    kind="rule",
    name="Load",
    period=60,
    spec=ABOVE,
)


def told(check: Any, reason: str, event: str = "down", **about_flip: Any) -> News:
    plain = news(event, check=check, reason=reason, pings=(), body=b"")
    return replace(plain, flip=replace(plain.flip, details=about_flip))


def test_a_probe_tells_its_address_its_period_and_who_saw_the_failure() -> None:
    shop = told(PROBE, "500 Internal Server Error", locations=["Stockholm SWE", "Dublin IRL"])
    assert words.summary(shop) == "500 Internal Server Error"
    assert details.listed(shop) == [
        ("Address", "https://shop.example.org/cart"),
        ("Looked at", "every minute"),
        ("Seen from", "Stockholm SWE, Dublin IRL"),
    ]


def test_a_reason_that_is_a_heartbeats_word_is_a_probes_own_text() -> None:
    assert words.summary(told(PROBE, "timeout")) == "timeout"


def test_a_rule_tells_its_metric_its_value_and_what_breaches_besides() -> None:
    check = replace(RULE, breaching=summary(dict.fromkeys(["web1.load", "web2.load"], Breach(AT, 93.0))))
    load = told(check, "web1.load is 93, above 90", metric="web1.load", value=93.0)
    assert details.listed(load) == [
        ("Metric", "web1.load"),
        ("Value", "93"),
        ("Criteria", "above 90 for 10 minutes"),
        ("Breaching now", "web1.load, web2.load"),
    ]


def test_the_value_in_a_reminder_is_that_of_when_it_began() -> None:
    again = replace(told(RULE, "high", metric="web1.load", value=93.0), reminder=1)
    assert ("Value then", "93") in details.listed(again)


def test_a_composite_tells_what_its_letters_stand_for() -> None:
    missing = Part("b", "queue.depth", Criterion("missing", period=60))
    spec = replace(ABOVE, parts=(*ABOVE.parts, missing), expression="a || !b")
    assert ("Criteria", "a || !b (a: web*.load above 90 for 10 minutes, b: queue.depth missing for 1 hour)") in (
        details.listed(told(replace(RULE, spec=spec), "a || !b holds"))
    )


@pytest.mark.parametrize(
    ("period", "said"),
    [(60, "every minute"), (300, "every 5 minutes"), (3_600, "every hour"), (5_400, "every 1 hour, 30 minutes")],
)
def test_a_probe_tells_how_often_it_looks(period: int, said: str) -> None:
    assert ("Looked at", said) in details.listed(told(replace(PROBE, period=period), "failed"))


def test_a_reminder_of_a_probe_quotes_the_reason() -> None:
    again = replace(told(PROBE, "no answer within 30 s"), reminder=1, downtime=timedelta(seconds=3_604))
    assert words.summary(again) == "It has been down for 1 hour: no answer within 30 s"


def test_everything_of_a_test_is_nothing_and_of_news_it_leaves_out_what_is_empty() -> None:
    assert details.everything(news("test")) == []
    titles = [title for title, _ in details.everything(told(replace(PROBE, desc="", tags=""), "failed"))]
    assert titles == ["Project", "Address", "Looked at"]


def test_of_very_many_breaching_series_the_first_are_named_and_the_rest_counted() -> None:
    check = replace(RULE, breaching=summary({f"web{number:03d}": Breach(AT, 93.0) for number in range(500)}))
    (*_, breaching) = details.listed(told(check, "high"))
    assert breaching[1].startswith("web000, web001")
    assert breaching[1].endswith("web009 and 490 more")


def test_breaching_series_whose_names_are_too_long_to_be_named_are_counted() -> None:
    check = replace(RULE, breaching=summary({"x" * 2_000: Breach(AT, 93.0), "y" * 2_000: Breach(AT, 93.0)}))
    (*_, breaching) = details.listed(told(check, "high"))
    assert breaching[1] == "2 series"


def test_the_mail_of_a_probe_speaks_of_no_pings() -> None:
    text = mail.message([told(PROBE, "no answer within 30 s", locations=["Home"])], ["ops@example.org"]).as_string()
    assert "Total pings" not in text
    assert "Grace time" not in text
    assert "https://shop.example.org/cart" in text
    assert "secret" not in text


def test_machines_are_told_the_reason_and_the_facts_of_the_flip() -> None:
    document = healthchecks.document(told(RULE, "web1.load is 93", metric="web1.load", value=93.0))
    assert document["kind"] == "rule"
    assert (document["target"], document["reason"]) == ("web*.load", "web1.load is 93")
    assert (document["metric"], document["value"], document["status"]) == ("web1.load", 93.0, "down")
