from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.probes import Outcome, tls
from tests.cases import each
from tests.channels.servers import serving, speaking
from tests.probes.servers import odd
from tests.probes.servers.scene import authority, line, probe, run


def look(*names: str, days: float = 57, self_signed: bool = False, **definition: Any) -> Outcome:
    context = authority().context(*(names or ("127.0.0.1",)), days=days, self_signed=self_signed)
    with serving(context) as server:
        return probe(tls, port=server.port, **definition)


def test_a_good_certificate_tells_how_many_days_are_left() -> None:
    outcome = look()
    assert (outcome.ok, outcome.warning, outcome.text) == (True, False, "certificate ends in 57 days")
    assert outcome.details == {"days": 57}
    assert outcome.phases.ssl > 0


@each(
    ("limits", "ok", "warning"),
    [
        ({"cert_days": 57}, True, False),
        ({"cert_days": 58}, False, False),
        ({"cert_days": 14, "cert_warn_days": 58}, True, True),
        ({"cert_warn_days": 57}, True, False),
        ({"cert_days": 60, "cert_warn_days": 90}, False, False),
    ],
)
def test_few_days_left_are_a_warning_or_a_failure(limits: dict[str, Any], ok: bool, warning: bool) -> None:
    outcome = look(**limits)
    assert (outcome.ok, outcome.warning) == (ok, warning)
    assert outcome.text == "certificate ends in 57 days"


def test_an_intermediate_certificate_that_ends_first_is_the_news() -> None:
    with serving(authority().chained("127.0.0.1", intermediate=9)) as server:
        outcome = probe(tls, port=server.port, cert_days=14)
    assert (outcome.ok, outcome.text) == (False, "intermediate certificate ends in 9 days")


def test_an_ended_certificate_is_a_failure() -> None:
    outcome = look(days=-3)
    assert (outcome.ok, outcome.text) == (False, "certificate expired")


@pytest.mark.parametrize(("days", "since"), [(-3, "3 days"), (-0.25, "less than a day")])
def test_an_ended_certificate_is_a_failure_even_where_nobody_vouches_for_it(days: float, since: str) -> None:
    outcome = look(days=days, verify=False)
    assert (outcome.ok, outcome.text) == (False, f"certificate expired {since} ago")


def test_a_certificate_that_nobody_vouches_for_is_a_failure_unless_asked_otherwise() -> None:
    assert look(self_signed=True).text == "certificate is self-signed"
    assert look(self_signed=True, verify=False).ok


def test_a_certificate_of_another_host_is_a_failure_unless_that_is_the_name_expected() -> None:
    assert look("www.example.org").text == "certificate is for another host"
    assert look("www.example.org", server_name="www.example.org").ok


def test_the_days_are_counted_from_the_date_of_the_probe() -> None:
    with serving(authority().context("127.0.0.1", days=57)) as server:
        later = line(now=lambda: authority().now + timedelta(days=50, hours=1))
        outcome = run(tls, later, port=server.port)
    assert outcome.text == "certificate ends in 6 days"


def test_a_server_without_tls_is_a_failure() -> None:
    with speaking(odd.saying(b"220 mail.example.org\r\n")) as port:
        outcome = probe(tls, port=port)
    assert (outcome.ok, outcome.text) == (False, "TLS handshake failed")
