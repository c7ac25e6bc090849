"""The placeholders of webhooks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.channels.placeholders import expand
from chalicelib.core.check import Filters
from chalicelib.core.news import News
from tests.cases import each
from tests.channels.samples import AT, CODE, PINGS, check, news


@each(
    ("placeholder", "value"),
    [
        ("$CODE", CODE),
        ("$STATUS", "down"),
        ("$NOW", "2026-11-21T02:15:09+00:00"),
        ("$NAME", 'Nightly "backup"'),
        ("$NAME_JSON", '"Nightly \\"backup\\""'),
        ("$SLUG", "nightly-backup"),
        ("$TAGS", "prod db"),
        ("$TAG1", "prod"),
        ("$TAG2", "db"),
        ("$EXITSTATUS", "3"),
        ("$BODY", 'No space "left"\n'),
        ("$BODY_JSON", '"No space \\"left\\"\\n"'),
    ],
)
def test_a_placeholder_stands_for_its_value(placeholder: str, value: str) -> None:
    told = news(check=check(name='Nightly "backup"'), body=b'No space "left"\n')
    assert expand(placeholder, told, in_body=True) == value
    assert expand(f"a{placeholder}-{placeholder}b", told, in_body=True) == f"a{value}-{value}b"


def test_the_status_of_good_news_is_up_and_that_of_a_test_is_test() -> None:
    assert expand("$STATUS", news("up")) == "up"
    assert expand("$STATUS", news("test")) == "test"


@each("text", ["", "$", "$$", "$name", "$UNKNOWN", "$TAG", "$TAG0", "$TAG3", "$TAG999", "${NAME}", "100 $"])
def test_what_is_no_placeholder_stays(text: str) -> None:
    assert expand(text, news(), in_body=True) == text


def test_a_placeholder_ends_where_its_name_does() -> None:
    assert expand("$NAMED $CODES $TAG12 $$STATUS", news()) == f"Nightly backupD {CODE}S $TAG12 $down"


def test_many_tags_have_a_number_each() -> None:
    tags = " ".join(f"t{number}" for number in range(1, 13))
    assert expand("$TAG1 $TAG12 $TAG13", news(check=check(tags=tags))) == "t1 t12 $TAG13"


def test_what_a_placeholder_brings_in_is_not_looked_at_again() -> None:
    told = news(check=check(name="$BODY $TAG1", tags="$NAME $CODE"), body=b"$NAME $SLUG")
    assert expand("$NAME|$TAG1|$TAGS|$BODY", told, in_body=True) == "$BODY $TAG1|$NAME|$NAME $CODE|$NAME $SLUG"


def test_two_values_do_not_form_a_placeholder_together() -> None:
    assert expand("$TAG1NAME", news(check=check(tags="$"))) == "$NAME"


def test_the_last_body_is_for_request_bodies_alone() -> None:
    assert expand("$BODY/$BODY_JSON/$NAME", news()) == "$BODY/$BODY_JSON/Nightly backup"


def test_every_value_is_escaped_and_the_text_around_it_is_not() -> None:
    assert expand("a-$TAG1-$TAGS", news(), str.upper) == "a-PROD-PROD DB"


def test_a_body_that_is_no_text_is_decoded_as_far_as_it_goes() -> None:
    told = news(body=b"\xff\x00ok")
    assert expand("$BODY", told, in_body=True) == "\ufffd\x00ok"
    assert json.loads(expand("$BODY_JSON", told, in_body=True)) == "\ufffd\x00ok"


@pytest.mark.parametrize(
    "told",
    [news(pings=()), news(pings=PINGS[1:])],
    ids=["no ping", "a ping without"],
)
def test_the_exit_status_is_minus_one_where_there_is_none(told: News) -> None:
    assert expand("$EXITSTATUS", told) == "-1"


def test_an_exit_status_of_zero_is_zero() -> None:
    assert expand("$EXITSTATUS", news(pings=PINGS[2:])) == "0"


def test_json_is_the_check_as_the_management_api_shows_it_without_addresses() -> None:
    told = news(check=check(last_duration=timedelta(seconds=62.9), last_start=AT, filters=Filters(success_kw="OK")))
    assert json.loads(expand("$JSON", told)) == {
        "name": "Nightly backup",
        "slug": "nightly-backup",
        "tags": "prod db",
        "desc": "Dumps the database.",
        "grace": 3600,
        "n_pings": 1234,
        "status": "down",
        "started": True,
        "last_ping": "2026-11-21T02:15:07+00:00",
        "next_ping": None,
        "manual_resume": False,
        "methods": "",
        "subject": "",
        "subject_fail": "",
        "start_kw": "",
        "success_kw": "OK",
        "failure_kw": "",
        "filter_subject": False,
        "filter_body": False,
        "filter_http_body": False,
        "filter_default_fail": False,
        "last_duration": 62,
        "uuid": CODE,
        "channels": "c-1,c-2",
        "timeout": 86400,
    }


def test_json_of_a_check_that_is_up_tells_when_its_next_ping_is_due() -> None:
    up = check(status="up", schedule_kind="cron", schedule="0 3 * * *", tz="Europe/Riga", n_pings=0)
    shown = json.loads(expand("$JSON", news("up", check=up)))
    due = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    assert (shown["status"], shown["next_ping"]) == ("up", due.isoformat())
    assert (shown["schedule"], shown["tz"], "timeout" in shown) == ("0 3 * * *", "Europe/Riga", False)


def test_json_of_a_subject_filter_repeats_its_keywords_under_their_older_names() -> None:
    filtered = check(filters=Filters(subject=True, success_kw="OK", failure_kw="ERR"))
    shown = json.loads(expand("$JSON", news(check=filtered)))
    assert (shown["subject"], shown["subject_fail"], shown["filter_subject"]) == ("OK", "ERR", True)
