"""Google Chat: a card whose HTML is escaped, once for each message."""

from __future__ import annotations

import pytest

from chalicelib.channels import googlechat
from tests.channels.exchanges import answer
from tests.channels.samples import check, news
from tests.channels.stage import Make


def test_the_card_tells_what_happened_why_and_the_facts(stage: Make) -> None:
    played = stage("googlechat")
    played.tell(news())
    sent = played.document()
    [card] = sent["cardsV2"]
    assert sent["fallbackText"] == card["card"]["header"]["title"] == "“Nightly backup” is DOWN."
    summary, first, *_, buttons = card["card"]["sections"][0]["widgets"]
    assert summary == {"textParagraph": {"text": "It reported a failure (exit status 3)."}}
    assert first["decoratedText"] == {"topLabel": "Description", "text": "Dumps the database.", "wrapText": True}
    assert buttons["buttonList"]["buttons"][0]["onClick"]["openLink"]["url"] == news().url


def test_a_message_that_is_sent_again_is_one_to_the_space(stage: Make) -> None:
    played = stage("googlechat")
    for name in ("n-1", "n-1", "n-2"):
        played.tell(news(id=name))
    first, again, other = (received.path for received in played.server.received)
    assert first == again != other
    assert first.startswith("/v1/spaces/AAA/messages?key=k3y&token=k3y&requestId=")


def test_markup_and_mentions_of_others_are_shown_as_they_are() -> None:
    sent = googlechat.message(news(check=check(name="<users/all>", desc="<a href='x'>y</a> <users/all>")))
    [card] = sent["cardsV2"]
    assert card["card"]["header"]["title"] == "“<\u200busers/all>” is DOWN."
    text = card["card"]["sections"][0]["widgets"][1]["decoratedText"]["text"]
    assert text == "&lt;a href=&#x27;x&#x27;&gt;y&lt;/a&gt; &lt;users/all&gt;"


@pytest.mark.parametrize(
    ("status", "final"), [(400, True), (401, True), (403, True), (404, True), (429, False), (500, False), (503, False)]
)
def test_a_space_that_is_gone_is_gone_for_good(status: int, final: bool, stage: Make) -> None:
    played = stage("googlechat")
    played.answers(answer(status, {"error": {"code": status, "status": "X"}}))
    assert played.refusal(news()).permanent is final
