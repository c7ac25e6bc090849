"""Twilio: a text message in one part, from a number or a service of the owner's account."""

from __future__ import annotations

import pytest

from chalicelib.channels import sms, twilio
from tests.cases import each
from tests.channels.exchanges import answer
from tests.channels.samples import VALID, news
from tests.channels.stage import Make, wrong


def test_the_text_is_that_of_other_text_messages(stage: Make) -> None:
    played = stage("twilio")
    played.tell(news())
    [received] = played.server.received
    assert received.path == f"/2010-04-01/Accounts/AC{'1' * 32}/Messages.json"
    assert played.form() == {"To": "+37120000000", "From": "+12025550100", "Body": sms.message(news())}


def test_a_messaging_service_may_choose_the_sender(stage: Make) -> None:
    played = stage("twilio", sender="MG" + "a" * 32)
    played.tell(news())
    assert played.form()["MessagingServiceSid"] == "MG" + "a" * 32
    assert "From" not in played.form()


@pytest.mark.parametrize(
    ("status", "code", "final"),
    [
        (400, 21211, True),
        (400, 21610, True),
        (400, 21614, True),
        (400, 21606, True),
        (401, 20003, True),
        (404, 20404, True),
        (400, 21408, False),
        (400, 30001, False),
        (503, 20503, False),
    ],
)
def test_a_refusal_means_what_its_code_says(status: int, code: int, final: bool, stage: Make) -> None:
    played = stage("twilio")
    played.answers(answer(status, {"code": code, "message": "+37120000000", "status": status}))
    error = played.refusal(news())
    assert (error.permanent, "+371" in error.message) == (final, False)


@pytest.mark.parametrize("sender", ["+12025550100", "12345", "Tocsin", "MG" + "0" * 32])
def test_a_sender_is_a_number_a_code_a_name_or_a_service(sender: str) -> None:
    assert twilio.clean({**VALID["twilio"], "sender": sender})["sender"] == sender


@each(
    ("settings", "field"),
    [
        ({"token": "x" * 32}, "token"),
        ({"account": "XX" + "1" * 32}, "account"),
        ({"sender": "a name that is too long"}, "sender"),
        ({"sender": None}, "sender"),
        ({"number": "12025550100"}, "number"),
        ({"number": None}, "number"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("twilio", **settings)[0] == f"settings.{field}"
