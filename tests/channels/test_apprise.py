"""Apprise: what its library may do, and what it may not."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from apprise.manager_plugins import NotificationManager

from chalicelib.channels import apprise, lending
from chalicelib.channels.apprise_services import REFUSED, SERVICES
from chalicelib.channels.base import Outlet
from chalicelib.channels.sender import Answer
from chalicelib.core.errors import Undelivered
from tests.channels.samples import check, news
from tests.channels.servers import Reply, Server
from tests.channels.stage import Make, wrong

TWILIO = f"twilio://AC{'1' * 32}:{'2' * 32}@+12025550100"


class Sent:
    """A sender that answers as it is told, and keeps what it was asked to send."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers) or [Answer(200, b"{}")]
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    def send(self, method: str, url: str, headers: dict[str, str], body: bytes | None, *, redirects: int) -> Answer:
        assert redirects == 0
        self.requests.append((method, url, headers, body or b""))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def tell(self, url: str, **more: Any) -> None:
        outlet = Outlet(sender=self)  # type: ignore[arg-type]
        apprise.send(apprise.clean({"url": url}), [news(**more)], outlet)

    def refusal(self, url: str) -> Undelivered:
        with pytest.raises(Undelivered) as caught:
            self.tell(url)
        return caught.value


def test_the_table_of_services_is_that_of_the_library() -> None:
    lending.lend()
    plugins = NotificationManager()
    assert {*SERVICES, *REFUSED} == set(plugins.schemas())
    assert not SERVICES & set(REFUSED)
    # Those of which some part is called over HTTP are refused for another reason.
    lent = {scheme for scheme in plugins.schemas() if lending.is_lent(plugins[scheme])}
    assert lent == SERVICES | {"nostr", "vapid", "fcm", "session", "sessions", "sogs"}
    # What else a service needs may be there for the tests, and is not in the package.
    assert [scheme for scheme in SERVICES if plugins[scheme].requirements.get("packages_required")] == []


def test_no_module_of_the_library_has_a_way_around_our_sender() -> None:
    lending.lend()
    of_apprise = {name: module for name, module in sys.modules.items() if name.startswith("apprise.")}
    assert [name for name, module in of_apprise.items() if getattr(module, "requests", None) is requests] == []
    # What else could connect, and the only modules that have it: refused services, and attachments, which are off.
    ways = ("socket", "ssl", "smtplib", "SocketTransport", "urlopen", "HTTPAdapter", "HTTPPolicySession")
    others = {name for name, module in of_apprise.items() if any(getattr(module, way, None) for way in ways)}
    refused = ("aprs", "amqp", "deltachat", "email", "irc", "mqtt", "nostr", "rsyslog", "smpp", "xmpp")
    known = (*(f"apprise.plugins.{name}" for name in refused), "apprise.utils", "apprise.attachment.")
    assert [name for name in others if not name.startswith(known)] == []


def test_outside_of_a_message_nothing_is_sent(server: Server) -> None:
    for call in (lending.Lent.post, lending.Lent.get, lending.Lent.Session().get):
        with pytest.raises(LookupError):
            call(server.url())
    assert server.received == []


def test_making_a_channel_does_not_load_the_library() -> None:
    script = (
        "import sys; from chalicelib.channels import apprise; apprise.clean({'url': 'json://example.org'}); "
        "print([name for name in ('apprise', 'requests') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_without_the_library_a_channel_is_refused_and_one_that_is_there_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = apprise.clean({"url": "json://example.org"})
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert wrong("apprise") == ("kind", apprise.MISSING)
    with pytest.raises(Undelivered) as caught:
        apprise.send(settings, [news()], Outlet())
    assert (caught.value.message, caught.value.permanent) == (apprise.MISSING, False)


def test_addresses_that_cannot_be_are_refused_by_the_name_of_their_service() -> None:
    for url, said in (
        ("irc://irc.example.org/ops", "cannot be used: irc:// is not called over HTTP"),
        ("MQTTS://broker.example.org/ops", "cannot be used: mqtts:// is not called over HTTP"),
        ("mailto://user:pass@example.org", "use the kind email"),
        ("syslog://", "is no address of Apprise"),
        ("syslog://local", "the log of the machine"),
        ("vapid://ops@example.org/all", "reads keys from files"),
        ("https://discord.com/api/webhooks/1/k3y", "names no service of Apprise: https://"),
        ("file:///etc/passwd", "names no service of Apprise: file://"),
        ("nothing://k3y", "names no service of Apprise: nothing://"),
        ("\u2603://k3y", r"names no service of Apprise: \u2603://"),
        ("json", "is no address of Apprise"),
        ("json://", "is no address of Apprise"),
    ):
        field, message = wrong("apprise", url=url)
        assert (field, said in message, "k3y" in message) == ("settings.url", True, False), (url, message)


def test_a_scheme_is_kept_in_small_letters_and_is_all_that_is_shown() -> None:
    cleaned = apprise.clean({"url": " JSON://tocsin:k3y@example.org/Path "})
    assert cleaned == {"url": "json://tocsin:k3y@example.org/Path"}
    assert apprise.public(cleaned) == {"url": "json://•••"}


def test_an_address_that_the_library_cannot_read_is_final() -> None:
    error = Sent().refusal("discord://k3y")
    assert (error.message, error.permanent) == ("Apprise cannot read the address", True)


def test_what_is_told_says_how_bad_it_is(stage: Make) -> None:
    played = stage("apprise")
    for event, kind in (("down", "failure"), ("up", "success"), ("test", "info")):
        played.tell(news(event))
        assert played.document()["type"] == kind


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_whatever_the_address_asks_for(status: int, server: Server, stage: Make) -> None:
    played = stage("apprise")
    played.answers(Reply(status, {"Location": "/there"}), Reply(200))
    for url in (played.settings["url"], f"{played.settings['url']}?redirect=yes"):
        played.answers(Reply(status, {"Location": "/there"}), Reply(200))
        before = len(server.received)
        error = played.refusal(news(), url=url)
        assert (error.message, error.permanent) == (f"answered {status}", False)
        assert len(server.received) == before + 1


def test_a_service_that_would_try_again_by_itself_does_not() -> None:
    sent = Sent(Answer(429, b"{}", {"retry-after": "31"}), Answer(204, b""))
    error = sent.refusal("discord://123456789012345678/k3y-k3y-k3y?retry=5&wait=1")
    assert (error.after, len(sent.requests)) == (31.0, 1)
    sent = Sent(Answer(503, b""), Answer(204, b""))
    assert sent.refusal("json://example.org?retry=5&wait=1").message == "answered 503"
    assert len(sent.requests) == 1


def test_what_the_last_refusal_means_is_told() -> None:
    for answer, said, final in (
        (Answer(410, b"k3y"), "answered 410", True),
        (Answer(403, b"k3y"), "answered 403", False),
        (Answer(500, b"k3y"), "answered 500", False),
    ):
        error = Sent(answer).refusal(TWILIO)
        assert (error.message, error.permanent) == (said, final)


def test_a_success_that_says_a_failure_is_none() -> None:
    error = Sent(Answer(200, b'{"ok": false}')).refusal("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops")
    assert (error.message, error.permanent) == ("the service did not say that it took the message", False)


def test_several_requests_of_one_message_have_keys_that_are_the_same_at_every_attempt() -> None:
    sent = Sent(Answer(201, b"{}"))
    for _ in range(2):
        sent.tell(f"{TWILIO}/+12025550101/+12025550102", id="n-7")
    assert [headers["Idempotency-Key"] for _, _, headers, _ in sent.requests] == ["n-7", "n-7-2"] * 2


def test_a_message_makes_no_request_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter((0.0, 1.0, 31.0))
    monkeypatch.setattr(lending._Message, "now_is", staticmethod(lambda: next(moments)))
    sent = Sent(Answer(201, b"{}"))
    error = sent.refusal(f"{TWILIO}/+12025550101/+12025550102")
    assert (error.message, error.unanswered, len(sent.requests)) == ("not done within 30 seconds", True, 1)


def test_no_file_of_the_machine_is_told_to_anybody(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"text": "k3y-of-the-machine", "@type": "MessageCard", "private_key": "k3y-of-the-machine"}')
    sent = Sent(Answer(200, b"{}"))
    for url in (
        f"discord://123456789012345678/k3y-k3y-k3y?template={secret}",
        f"workflows://example.org/{'a' * 32}/{'b' * 40}?template={secret}",
        f"slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops?template=file://{secret}",
        f"json://example.org?attach={secret}&attach=file://{secret}&template={secret}",
    ):
        try:
            sent.tell(url)
        except Undelivered:
            continue
    assert len(sent.requests) >= 1
    assert "of-the-machine" not in json.dumps([str(one) for one in sent.requests])


def test_what_the_library_raises_says_no_more_than_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> bool:
        raise TypeError("k3y")

    monkeypatch.setattr(lending, "_notify", fail)
    error = Sent().refusal("json://tocsin:k3y@example.org")
    assert (error.message, error.permanent, error.unanswered) == ("Apprise failed (TypeError)", False, True)


def test_a_short_message_fits_what_its_service_takes() -> None:
    sent = Sent(Answer(201, b"{}"))
    sent.tell(f"{TWILIO}/+12025550101", check=check(name="x" * 500, desc="y" * 500))
    assert len(sent.requests) == 1


def test_nothing_of_an_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    Sent(Answer(401, b"k3y")).refusal("json://tocsin:k3y@example.org/k3y")
    Sent().refusal("discord://k3y")
    assert "k3y" not in caplog.text
