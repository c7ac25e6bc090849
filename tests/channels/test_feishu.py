"""Feishu: a signed call, a rich text of plain elements, and errors in a success."""

from __future__ import annotations

import pytest

from chalicelib.channels import feishu
from tests.channels.exchanges import answer
from tests.channels.samples import check, news
from tests.channels.stage import Make


def test_the_post_holds_plain_elements_and_a_link(stage: Make) -> None:
    played = stage("feishu")
    played.tell(news(check=check(name='<at user_id="all">x</at>')))
    sent = played.document()
    assert sent["msg_type"] == "post"
    post = sent["content"]["post"]["en_us"]
    assert post["title"] == '“<\u200bat user_id="all">x<\u200b/at>” is DOWN.'
    [text], [link] = post["content"]
    assert text["tag"] == "text"
    assert link == {"tag": "a", "text": "Open the check", "href": news().url}


def test_a_call_is_signed_with_its_moment() -> None:
    """The value was computed with openssl dgst -sha256 -hmac from the document's own recipe."""
    assert feishu.signature("abc", news()) == {
        "timestamp": "1795227309",
        "sign": "NOJEkR+F2E5iDrWptwuHa26503GMKMfw1L2TAOEc7aM=",
    }


def test_a_bot_without_a_secret_is_called_as_it_is() -> None:
    assert feishu.signature("", news()) == {}


@pytest.mark.parametrize(
    ("code", "final"),
    [(19001, True), (19021, True), (19024, True), (11232, False), (230020, False), (9499, True), (99999, False)],
)
def test_a_success_with_a_code_is_none(code: int, final: bool, stage: Make) -> None:
    played = stage("feishu")
    played.answers(answer(200, {"code": code, "msg": "no"}))
    assert played.refusal(news()).permanent is final
