"""HTTPS with certificates good and bad, in both engines."""

from __future__ import annotations

import pytest

from chalicelib.probes import http
from chalicelib.probes.base import Outcome, Task
from chalicelib.probes.engine import Prober
from tests.channels.servers import serving, speaking
from tests.probes.authority import Authority
from tests.probes.conftest import HERE, Look, silent

BAD = {
    "certificate expired": {"days": -3},
    "certificate is self-signed": {"self_signed": True},
}


def test_a_certificate_of_a_trusted_authority_is_good(look: Look, authority: Authority) -> None:
    with serving(authority.context("127.0.0.1")) as server:
        outcome = look(server.url("/", "https"))
    assert (outcome.ok, outcome.text, outcome.warning) == (True, "200 OK", False)
    assert outcome.phases.ssl > 0


@pytest.mark.parametrize("told", BAD)
def test_a_bad_certificate_is_refused_in_clear_words(told: str, look: Look, authority: Authority) -> None:
    with serving(authority.context("127.0.0.1", **BAD[told])) as server:  # type: ignore[arg-type]
        outcome = look(server.url("/", "https"))
        assert (outcome.ok, outcome.text) == (False, told)
        assert server.received == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_for_another_host_is_refused(host: str, look: Look, authority: Authority) -> None:
    with serving(authority.context("www.example.org", "127.0.0.9")) as server:
        outcome = look(server.url("/", "https", host))
        assert (outcome.ok, outcome.text) == (False, "certificate is for another host")
        assert server.received == []


@pytest.mark.parametrize("use_curl", [True, False])
def test_an_authority_that_nobody_knows_is_refused(use_curl: bool, authority: Authority) -> None:
    with serving(authority.context("127.0.0.1")) as server:
        task = Task("one", http.clean({"url": server.url("/", "https")}))
        outcome: Outcome = Prober(HERE, use_curl=use_curl).run([task])["one"]
    assert (outcome.ok, outcome.text) == (False, "certificate is signed by an unknown authority")


@pytest.mark.parametrize("told", BAD)
def test_a_bad_certificate_passes_where_nobody_verifies(told: str, look: Look, authority: Authority) -> None:
    with serving(authority.context("www.example.org", **BAD[told])) as server:  # type: ignore[arg-type]
        assert look(server.url("/", "https"), verify=False).text == "200 OK"


@pytest.mark.parametrize(
    ("fail", "warn", "ok", "warning", "text"),
    [
        (None, None, True, False, "200 OK"),
        (10, None, True, False, "200 OK"),
        (11, None, False, False, "certificate ends in 10 days"),
        (None, 10, True, False, "200 OK"),
        (None, 11, True, True, "200 OK, certificate ends in 10 days"),
        (5, 30, True, True, "200 OK, certificate ends in 10 days"),
        (20, 30, False, False, "certificate ends in 10 days"),
    ],
)
def test_the_days_that_a_certificate_has_left(
    fail: int | None, warn: int | None, ok: bool, warning: bool, text: str, look: Look, authority: Authority
) -> None:
    with serving(authority.context("127.0.0.1", days=10.5)) as server:
        outcome = look(server.url("/", "https"), cert_days=fail, cert_warn_days=warn)
    assert (outcome.ok, outcome.warning, outcome.text) == (ok, warning, text)
    assert outcome.details.get("certificate_days") == (None if fail is warn is None else 10)


@pytest.mark.parametrize(
    ("chain", "text"),
    [
        ({"intermediate": 10.5}, "intermediate certificate ends in 10 days"),
        ({"days": 10.5}, "certificate ends in 10 days"),
        ({"more": 3.5}, "200 OK"),
        ({"more": -3.5}, "200 OK"),
    ],
)
@pytest.mark.parametrize("verify", [True, False])
def test_of_a_chain_the_certificate_counts_that_ends_first(
    chain: dict[str, float], text: str, verify: bool, look: Look, authority: Authority
) -> None:
    """But of those alone that are needed: what a server sends beyond that may have ended long ago."""
    with serving(authority.chained("127.0.0.1", **chain)) as server:
        outcome = look(server.url("/", "https"), cert_days=30, verify=verify)
    assert outcome.text == text


def test_the_days_are_seen_each_time_though_nobody_verifies(prober: type[Prober], authority: Authority) -> None:
    engine = prober()
    with serving(authority.context("127.0.0.1", days=-2.5)) as server:
        task = Task("one", http.clean({"url": server.url("/", "https"), "verify": False, "cert_days": 0}))
        outcomes = [engine.run([task])["one"] for _ in range(3)]
    assert [outcome.text for outcome in outcomes] == ["certificate expired 2 days ago"] * 3


def test_a_session_is_not_resumed(prober: type[Prober], authority: Authority) -> None:
    context = authority.context("127.0.0.1")
    engine = prober()
    with serving(context) as server:
        task = Task("one", http.clean({"url": server.url("/", "https")}))
        for _ in range(3):
            assert engine.run([task])["one"].ok
    assert context.session_stats()["hits"] == 0


def test_what_is_no_tls_is_told_as_such(look: Look) -> None:
    with serving() as server:
        outcome = look(server.url("/", "https"))
    assert (outcome.ok, outcome.text) == (False, "TLS handshake failed")


def test_a_handshake_that_nobody_answers_ends_with_the_timeout(look: Look) -> None:
    with speaking(silent) as port:
        outcome = look(f"https://127.0.0.1:{port}/", timeout=0.3)
    assert (outcome.ok, outcome.text) == (False, "no answer within 0.3 s")
    assert outcome.phases.ssl > outcome.phases.connect
