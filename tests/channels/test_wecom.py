"""WeCom: a plain text, and errors in a success."""

from __future__ import annotations

import pytest

from tests.channels.exchanges import answer
from tests.channels.samples import news
from tests.channels.stage import Make


def test_the_text_is_plain(stage: Make) -> None:
    played = stage("wecom")
    played.tell(news())
    sent = played.document()
    assert sent["msgtype"] == "text"
    assert sent["text"]["content"].startswith("“Nightly backup” is DOWN.\nIt reported a failure (exit status 3).")


@pytest.mark.parametrize(
    ("code", "final"), [(93000, True), (40008, True), (45002, True), (45009, False), (-1, False), (41001, False)]
)
def test_a_success_with_a_code_is_none(code: int, final: bool, stage: Make) -> None:
    played = stage("wecom")
    played.answers(answer(200, {"errcode": code, "errmsg": "no"}))
    assert played.refusal(news()).permanent is final
