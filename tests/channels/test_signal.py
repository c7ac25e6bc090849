"""Signal through the owner's own signal-cli-rest-api."""

from __future__ import annotations

import pytest

from chalicelib.channels import signal
from chalicelib.channels.fields import MASK
from tests.cases import each
from tests.channels.exchanges import answer
from tests.channels.samples import VALID, news
from tests.channels.stage import Make, wrong


def test_the_message_goes_to_all_recipients(stage: Make) -> None:
    played = stage("signal", recipients="+37120000000, group.aGVsbG8gd29ybGQ=, ops.42")
    played.tell(news())
    [received] = played.server.received
    assert received.path == "/v2/send"
    sent = played.document()
    assert sent.pop("message").startswith("“Nightly backup” is DOWN.\nIt reported a failure (exit status 3).")
    assert sent == {
        "number": "+12025550100",
        "recipients": ["+37120000000", "group.aGVsbG8gd29ybGQ=", "ops.42"],
        "text_mode": "normal",
    }


@pytest.mark.parametrize(
    ("status", "error", "final"),
    [
        (400, 'Unregistered user "+37120000000"', True),
        (400, "User +12025550100 is not registered.", True),
        (400, "Invalid group id", True),
        (400, "Failed to send message", False),
        (404, "", False),
        (500, "", False),
    ],
)
def test_a_refusal_means_what_it_says(status: int, error: str, final: bool, stage: Make) -> None:
    played = stage("signal")
    played.answers(answer(status, {"error": error}))
    told = played.refusal(news())
    assert (told.permanent, "+371" in told.message) == (final, False)


def test_a_reader_sees_the_host_but_not_the_user() -> None:
    shown = signal.public(signal.clean(VALID["signal"]))
    assert shown["url"] == f"https://signal.example.org/{MASK}"


@each(
    ("settings", "field"),
    [
        ({"url": "https://x.example/?y"}, "url"),
        ({"number": "x"}, "number"),
        ({"recipients": "ops"}, "recipients"),
        ({"recipients": "+37120000000,"}, "recipients"),
        ({"recipients": ", ".join(["+37120000000"] * 11)}, "recipients"),
        ({"recipients": None}, "recipients"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("signal", **settings)[0] == f"settings.{field}"
