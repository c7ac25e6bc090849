"""Threema Gateway in basic mode: a text to an ID, a number or an address."""

from __future__ import annotations

import pytest

from tests.cases import each
from tests.channels.exchanges import answer
from tests.channels.samples import news
from tests.channels.stage import Make, wrong


@pytest.mark.parametrize(
    ("to", "key", "value"),
    [
        ("ECHOECHO", "to", "ECHOECHO"),
        ("+37120000000", "phone", "37120000000"),
        ("ops@example.org", "email", "ops@example.org"),
    ],
)
def test_a_recipient_is_an_id_a_number_or_an_address(to: str, key: str, value: str, stage: Make) -> None:
    played = stage("threema", to=to)
    played.answers(answer(200))
    played.tell(news())
    [received] = played.server.received
    sent = played.form()
    assert (received.path, sent["from"], sent["secret"]) == ("/send_simple", "*TOCSIN1", "k3y")
    assert [name for name in ("to", "phone", "email") if name in sent] == [key]
    assert sent[key] == value
    assert sent["text"].startswith("“Nightly backup” is DOWN.\nIt reported a failure (exit status 3).")


@pytest.mark.parametrize(
    ("status", "final"), [(400, True), (401, True), (404, True), (413, True), (402, False), (500, False)]
)
def test_an_account_without_credits_may_get_some(status: int, final: bool, stage: Make) -> None:
    played = stage("threema")
    played.answers(answer(status))
    assert played.refusal(news()).permanent is final


@each(
    ("settings", "field"),
    [
        ({"identity": "TOCSIN1"}, "identity"),
        ({"identity": None}, "identity"),
        ({"to": "echo"}, "to"),
        ({"to": "37120000000"}, "to"),
        ({"secret": "a b"}, "secret"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("threema", **settings)[0] == f"settings.{field}"
