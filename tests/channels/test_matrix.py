"""Matrix: a message under our id, which mentions nobody."""

from __future__ import annotations

import pytest

from chalicelib.channels import matrix
from tests.cases import each
from tests.channels.exchanges import answer
from tests.channels.samples import check, news
from tests.channels.stage import Make, wrong


def test_the_message_is_put_under_its_id_as_text_and_as_html(stage: Make) -> None:
    played = stage("matrix")
    played.tell(news(id="n/1 ä"))
    [received] = played.server.received
    path = "/_matrix/client/v3/rooms/%21abc%3Aexample.org/send/m.room.message/n%2F1%20%C3%A4"
    assert (received.method, received.path) == ("PUT", path)
    assert received.headers["Authorization"] == "Bearer syt_k3y"
    sent = played.document()
    assert (sent["msgtype"], sent["format"], sent["m.mentions"]) == ("m.text", "org.matrix.custom.html", {})
    assert sent["body"].startswith("“Nightly backup” is DOWN.\nIt reported a failure (exit status 3).")
    assert sent["formatted_body"].startswith(
        "<p><strong>“Nightly backup” is DOWN.</strong><br>It reported a failure (exit status 3).</p>"
        "<p><strong>Description:</strong> Dumps the database.<br>"
    )
    assert sent["formatted_body"].endswith(f'<p><a href="{news().url}">Open the check</a></p>')


def test_a_message_that_is_sent_again_is_one_to_the_server(stage: Make) -> None:
    played = stage("matrix")
    for _ in range(2):
        played.tell(news(id="n-7"))
    first, second = (received.path for received in played.server.received)
    assert (first == second, len(played.messages)) == (True, 1)


def test_markup_in_texts_of_others_is_shown_as_it_is() -> None:
    told = matrix.html(news(check=check(name="<h1>x", desc="@room <a href='x'>\nnext")))
    assert "&lt;\u200bh1&gt;x" in told
    assert "@room &lt;a href=&#x27;x&#x27;&gt;<br>next" in told


@pytest.mark.parametrize(
    ("status", "code", "final"),
    [
        (401, "M_UNKNOWN_TOKEN", True),
        (403, "M_FORBIDDEN", True),
        (404, "M_NOT_FOUND", True),
        (404, "M_UNRECOGNIZED", True),
        (413, "M_TOO_LARGE", True),
        (400, "M_BAD_JSON", False),
        (502, "M_UNKNOWN", False),
    ],
)
def test_a_refusal_means_what_its_code_says(status: int, code: str, final: bool, stage: Make) -> None:
    played = stage("matrix")
    played.answers(answer(status, {"errcode": code, "error": "no"}))
    assert played.refusal(news()).permanent is final


@each(
    ("settings", "field"),
    [
        ({"room": "#ops:example.org"}, "room"),
        ({"room": "!a b"}, "room"),
        ({"room": None}, "room"),
        ({"url": None}, "url"),
        ({"url": "matrix.example.org"}, "url"),
        ({"token": "a b"}, "token"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("matrix", **settings)[0] == f"settings.{field}"
