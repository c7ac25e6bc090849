"""infra.local.outbox and infra.local.pages: every message sent, for people and for scripts."""

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from html.parser import HTMLParser
from typing import Any

import boto3
import pytest

from infra.local.outbox import KEPT, Outbox, Sent
from infra.local.pages import Pages
from infra.local.wsgi import Answer

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
EVIL = '<script>alert("1")</script>'


class Told(list[Sent]):
    """Everything that the outbox tells of, in order."""


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def outbox(aws: None, told: Told) -> Iterator[Outbox]:
    found = Outbox(told.append)
    found.clock = lambda: NOON
    boto3.client("ses").verify_email_identity(EmailAddress="alerts@localhost")
    yield found


def mail(
    subject: str, text: str = "text", html: str = "<p>html</p>", to: tuple[str, ...] = ("me@example.org",)
) -> None:
    message = MIMEMultipart("alternative")
    message["Subject"], message["From"], message["To"] = subject, "alerts@localhost", ", ".join(to)
    message.attach(MIMEText(text, "plain", "utf-8"))
    message.attach(MIMEText(html, "html", "utf-8"))
    boto3.client("sesv2").send_email(
        FromEmailAddress="alerts@localhost",
        Destination={"ToAddresses": list(to)},
        Content={"Raw": {"Data": message.as_bytes()}},
    )


def get(
    outbox: Outbox, path: str, method: str = "GET", body: bytes = b"", start: dict[str, Any] | None = None
) -> Answer | None:
    about = {"REQUEST_METHOD": method, "REQUEST_URI": path, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": len(body)}
    return Pages(outbox, start).handle(about)


def page(outbox: Outbox, path: str = "/outbox") -> str:
    answer = get(outbox, path)
    assert answer is not None and answer.status == 200
    return answer.body.decode()


def listed(outbox: Outbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(page(outbox, "/outbox.json"))
    return found


class Frames(HTMLParser):
    """The attributes of the frames of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.found.append(dict(attrs))


def test_a_mail_is_there_with_its_text_and_its_html(outbox: Outbox) -> None:
    mail("DOWN | Čeks", "teksts ✓", "<p>ē</p>", ("a@example.org", "b@example.org"))
    outbox.collect()

    assert listed(outbox) == [
        {
            "kind": "email",
            "to": "a@example.org, b@example.org",
            "subject": "DOWN | Čeks",
            "text": "teksts ✓",
            "html": "<p>ē</p>",
            "at": "2026-11-21T12:00:00+00:00",
        }
    ]


def test_texts_and_topics_are_there_too_newest_first(outbox: Outbox) -> None:
    sns = boto3.client("sns")
    topic = sns.create_topic(Name="incidents")["TopicArn"]
    sns.publish(PhoneNumber="+37120000000", Message="is DOWN")
    outbox.collect()
    sns.publish(TopicArn=topic, Subject="DOWN", Message='{"a": 1}')
    outbox.collect()

    found = [(sent["kind"], sent["to"], sent["subject"], sent["text"]) for sent in listed(outbox)]

    assert found == [("sns", topic, "DOWN", '{"a": 1}'), ("sms", "+37120000000", "", "is DOWN")]


def test_a_message_is_taken_in_and_told_of_once(outbox: Outbox, told: Told) -> None:
    mail("one")
    outbox.collect()
    outbox.collect()
    mail("two")
    outbox.collect()

    assert [sent.title for sent in told] == ["one", "two"]
    assert [sent.number for sent in told] == [1, 2]


def test_messages_of_another_time_stand_in_their_place(outbox: Outbox) -> None:
    for hour in (9, 7, 8):
        outbox.clock = lambda hour=hour: NOON.replace(hour=hour)  # type: ignore[misc]
        outbox.add("webhook", "/x", str(hour), "")

    assert [sent.subject for sent in outbox.newest_first()] == ["9", "8", "7"]


def test_the_oldest_are_forgotten_in_the_end(outbox: Outbox) -> None:
    for number in range(KEPT + 5):
        outbox.add("webhook", "/x", str(number), "")

    assert len(outbox.newest_first()) == KEPT
    assert outbox.get(5) is None


def test_an_empty_outbox_says_so(outbox: Outbox) -> None:
    assert "Nothing has been sent yet" in page(outbox)
    assert listed(outbox) == []


def test_the_page_opens_the_newest_and_lists_all(outbox: Outbox) -> None:
    outbox.add("webhook", "/a", "first", "1")
    outbox.add("webhook", "/b", "second", "2")

    assert re.findall(r"<strong>(.*?)</strong>", page(outbox)) == ["second", "first"]
    assert "<h1>second</h1>" in page(outbox)
    assert "<h1>first</h1>" in page(outbox, "/outbox/1")


def test_a_message_that_is_not_there_is_not_found(outbox: Outbox) -> None:
    answer = get(outbox, "/outbox/7")

    assert answer is not None and answer.status == 404


def test_everything_on_the_page_is_escaped(outbox: Outbox) -> None:
    mail(EVIL, EVIL, EVIL, ("me@example.org",))
    outbox.collect()
    outbox.add("sms", EVIL, "", EVIL)
    outbox.add("sns", EVIL, EVIL, json.dumps({EVIL: EVIL}))

    assert [path for path in ("/outbox/1", "/outbox/2", "/outbox/3") if "<script>" in page(outbox, path)] == []


def test_a_mail_is_shown_in_a_frame_that_may_do_nothing(outbox: Outbox) -> None:
    html = f"<html><head><title>x</title></head><body>{EVIL}&amp;</body></html>"
    mail("x", "text", html)
    outbox.collect()

    (frame,) = Frames(page(outbox)).found

    assert frame["srcdoc"] == html.replace("<head>", '<head><base target="_blank">')
    assert set(str(frame["sandbox"]).split()) == {"allow-popups", "allow-popups-to-escape-sandbox"}


def test_the_page_forbids_scripts_other_than_its_own(outbox: Outbox) -> None:
    answer = get(outbox, "/outbox")

    assert answer is not None
    policy = dict(answer.headers)["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy


def test_a_document_is_shown_with_its_structure(outbox: Outbox) -> None:
    outbox.add("sns", "arn", "s", '{"a":{"b":1}}')

    assert "{\n  &#34;a&#34;: {\n    &#34;b&#34;: 1" in page(outbox)


@pytest.mark.parametrize("path", ["/outbox/page.css", "/outbox/page.js"])
def test_the_page_finds_its_files(outbox: Outbox, path: str) -> None:
    assert f'="{path}"' in page(outbox)
    assert page(outbox, path)


def test_a_script_can_ask_whether_there_is_something_new(outbox: Outbox) -> None:
    before = page(outbox, "/outbox/latest")
    outbox.add("webhook", "/x", "x", "")

    assert (before, page(outbox, "/outbox/latest")) == ("0", "1")


def test_webhooks_can_be_sent_to_the_outbox_itself(outbox: Outbox) -> None:
    answer = get(outbox, "/outbox/webhook/board?x=1", "PUT", b"caf\xe9")

    assert answer is not None and answer.status == 200
    (sent,) = outbox.newest_first()
    assert (sent.kind, sent.to, sent.subject) == ("webhook", "/outbox/webhook/board?x=1", "PUT /outbox/webhook/board")
    assert sent.text == "caf\ufffd"


def test_pages_are_only_read(outbox: Outbox) -> None:
    answers = [get(outbox, path, "POST") for path in ("/outbox", "/outbox.json", "/outbox/page.css")]

    assert [answer.status for answer in answers if answer] == [405, 405, 405]


@pytest.mark.parametrize("path", ["/", "/api/v1/checks", "/outboxes", "/outbox/x", "/outbox/webhooks"])
def test_other_paths_are_left_to_the_app(outbox: Outbox, path: str) -> None:
    assert get(outbox, path) is None


def test_the_start_page_tells_where_to_begin_without_a_whole_key(outbox: Outbox) -> None:
    from infra.local import keys

    project = {
        "name": "<Main>",
        "api_key": "hcw_" + "a" * 28,
        "api_key_readonly": "hcr_" + "b" * 28,
        "ping_key": "c" * 22,
    }
    found = {"base_url": "http://127.0.0.1:8000", "projects": [project]}
    answer = get(outbox, "/", start=keys.start_page(found, ["sweep_due: rate(1 minute)"]))

    assert answer is not None
    shown = answer.body.decode()
    assert "&lt;Main&gt;" in shown and "hcw_aaaa…" in shown and "rate(1 minute)" in shown
    assert not [key for key in project.values() if key.startswith(("hc", "c")) and key in shown]
