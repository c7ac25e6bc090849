"""What SES and SNS say after they have taken a message, read."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from chalicelib.channels.feedback import LIMIT_REACHED, TABLE, Row, read
from tests.cases import each

DOCS = Path(__file__).parents[2] / "docs" / "channels.md"
MAIL = {"destination": ["a@example.org", "b@example.org"], "tags": {"project": ["p"], "empty": []}}


def bounce(kind: str, subtype: str, *recipients: str, **more: Any) -> dict[str, Any]:
    about = [{"emailAddress": one, **more} for one in recipients or ("a@example.org",)]
    return {
        "eventType": "Bounce",
        "mail": MAIL,
        "bounce": {"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": about},
    }


def failure(said: str) -> dict[str, Any]:
    delivery = {"destination": "+12065550100", "providerResponse": said}
    return {"notification": {"messageId": "m1"}, "delivery": delivery, "status": "FAILURE"}


@each(
    ("kind", "subtype", "action", "outcome"),
    [
        ("Permanent", "General", "failed", "final"),
        ("Permanent", "NoEmail", "", "final"),
        ("Permanent", "Suppressed", "", "final"),
        ("Permanent", "OnAccountSuppressionList", "", "final"),
        ("Transient", "MailboxFull", "", "again"),
        ("Transient", "MessageTooLarge", "failed", "refused"),
        ("Transient", "ContentRejected", "failed", "refused"),
        ("Transient", "AttachmentRejected", "", "refused"),
        # What a server says in a report of its own has failed; without one it may be an answering machine.
        ("Transient", "General", "failed", "again"),
        ("Transient", "General", "", "unclear"),
        ("Transient", "SomethingNew", "", "unclear"),
        ("Undetermined", "Undetermined", "Failed", "again"),
        ("Undetermined", "Undetermined", "", "unclear"),
        ("SomethingNew", "", "", "unclear"),
    ],
)
def test_a_bounce_means_what_its_type_and_the_other_server_say(
    kind: str, subtype: str, action: str, outcome: str
) -> None:
    (found,) = read(bounce(kind, subtype, action=action))
    assert found.row.outcome == outcome


@each(
    ("said", "outcome"),
    [
        ("No quota left for account", "again"),
        ("This delivery would exceed max price", "again"),
        ("Phone number is opted out", "final"),
        ("Invalid phone number", "final"),
        ("Destination is on a blocked list", "final"),
        ("Phone is on a blocked list", "final"),
        ("Phone has blocked SMS", "final"),
        ("Blocked as spam by phone carrier", "refused"),
        ("Phone carrier has blocked this message", "refused"),
        ("Message body is invalid", "refused"),
        ("Phone is currently unreachable/unavailable", "again"),
        ("Unknown error attempting to reach phone", "again"),
        ("", "again"),
    ],
)
def test_a_text_message_fails_as_sns_documents_it(said: str, outcome: str) -> None:
    (found,) = read(failure(said))
    assert (found.row.outcome, found.receipt, found.recipients) == (outcome, "m1", ("+12065550100",))


def test_the_spending_limit_is_known_by_its_row() -> None:
    (found,) = read(failure("No quota left for account"))
    assert found.row is LIMIT_REACHED


def test_each_recipient_is_told_of_by_himself() -> None:
    found = read(bounce("Permanent", "General", "a@example.org", "B <b@example.org>"))
    assert [one.recipients for one in found] == [("a@example.org",), ("b@example.org",)]
    assert {one.addressed for one in found} == {("a@example.org", "b@example.org")}
    assert found[0].tags == {"project": "p"}


def test_a_mailbox_to_which_nothing_was_sent_is_nobody_of_several() -> None:
    (found,) = read(bounce("Permanent", "General", "inner@example.org"))
    assert found.recipients == ()


def test_a_rejected_mail_has_reached_nobody() -> None:
    found = read({"eventType": "Reject", "mail": MAIL, "reject": {"reason": "Bad content"}})
    assert [(one.recipients, one.is_lost, one.is_for_good) for one in found] == [
        (("a@example.org",), True, False),
        (("b@example.org",), True, False),
    ]


def test_a_complaint_was_read_unless_the_mail_was_not_sent() -> None:
    about = {"complainedRecipients": [{"emailAddress": "a@example.org"}]}
    (spam,) = read({"eventType": "Complaint", "mail": MAIL, "complaint": about})
    suppressed = {**about, "complaintSubType": "OnAccountSuppressionList"}
    (unsent,) = read({"eventType": "Complaint", "mail": MAIL, "complaint": suppressed})
    assert (spam.is_lost, spam.is_for_good, unsent.is_lost, unsent.is_for_good) == (False, True, True, True)


@each(
    "message",
    [
        {},
        {"eventType": "Delivery", "mail": MAIL, "delivery": {}},
        {"eventType": "Send", "mail": MAIL, "send": {}},
        {"eventType": "Bounce"},
        {"delivery": {"destination": "+1"}, "status": "SUCCESS"},
    ],
)
def test_good_news_and_what_is_not_understood_are_nothing(message: dict[str, Any]) -> None:
    assert read(message) == []


def told(row: Row) -> str:
    said = {"SES": f", {row.words}", "SNS": f", saying “{row.words}”"}[row.service] if row.words else ""
    return f"| {row.service} | {row.event}{said} | {row.outcome} | {row.why} |"


def documented() -> str:
    """The table for people."""
    lines = ["| service | says later | outcome | because |", "|---|---|---|---|"]
    return "\n".join([*lines, *(line for line, _ in groupby(TABLE, told))])


def test_the_documentation_shows_the_table_as_it_is() -> None:
    assert documented() in DOCS.read_text(), f"put this into docs/channels.md:\n{documented()}"
