"""Mails on their way out: what SES is given, and what its answers mean."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.channels import Outlet, mail
from chalicelib.core.errors import Undelivered
from tests.channels.samples import news

REGION = "eu-north-1"


@pytest.fixture
def ses(aws: None) -> Any:
    client = boto3.client("sesv2")
    client.create_email_identity(EmailIdentity="alerts@example.org")
    return client


@pytest.fixture(scope="module")
def client() -> Any:
    """A client that nothing leaves; making one takes longer than the tests that use it."""
    return boto3.client("sesv2", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing")


@pytest.fixture
def stubbed(client: Any) -> Iterator[tuple[Outlet, Stubber]]:
    with Stubber(client) as stubber:
        yield Outlet(ses_client=client), stubber


def test_a_mail_goes_out_once_to_all_addresses(ses: Any) -> None:
    mail.send(mail.clean({"address": "a@example.org; b@example.org"}), [news()], Outlet())
    [sent] = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    message = email.message_from_string(sent.raw_data, policy=email.policy.default)
    assert sent.source == "alerts@example.org"
    assert set(sent.destinations) == {"a@example.org", "b@example.org"}
    assert message["To"] == "a@example.org, b@example.org"
    assert message["From"] == "Tocsin <alerts@example.org>"
    assert message["Subject"] == "DOWN | Nightly backup"
    assert message.get_content_type() == "multipart/alternative"
    assert [piece.get_content_type() for piece in message.walk()][1:] == ["text/plain", "text/html"]


def test_a_sender_that_ses_does_not_know_yet_is_tried_again(aws: None) -> None:
    with pytest.raises(Undelivered) as caught:
        mail.send(mail.clean({"address": "a@example.org"}), [news()], Outlet())
    assert not caught.value.permanent
    assert caught.value.message.startswith("SES answered MessageRejected (")


@pytest.mark.parametrize(
    ("code", "words", "permanent", "after"),
    [
        ("MessageRejected", "Address blacklisted (123456789012)", True, None),
        ("MessageRejected", "the account 123456789012", False, None),
        ("ThrottlingException", "Maximum sending rate exceeded by 123456789012", False, 0.0),
        ("ThrottlingException", "Daily message quota exceeded by 123456789012", False, 600.0),
        ("AccessDeniedException", "role arn:aws:sts::123456789012:x\r\nmay not", False, None),
        ("", "123456789012", False, None),
    ],
)
def test_an_error_of_ses_means_what_the_table_says(
    code: str, words: str, permanent: bool, after: float | None, stubbed: tuple[Outlet, Stubber]
) -> None:
    outlet, stubber = stubbed
    stubber.add_client_error("send_email", code, words, http_status_code=400)
    with pytest.raises(Undelivered) as caught:
        mail.send(mail.clean({"address": "a@example.org"}), [news()], outlet)
    assert (caught.value.permanent, caught.value.after) == (permanent, after)
    assert caught.value.message.startswith(f"SES answered {code or 'unknown error'}")
    assert ("123456789012" in caught.value.message) is permanent
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("error", [EndpointConnectionError(endpoint_url="https://secret"), NoCredentialsError()])
def test_an_ses_that_cannot_be_reached_may_come_back(error: Exception) -> None:
    class Unreachable:
        def send_email(self, **_: object) -> None:
            raise error

    with pytest.raises(Undelivered) as caught:
        mail.send(mail.clean({"address": "a@example.org"}), [news()], Outlet(ses_client=Unreachable()))
    assert caught.value.message == f"SES could not be asked ({type(error).__name__})"
    assert not caught.value.permanent
