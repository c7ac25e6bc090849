"""Against pyftpdlib."""

from __future__ import annotations

from typing import Any

from chalicelib.probes import ftp
from tests.channels.servers import speaking
from tests.probes.servers import ftp as servers
from tests.probes.servers import odd
from tests.probes.servers.scene import HOST, authority, probe

LOG_IN: dict[str, Any] = {"user": servers.USER, "password": servers.PASSWORD}


def test_a_server_that_greets_is_ready() -> None:
    with servers.ftp() as port:
        outcome = probe(ftp, port=port)
    assert (outcome.ok, outcome.text) == (True, "220 ready")


def test_a_log_in_that_is_asked_for_is_made() -> None:
    with servers.ftp() as port:
        outcome = probe(ftp, port=port, **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "230 logged in")


def test_auth_tls_secures_the_log_in() -> None:
    with servers.ftp(certificate=authority().file(HOST), tls_control_required=True) as port:
        assert probe(ftp, port=port, **LOG_IN).text == "login refused (550)"
        outcome = probe(ftp, port=port, tls="starttls", **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "230 logged in")
    assert outcome.phases.ssl > 0


def test_tls_from_the_start_secures_the_log_in() -> None:
    with servers.ftp(certificate=authority().file(HOST), implicit=True) as port:
        outcome = probe(ftp, port=port, tls="tls", **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "230 logged in")


def test_a_wrong_password_is_told() -> None:
    with servers.ftp() as port:
        outcome = probe(ftp, port=port, **LOG_IN | {"password": "wrong"})
    assert (outcome.ok, outcome.text) == (False, "login refused (530)")


def test_a_server_without_tls_is_told_and_no_password_is_sent() -> None:
    with servers.ftp() as port:
        outcome = probe(ftp, port=port, tls="starttls", **LOG_IN)
    assert not outcome.ok
    assert outcome.text.startswith('expected 234, got "500 ')


def test_a_greeting_of_many_lines_is_one_greeting() -> None:
    with speaking(odd.saying(b"220-Welcome\r\n  230 is not meant here\r\n220 ready\r\n", b"230 in\r\n")) as port:
        outcome = probe(ftp, port=port, **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "230 logged in")


def test_a_server_that_will_be_ready_soon_is_waited_for() -> None:
    with speaking(odd.saying(b"120 ready in a minute\r\n220 ready\r\n")) as port:
        assert probe(ftp, port=port).text == "220 ready"
    with speaking(odd.saying(b"120 ready in a minute\r\n421 too many\r\n")) as port:
        assert probe(ftp, port=port).text == 'expected 220, got "421 too many"'


def test_a_server_that_is_full_is_told_in_its_words() -> None:
    with speaking(odd.saying(b"421 Too many users\r\n")) as port:
        outcome = probe(ftp, port=port)
    assert (outcome.ok, outcome.text) == (False, 'expected 220, got "421 Too many users"')
