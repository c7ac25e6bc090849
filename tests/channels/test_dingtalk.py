"""DingTalk: a signed call, a plain text, and errors in a success."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.channels import dingtalk
from tests.channels.exchanges import answer
from tests.channels.samples import news
from tests.channels.stage import Make


def test_the_text_is_plain_and_holds_the_name_of_the_installation(stage: Make) -> None:
    played = stage("dingtalk")
    played.tell(news())
    sent = played.document()
    assert (sent["msgtype"], sent["at"]) == ("text", {"isAtAll": False})
    assert sent["text"]["content"].startswith("Tocsin: “Nightly backup” is DOWN.\nIt reported a failure")


def test_a_call_is_signed_with_its_moment() -> None:
    """The value was computed with openssl dgst -sha256 -hmac from the document's own recipe."""
    url = dingtalk.address({"url": "https://oapi.dingtalk.com/robot/send?access_token=x", "secret": "SECabc"}, news())
    query = parse_qs(urlsplit(url).query)
    assert query["access_token"] == ["x"]
    assert query["timestamp"] == ["1795227309250"]
    assert query["sign"] == ["kzzj90lFlrZvs3yu6OktPughb/4CCCeVZoEfpS0mDJ4="]


def test_a_robot_without_a_secret_is_called_as_it_is() -> None:
    url = "https://oapi.dingtalk.com/robot/send?access_token=x"
    assert dingtalk.address(dingtalk.clean({"url": url}), news()) == url


@pytest.mark.parametrize(
    ("code", "final"), [(310000, True), (300001, True), (130101, False), (90030, False), (-1, False)]
)
def test_a_success_with_a_code_is_none(code: int, final: bool, stage: Make) -> None:
    played = stage("dingtalk")
    played.answers(answer(200, {"errcode": code, "errmsg": "no"}))
    assert played.refusal(news()).permanent is final
