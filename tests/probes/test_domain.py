"""Against an HTTP server that has RDAP documents, in the forms of RFC 9083 and RFC 9224."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.probes import Outcome, domain, failures, rdap
from tests.channels.servers import HERE, Doorbell, Reply, Server, serving
from tests.probes.servers.scene import HOST, authority, line, probe


def document(days: float = 57, **more: Any) -> dict[str, Any]:
    ends = (authority().now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    events = [
        {"eventAction": "registration", "eventDate": "1995-08-14T04:00:00Z"},
        {"eventAction": "expiration", "eventDate": ends},
    ]
    return {"objectClassName": "domain", "ldhName": "example.org", "events": events} | more


def as_json(body: Any, status: int = 200) -> Reply:
    return Reply(status, {"Content-Type": "application/rdap+json"}, json.dumps(body).encode())


@pytest.fixture
def server() -> Iterator[Server]:
    rdap.forget()
    with serving() as running:
        running.answer(as_json(document()))
        yield running
    rdap.forget()


def look(server: Server, name: str = "example.org", **definition: Any) -> Outcome:
    return probe(domain, domain=name, server=server.url("/rdap/"), **definition)


def look_listed(server: Server, name: str = "example.org", allowed: tuple[str, ...] = HERE) -> Outcome:
    """Asks the server that the list at the same server names."""

    class Listed:
        name = domain.name
        Definition = domain.Definition
        clean = staticmethod(domain.clean)

        @staticmethod
        def run(definition: domain.Definition, over: Any) -> Outcome:
            return domain.run(definition, over, listed_at=server.url("/dns.json"))

    return failures.attempt(Listed(), domain.clean({"domain": name}), line(allowed=allowed))


def services(*pairs: tuple[list[str], list[str]]) -> Reply:
    return as_json({"version": "1.0", "services": [list(pair) for pair in pairs]})


def test_a_domain_that_lasts_is_good(server: Server) -> None:
    outcome = look(server)
    assert (outcome.ok, outcome.warning, outcome.text) == (True, False, "domain ends in 57 days")
    assert outcome.details == {"days": 57}
    assert server.received[0].path == "/rdap/domain/example.org"
    assert server.received[0].headers["Accept"] == "application/rdap+json, application/json"


@pytest.mark.parametrize(
    ("limits", "ok", "warning"),
    [
        ({"days": 57}, True, False),
        ({"days": 58}, False, False),
        ({"days": 14, "warn_days": 58}, True, True),
        ({"days": 60, "warn_days": 90}, False, False),
    ],
)
def test_few_days_left_are_a_warning_or_a_failure(
    server: Server, limits: dict[str, Any], ok: bool, warning: bool
) -> None:
    outcome = look(server, **limits)
    assert (outcome.ok, outcome.warning) == (ok, warning)


@pytest.mark.parametrize(("days", "since"), [(-3, "3 days"), (-1.5, "1 day"), (-0.25, "less than a day")])
def test_an_ended_domain_is_a_failure(server: Server, days: float, since: str) -> None:
    server.answer(as_json(document(days=days)))
    outcome = look(server, days=0)
    assert (outcome.ok, outcome.text) == (False, f"domain expired {since} ago")


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (404, "domain is not registered"),
        (429, "RDAP server answers 429"),
        (500, "RDAP server answers 500"),
    ],
)
def test_a_refusal_is_told(server: Server, status: int, text: str) -> None:
    server.answer(as_json({"errorCode": status}, status))
    outcome = look(server)
    assert (outcome.ok, outcome.text) == (False, text)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe rubbish",
        b"[]",
        b"[" * 100_000,
        b'{"events": [{"eventAction": "expiration"}]}',
        b'{"events": [{"eventAction": "expiration", "eventDate": "soon"}]}',
        b'{"events": [{"eventAction": "expiration", "eventDate": 7}]}',
        b'{"events": [{"eventAction": "expiration", "eventDate": "0001-01-01T00:00:00+23:00"}]}',
        b'{"events": "' + b"x" * 1_100_000 + b'"}',
    ],
    ids=["empty", "binary", "list", "deep", "no date", "words", "number", "before time", "too long"],
)
def test_an_answer_that_cannot_be_read_is_a_failure(server: Server, body: bytes) -> None:
    server.answer(Reply(200, {}, body))
    outcome = look(server)
    assert (outcome.ok, outcome.text) == (False, "RDAP answer cannot be read")


@pytest.mark.parametrize("events", [None, [], {}, ["x", 7, {}], [{"eventAction": "registration"}]])
def test_a_registry_that_does_not_tell_is_a_failure(server: Server, events: Any) -> None:
    server.answer(as_json(document(events=events)))
    assert look(server).text == "registry does not tell when the domain expires"


@pytest.mark.parametrize("date", ["2099-01-01T00:00:00.000Z", "2099-01-01T00:00:00+02:00", "2099-01-01T00:00:00"])
def test_dates_are_read_in_all_their_forms(server: Server, date: str) -> None:
    server.answer(as_json({"events": [{"eventAction": "expiration", "eventDate": date}]}))
    assert look(server).ok


def test_a_registry_that_has_moved_is_followed(server: Server) -> None:
    server.answer(Reply(302, {"Location": "/elsewhere/domain/example.org"}), as_json(document()))
    assert look(server).ok
    assert server.received[1].path == "/elsewhere/domain/example.org"


def test_a_forbidden_address_is_not_reached_by_a_redirect(server: Server, doorbell: Doorbell) -> None:
    server.answer(Reply(302, {"Location": f"http://127.0.0.2:{doorbell.port}/"}))
    assert look(server).text == "address not allowed"
    assert doorbell.rings() == 0


def test_the_registrys_server_is_found_in_the_list(server: Server) -> None:
    listed = services(
        (["com"], ["https://rdap.example.com/"]),
        (["ORG", "net"], ["ftp://rdap.example.org/", server.url("/org/")]),
    )
    server.answer(listed, as_json(document()))
    assert look_listed(server).text == "domain ends in 57 days"
    assert [received.path for received in server.received] == ["/dns.json", "/org/domain/example.org"]


def test_the_longest_ending_in_the_list_counts(server: Server) -> None:
    listed = services((["uk"], [server.url("/uk/")]), (["co.uk"], [server.url("/co-uk/")]))
    server.answer(listed, as_json(document()))
    assert look_listed(server, "example.co.uk").ok
    assert server.received[1].path == "/co-uk/domain/example.co.uk"


def test_the_list_is_asked_for_once_a_day(server: Server) -> None:
    server.answer(services((["org"], [server.url()])), as_json(document()))
    assert look_listed(server).ok
    assert look_listed(server).ok
    assert [received.path for received in server.received].count("/dns.json") == 1


def test_a_domain_whose_registry_has_no_server_is_told(server: Server) -> None:
    server.answer(services((["com"], ["https://rdap.example.com/"])))
    assert look_listed(server).text == "no RDAP server is listed for the domain"


@pytest.mark.parametrize("listed", [{}, {"services": 7}, {"services": [[], [["org"]], [["org"], [7]], 7]}])
def test_a_list_that_cannot_be_read_is_a_failure(server: Server, listed: Any) -> None:
    server.answer(as_json(listed))
    assert look_listed(server).text == "RDAP answer cannot be read"


def test_a_list_that_is_not_there_says_nothing_about_the_domain(server: Server) -> None:
    server.answer(Reply(404))
    assert look_listed(server).text == "RDAP server answers 404"


def test_the_list_is_behind_the_guard_too(server: Server) -> None:
    assert look_listed(server, allowed=()).text == "address not allowed"
    assert server.received == []


def test_over_https_the_certificate_is_looked_at() -> None:
    with serving(authority().context(HOST)) as server:
        server.answer(as_json(document()))
        outcome = probe(domain, domain="example.org", server=server.url("/", "https"))
        assert (outcome.ok, outcome.text) == (True, "domain ends in 57 days")
        assert outcome.phases.ssl > 0
    with serving(authority().context("www.example.org")) as server:
        outcome = probe(domain, domain="example.org", server=server.url("/", "https"))
        assert outcome.text == "certificate is for another host"
