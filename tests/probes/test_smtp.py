"""Against aiosmtpd."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.probes import smtp
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers import smtp as servers
from tests.probes.servers.scene import HOST, authority, probe

LOG_IN: dict[str, Any] = {"user": servers.USER, "password": servers.PASSWORD}


def test_a_server_that_greets_is_ready() -> None:
    with servers.smtp() as port:
        outcome = probe(smtp, port=port)
    assert (outcome.ok, outcome.text) == (True, "220 ready")
    assert outcome.phases.ssl == 0


def test_starttls_secures_the_log_in() -> None:
    with servers.smtp(starttls=authority().context(HOST), auth=True) as port:
        outcome = probe(smtp, port=port, tls="starttls", **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "235 logged in")
    assert outcome.phases.ssl > 0


def test_tls_from_the_start_secures_the_log_in() -> None:
    with servers.smtp(tls=authority().context(HOST), auth=True) as port:
        outcome = probe(smtp, port=port, tls="tls", **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "235 logged in")


def test_auth_login_is_used_where_plain_is_not_offered() -> None:
    with servers.smtp(auth=True, auth_exclude_mechanism=["PLAIN"]) as port:
        outcome = probe(smtp, port=port, **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "235 logged in")


def test_a_wrong_password_is_told_by_the_code_alone() -> None:
    with servers.smtp(auth=True) as port:
        outcome = probe(smtp, port=port, **LOG_IN | {"password": "wrong"})
    assert (outcome.ok, outcome.text) == (False, "login refused (535)")


def test_a_server_that_offers_no_log_in_is_told() -> None:
    with servers.smtp() as port:
        outcome = probe(smtp, port=port, **LOG_IN)
    assert (outcome.ok, outcome.text) == (False, "AUTH PLAIN and AUTH LOGIN are not offered")


def test_a_server_that_offers_no_tls_is_told_and_no_password_is_sent() -> None:
    with servers.smtp(auth=True) as port:
        outcome = probe(smtp, port=port, tls="starttls", **LOG_IN)
    assert (outcome.ok, outcome.text) == (False, "STARTTLS is not offered")


def test_a_certificate_of_another_host_is_a_failure_unless_asked_otherwise() -> None:
    with servers.smtp(starttls=authority().context("mail.example.org")) as port:
        assert probe(smtp, port=port, tls="starttls").text == "certificate is for another host"
        assert probe(smtp, port=port, tls="starttls", verify=False).ok


def test_a_server_that_serves_nobody_is_told_in_its_words() -> None:
    with speaking(odd.saying(b"554-mail.example.org\r\n554 no service\r\n")) as port:
        outcome = probe(smtp, port=port)
    assert (outcome.ok, outcome.text) == (False, 'expected 220, got "554-mail.example.org"')


@pytest.mark.parametrize("unknown", [b"500 what?", b"501 what?", b"502 no", b"504 no"])
def test_a_server_that_does_not_know_ehlo_is_greeted_in_the_old_way(unknown: bytes) -> None:
    with speaking(odd.saying(b"220 old\r\n", unknown + b"\r\n", b"250 old\r\n")) as port:
        assert probe(smtp, port=port).text == "220 ready"


def test_a_server_that_does_not_know_ehlo_offers_no_tls() -> None:
    with speaking(odd.saying(b"220 old\r\n", b"502 no\r\n", b"250 old\r\n")) as port:
        assert probe(smtp, port=port, tls="starttls").text == "STARTTLS is not offered"


def test_a_refused_ehlo_is_told() -> None:
    with speaking(odd.saying(b"220-a\r\n220-b\r\n220 c\r\n", b"550 go away\r\n")) as port:
        outcome = probe(smtp, port=port)
    assert (outcome.ok, outcome.text) == (False, 'expected 250, got "550 go away"')
