"""The table of error codes: every code that AWS knows stands in it, and the documentation shows it as it is."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.retries.standard import ThrottledRetryableChecker

from chalicelib.channels import answers
from chalicelib.channels.answers import TABLE, Row, meaning
from tests.cases import each

DOCS = Path(__file__).parents[2] / "docs" / "channels.md"


def modelled(service: str, operation: str) -> list[str]:
    """The codes that AWS's own model names for an operation."""
    client = boto3.client(service, region_name="eu-north-1", aws_access_key_id="x", aws_secret_access_key="x")
    shapes: list[Any] = client.meta.service_model.operation_model(operation).error_shapes
    return [shape.error_code for shape in shapes]


@pytest.mark.parametrize(("service", "api", "operation"), [("SES", "sesv2", "SendEmail"), ("SNS", "sns", "Publish")])
def test_every_error_that_aws_documents_stands_in_the_table(service: str, api: str, operation: str) -> None:
    known = {row.code for row in TABLE if row.service in (service, "AWS")}
    forgotten = set(modelled(api, operation)) - known
    assert not forgotten, "say what they mean, chalicelib/channels/meanings.py"


@pytest.mark.parametrize("service", ["SES", "SNS"])
def test_every_word_of_aws_for_too_many_is_waited_for(service: str) -> None:
    codes = {"Throttling", "Throttled", "KMSThrottling"} if service == "SNS" else {"Throttling"}
    for code in codes | set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES):
        row = meaning(service, code)
        assert (code, row.outcome) == (code, "wait")


NOT_VERIFIED = "Email address is not verified. The following identities failed the check in region EU-NORTH-1: "


@each(
    ("service", "code", "text", "outcome"),
    [
        # A new owner, DKIM records that vanished, the sandbox: all of them can be mended.
        ("SES", "MessageRejected", f"{NOT_VERIFIED}alerts@example.org", "again"),
        ("SES", "MessageRejected", f"{NOT_VERIFIED}ops@example.org, Tocsin <alerts@example.org>", "again"),
        ("SES", "MessageRejected", "", "again"),
        ("SES", "MessageRejected", "Address blacklisted.", "final"),
        ("SES", "MailFromDomainNotVerifiedException", "", "again"),
        ("SES", "AccountSuspendedException", "", "again"),
        ("SES", "SendingPausedException", "", "again"),
        ("SES", "AccessDeniedException", "is not authorized to perform: ses:SendRawEmail", "again"),
        ("SES", "NotFoundException", "Configuration set does not exist", "again"),
        ("SES", "BadRequestException", "Missing final '@domain'", "again"),
        ("SES", "BadRequestException", "Invalid ToAddresses", "final"),
        ("SES", "Throttling", "Maximum sending rate exceeded.", "wait"),
        ("SES", "ThrottlingException", "Daily message quota exceeded.", "wait"),
        ("SNS", "InvalidParameter", "Invalid parameter: PhoneNumber Reason: +1 is not valid to publish to", "final"),
        ("SNS", "InvalidParameter", "The account is in the SMS sandbox", "again"),
        ("SNS", "OptedOut", "", "final"),
        ("SNS", "KMSAccessDenied", "", "again"),
        ("SNS", "SomethingNew", "", "again"),
        ("PagerDuty", "400", "", "final"),
        ("PagerDuty", "500", "", "again"),
        ("Opsgenie", "429", "", "wait"),
        ("VictorOps", "403", "", "final"),
        ("VictorOps", "418", "", "again"),
        ("Slack", "404", "no_service", "final"),
        ("Slack", "500", "no_service", "again"),
        ("Slack", "404", "<html>Not found</html>", "again"),
        ("Slack", "410", "channel_is_archived", "final"),
        ("webhook", "404", "", "again"),
        ("webhook", "410", "", "final"),
    ],
)
def test_only_what_the_recipients_side_says_for_good_is_final(service: str, code: str, text: str, outcome: str) -> None:
    assert meaning(service, code, text).outcome == outcome


def test_a_days_quota_takes_longer_than_a_seconds_rate() -> None:
    rate = meaning("SES", "Throttling", "Maximum sending rate exceeded.").seconds
    assert rate <= 1 < meaning("SES", "Throttling", "Daily message quota exceeded.").seconds


def test_a_final_answer_is_not_waited_for() -> None:
    error = answers.undelivered("answered 410", meaning("webhook", "410"), 30.0)
    assert (error.permanent, error.after) == (True, None)


@each("service", answers.BASES)
@each("code", ["", "000", "unknown error", "x" * 100, "5", "４29"])
def test_every_answer_means_something(service: str, code: str) -> None:
    assert meaning(service, code, "\0").outcome == "again"


def told(row: Row) -> str:
    wait = f"as told or {row.seconds:g} s" if row.seconds else "as told, for its turn"
    outcome = f"wait, {wait}" if row.outcome == "wait" else row.outcome
    said = f", saying “{row.words}”" if row.words else ""
    return f"{row.service} | {{}}{said} | {outcome} | {row.why} |"


def documented() -> str:
    """The table for people: codes that mean the same stand in one line."""
    lines = ["| service | answer | outcome | because |", "|---|---|---|---|"]
    for line, rows in groupby(TABLE, told):
        codes = ", ".join(f"`{row.code}`" if row.code else "everything else" for row in rows)
        lines.append(f"| {line.format(codes)}")
    return "\n".join(lines)


def test_the_documentation_shows_the_table_as_it_is() -> None:
    assert documented() in DOCS.read_text(), f"put this into docs/channels.md:\n{documented()}"
