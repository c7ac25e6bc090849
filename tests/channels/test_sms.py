"""Text messages: numbers, one part, and what SNS's answers mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import ANY, Stubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from chalicelib.channels import Outlet, sms
from chalicelib.core.errors import Invalid, Undelivered
from chalicelib.core.news import News, Site
from tests.cases import each
from tests.channels.samples import HOSTILE, check, news

REGION = "eu-north-1"
NUMBER = "+37120000000"


@each(
    ("given", "kept"),
    [
        (NUMBER, NUMBER),
        (" +371 2000-0000 ", NUMBER),
        ("+1 (415) 555.0123", "+14155550123"),
        ("+1234567", "+1234567"),
        ("+123456789012345", "+123456789012345"),
    ],
)
def test_a_number_is_brought_into_one_form(given: str, kept: str) -> None:
    assert sms.clean({"number": given}) == {"number": kept, "down": True, "up": True}


@each(
    "number",
    [
        "",
        " ",
        "37120000000",
        "0037120000000",
        "+0371200000",
        "+123456",
        "+1234567890123456",
        "++37120000000",
        "+371２0000000",
        "+371 2000 000x",
        "+37120000000,+37120000001",
        "+37120000000\n",
        "tel:+37120000000",
        "+٣٧١٢٠٠٠٠٠٠٠",
    ],
)
def test_what_is_no_international_number_is_refused(number: str) -> None:
    with pytest.raises(Invalid) as caught:
        sms.clean({"number": number})
    assert caught.value.field == "settings.number"


@each(
    ("told", "text"),
    [
        (news(), 'Tocsin: "Nightly backup" is DOWN. It reported a failure (exit status 3).'),
        (news("up"), 'Tocsin: "Nightly backup" is UP. It is back, after 1 hour, 5 minutes down.'),
        (
            news(reminder=1, downtime=timedelta(hours=2), reason="timeout"),
            'Tocsin: "Nightly backup" is still DOWN. It has been down for 2 hours.'
            " No sign of success came in time, and the grace time is over.",
        ),
        (
            news("test", check=check(name="Ops")),
            'Tocsin: "Ops" sends a test. This is a test. If you can read it, the channel works.',
        ),
        (news(check=check(name="備份")), 'Tocsin: "備份" is DOWN. It reported a failure (exit status 3).'),
    ],
)
def test_the_message_tells_what_and_why(told: News, text: str) -> None:
    assert sms.message(told) == text


def test_the_reason_goes_before_the_name_does() -> None:
    name = "n" * 100
    assert (
        sms.message(news(check=check(name=name))) == f'Tocsin: "{name}" is DOWN. It reported a failure (exit status 3).'
    )
    assert sms.message(news(check=check(name=name), reason="timeout")) == f'Tocsin: "{name}" is DOWN.'


def test_a_name_that_does_not_fit_is_cut() -> None:
    text = sms.message(news(check=check(name="жёлтый " * 20)))
    assert text.startswith('Tocsin: "жёлтый жёлтый')
    assert text.endswith('..." is DOWN.')
    assert len(text) <= sms.UCS2_PART


def test_characters_that_take_two_places_are_counted_twice() -> None:
    assert sms.fits("€" * 80)
    assert not sms.fits("€" * 81)
    assert sms.fits("é" * 160)
    assert not sms.fits("é" * 161)
    assert sms.fits("ж" * 70)
    assert not sms.fits("ж" * 71)
    assert sms.fits("😀" * 35)
    assert not sms.fits("😀" * 36)


@each("text", HOSTILE.values())
@each("event", ["down", "up", "test"])
def test_every_message_is_one_line_in_one_part(event: str, text: str) -> None:
    site = Site(text, "https://x.example", "alerts@example.org")
    message = sms.message(news(event, check=check(name=text), site=site, reason=text))
    assert sms.fits(message)
    assert message.isprintable()


@pytest.fixture(scope="module")
def client() -> Any:
    """A client that nothing leaves; making one takes longer than the tests that use it."""
    return boto3.client("sns", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing")


@pytest.fixture
def stubbed(client: Any) -> Iterator[tuple[Outlet, Stubber]]:
    with Stubber(client) as stubber:
        yield Outlet(sns_client=client), stubber


def test_a_message_goes_out_to_the_number(aws: None) -> None:
    sms.send(sms.clean({"number": NUMBER}), [news()], Outlet())
    [sent] = sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values()
    assert sent[:2] == (NUMBER, sms.message(news()))


def test_a_message_is_sent_as_transactional(stubbed: tuple[Outlet, Stubber]) -> None:
    outlet, stubber = stubbed
    kind = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
    stubber.add_response(
        "publish", {"MessageId": "1"}, {"PhoneNumber": NUMBER, "Message": ANY, "MessageAttributes": kind}
    )
    sms.send(sms.clean({"number": NUMBER}), [news()], outlet)
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "permanent", "after"),
    [
        ("InvalidParameter", True, None),
        ("OptedOut", True, None),
        ("AuthorizationError", False, None),
        ("Throttling", False, 0.0),
        ("InternalError", False, None),
    ],
)
def test_an_error_of_sns_means_what_the_table_says(
    code: str, permanent: bool, after: float | None, stubbed: tuple[Outlet, Stubber]
) -> None:
    outlet, stubber = stubbed
    stubber.add_client_error("publish", code, "its words", http_status_code=400)
    with pytest.raises(Undelivered) as caught:
        sms.send(sms.clean({"number": NUMBER}), [news()], outlet)
    assert (caught.value.permanent, caught.value.after) == (permanent, after)
    assert caught.value.message.startswith(f"SNS answered {code}{':' if permanent else ' ('}")
    assert ("its words" in caught.value.message) is permanent


def test_an_sns_that_cannot_be_reached_may_come_back() -> None:
    class Unreachable:
        def publish(self, **_: object) -> None:
            raise ConnectTimeoutError(endpoint_url="https://secret")

    with pytest.raises(Undelivered) as caught:
        sms.send(sms.clean({"number": NUMBER}), [news()], Outlet(sns_client=Unreachable()))
    assert (caught.value.message, caught.value.permanent) == ("SNS could not be asked (ConnectTimeoutError)", False)
