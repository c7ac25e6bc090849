"""Against dnslib's server, and servers that answer as none should."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chalicelib.probes import Outcome, dns, dns_client, dns_messages
from chalicelib.probes.base import Failed
from chalicelib.probes.dns_client import Server
from tests.cases import each
from tests.probes.servers.dns import Zone, name_server
from tests.probes.servers.scene import HOST, free_port, line, probe

Answering = Callable[[bytes], list[bytes]]


@pytest.fixture
def server() -> Iterator[tuple[int, Zone]]:
    with name_server() as running:
        yield running


def ask(port: int, host: str, record: str = "A", seconds: float = 10.0, **definition: Any) -> Outcome:
    return probe(dns, seconds, host=host, record=record, server=HOST, port=port, **definition)


@contextmanager
def answering(answer: Answering) -> Iterator[int]:
    """A UDP server that answers each datagram with what `answer` makes of it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, 0))

        def serve() -> None:
            while True:
                data, sender = sock.recvfrom(65_536)
                if data == b"stop":
                    return
                for reply in answer(data):
                    sock.sendto(reply, sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield sock.getsockname()[1]
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopper:
                stopper.sendto(b"stop", sock.getsockname())
            thread.join()


def reply(query: bytes, flags: int = 0x8180, records: bytes = b"", count: int = 0) -> bytes:
    return query[:2] + flags.to_bytes(2, "big") + b"\0\1" + count.to_bytes(2, "big") + bytes(4) + query[12:] + records


@pytest.mark.parametrize(
    ("host", "record", "text"),
    [
        ("www.example.org", "A", "A 192.0.2.10, 192.0.2.2"),
        ("WWW.Example.ORG.", "A", "A 192.0.2.10, 192.0.2.2"),
        ("www.example.org", "aaaa", "AAAA 2001:db8::1"),
        ("alias.example.org", "CNAME", "CNAME www.example.org"),
        ("alias.example.org", "A", "A 192.0.2.10, 192.0.2.2"),
        ("example.org", "MX", "MX 10 mx1.example.org, 20 mx2.example.org"),
        ("example.org", "NS", "NS ns1.example.org, ns2.example.org"),
        ("example.org", "TXT", "TXT v=spf1 -all"),
        ("example.org", "SOA", "SOA ns1.example.org admin.example.org 2026010100 3600 600 86400 60"),
        ("example.org", "CAA", "CAA 0 issue ca.example.net"),
        ("_sip._tcp.example.org", "SRV", "SRV 1 2 5060 sip.example.org"),
        ("192.0.2.2", "PTR", "PTR www.example.org"),
        ("2.2.0.192.in-addr.arpa", "PTR", "PTR www.example.org"),
    ],
)
def test_records_of_every_type_are_read(server: tuple[int, Zone], host: str, record: str, text: str) -> None:
    outcome = ask(server[0], host, record)
    assert (outcome.ok, outcome.text) == (True, text)


@pytest.mark.parametrize(
    ("host", "record", "expected", "match", "ok"),
    [
        ("www.example.org", "A", ["192.0.2.2"], "contains", True),
        ("www.example.org", "A", ["192.0.2.2"], "exact", False),
        ("www.example.org", "A", ["192.0.2.2", "192.0.2.10"], "exact", True),
        ("www.example.org", "A", ["192.0.2.10", "192.0.2.2"], "exact", True),
        ("www.example.org", "A", ["192.0.2.1"], "contains", False),
        ("www.example.org", "A", "192.0.2.2", "contains", True),
        ("www.example.org", "AAAA", ["2001:0DB8:0::1"], "exact", True),
        ("example.org", "MX", ["mx2.example.org."], "contains", True),
        ("example.org", "MX", ["10 MX1.example.org", "20 mx2.example.org"], "exact", True),
        ("example.org", "MX", ["mx1.example.org", "mx2.example.org"], "exact", False),
        ("example.org", "MX", ["mx.example.org"], "contains", False),
        ("example.org", "TXT", ["v=spf1"], "contains", True),
        ("example.org", "TXT", ["v=spf1"], "exact", False),
        ("example.org", "TXT", ['"v=spf1 -all"'], "exact", True),
        ("example.org", "CAA", ['0 issue "ca.example.net"'], "exact", True),
        ("example.org", "SOA", ["2026010100"], "contains", True),
    ],
)
def test_answers_are_compared(
    server: tuple[int, Zone], host: str, record: str, expected: Any, match: str, ok: bool
) -> None:
    assert ask(server[0], host, record, expected=expected, match=match).ok is ok


def test_another_answer_is_told(server: tuple[int, Zone]) -> None:
    outcome = ask(server[0], "www.example.org", expected=["192.0.2.1"])
    assert outcome.text == "expected 192.0.2.1, got 192.0.2.10, 192.0.2.2"


def test_a_name_that_is_not_there_is_told(server: tuple[int, Zone]) -> None:
    assert ask(server[0], "nothing.example.org").text == "name server answers NXDOMAIN"


def test_a_record_that_is_not_there_is_told(server: tuple[int, Zone]) -> None:
    assert ask(server[0], "www.example.org", "MX").text == "no MX record"


@pytest.mark.parametrize(("code", "word"), [(2, "SERVFAIL"), (5, "REFUSED"), (9, "code 9")])
def test_a_server_that_cannot_is_told(code: int, word: str) -> None:
    with name_server(code) as (port, _):
        assert ask(port, "www.example.org").text == f"name server answers {word}"


def test_an_answer_that_does_not_fit_is_fetched_over_tcp(server: tuple[int, Zone]) -> None:
    port, zone = server
    outcome = ask(port, "large.example.org", expected=[f"192.0.2.{number}" for number in range(20)])
    assert outcome.ok
    assert zone.asked == ["udp", "tcp"]


def test_a_server_that_is_not_there_is_told() -> None:
    outcome = ask(free_port(), "www.example.org")
    assert (outcome.ok, outcome.text) == (False, "connection refused")


def test_a_silent_server_is_given_up_in_time() -> None:
    with answering(lambda query: []) as port:
        outcome = ask(port, "www.example.org", seconds=0.05)
    assert (outcome.ok, outcome.text) == (False, "no answer within 0.05 s")


def test_a_lost_datagram_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_client, "_PATIENCE", (0.02, 60.0))
    asked: list[bytes] = []

    def answer(query: bytes) -> list[bytes]:
        asked.append(query)
        return [reply(query, 0x8183)] if len(asked) > 1 else []

    with answering(answer) as port:
        outcome = ask(port, "www.example.org")
    assert outcome.text == "name server answers NXDOMAIN"
    assert asked == [asked[0]] * 2


def test_a_forbidden_server_is_not_asked() -> None:
    asked: list[bytes] = []

    def answer(query: bytes) -> list[bytes]:
        asked.append(query)
        return []

    with answering(answer) as port:
        definition = dns.clean({"host": "www.example.org", "server": "localhost", "port": port})
        with pytest.raises(Failed, match="address not allowed"):
            dns.run(definition, line(0.2, allowed=()))
    assert asked == []


@each(
    "forged",
    [
        lambda query: bytes([query[0] ^ 1]) + reply(query)[1:],
        lambda query: reply(query).replace(b"www", b"xxx"),
        lambda query: reply(query)[:-4] + b"\0\x1c\0\1",
        lambda query: query,
        lambda query: reply(query)[:20],
        lambda query: b"",
        lambda query: b"\xff" * 600,
    ],
)
def test_what_answers_another_question_is_passed_over(forged: Callable[[bytes], bytes]) -> None:
    address = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\7"
    with answering(lambda query: [forged(query), reply(query, records=address, count=1)]) as port:
        assert ask(port, "www.example.org").text == "A 192.0.2.7"


def test_a_server_that_only_sends_rubbish_is_given_up() -> None:
    with answering(lambda query: [b"\xff" * 100] * 150) as port:
        assert ask(port, "www.example.org").text == "no answer to the question"


HEAD = b"\0\1\0\1\0\0\0\x3c"


@each(
    "records",
    [
        b"\xc0\x0c" + HEAD + b"\0\4\xc0",
        b"\xc0\x0c" + HEAD + b"\0\5\xc0\0\2\7\7",
        b"\xc0\x0c" + HEAD,
        b"\xc0\xff" + HEAD + b"\0\4\xc0\0\2\7",
        b"\xc0\x21" + HEAD + b"\0\4\xc0\0\2\7",
        b"\x41x" + HEAD + b"\0\4\xc0\0\2\7",
        (b"\x3f" + b"x" * 63) * 4 + b"\0" + HEAD + b"\0\4\xc0\0\2\7",
        b"",
    ],
)
def test_a_broken_answer_is_a_failure(records: bytes) -> None:
    with answering(lambda query: [reply(query, records=records, count=1)]) as port:
        outcome = ask(port, "www.example.org")
    assert not outcome.ok
    assert outcome.text.startswith("answer ")


def test_a_ring_of_pointers_is_found_out() -> None:
    asked = dns_messages.query(1, "a.org", "NS")
    # The name begins with a label and goes on where it began.
    ring = b"\1x\xc0" + bytes([len(asked)])
    with pytest.raises(ValueError, match="does not lead back"):
        dns_messages.answer(reply(asked, records=ring + b"\0\2\0\1\0\0\0\x3c\0\2" + ring, count=1), asked)


def test_words_in_an_answer_are_made_harmless() -> None:
    text = b"\x0a\x1b[2J\r\nhi\xff\0"
    record = b"\xc0\x0c\0\x10\0\1\0\0\0\x3c" + (len(text)).to_bytes(2, "big") + text
    with answering(lambda query: [reply(query, records=record, count=1)]) as port:
        outcome = ask(port, "www.example.org", "TXT")
    assert outcome.ok
    assert outcome.text.isprintable()


def test_a_query_has_an_id_that_nobody_can_guess() -> None:
    asked: list[bytes] = []

    def answer(query: bytes) -> list[bytes]:
        asked.append(query)
        return [reply(query, 0x8183)]

    with answering(answer) as port:
        for _ in range(8):
            ask(port, "www.example.org")
    assert len({query[:2] for query in asked}) > 1


def test_without_a_server_this_machines_own_is_asked_past_the_guard(server: tuple[int, Zone]) -> None:
    definition = dns.clean({"host": "large.example.org"})
    own = Server(HOST, server[0], own=True)
    outcome = dns.run(definition, line(allowed=()), number=lambda: 7, system=lambda: [own])
    assert outcome.ok
    assert server[1].asked == ["udp", "tcp"]


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("# x\nsearch example.org\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n", ["192.0.2.53", "192.0.2.54"]),
        ("nameserver 2001:db8::53 # ours", ["2001:db8::53"]),
        ("nameserver a\nnameserver b\nnameserver c\nnameserver d\n", ["a", "b", "c"]),
        ("nameserver\n", ["127.0.0.1"]),
        ("", ["127.0.0.1"]),
    ],
)
def test_this_machines_own_servers_are_those_of_its_settings(tmp_path: Path, text: str, hosts: list[str]) -> None:
    path = tmp_path / "resolv.conf"
    path.write_text(text)
    assert dns_client.system_servers(path) == [Server(host, 53, own=True) for host in hosts]


def asked_of(*servers: int, seconds: float = 10.0) -> str:
    """What is found by asking the machine's own servers at these ports."""
    own = [Server(HOST, port, own=True) for port in servers]
    definition = dns.clean({"host": "www.example.org"})
    session = line(seconds, allowed=())
    try:
        return dns.run(definition, session, system=lambda: own).text
    except Failed as failed:
        return failed.text
    except OSError as error:
        return type(error).__name__


def test_a_server_that_is_silent_or_fails_gives_way_to_the_next(
    server: tuple[int, Zone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_client, "_PATIENCE", (0.05, 60.0))
    good, gone = server[0], free_port()
    with answering(lambda _: []) as silent, answering(lambda query: [reply(query, 0x8182)]) as failing:
        for others in ((silent,), (failing,), (gone,), (silent, failing, gone)):
            assert asked_of(*others, good) == "A 192.0.2.10, 192.0.2.2"
        assert asked_of(failing, failing) == "name server answers SERVFAIL"
        assert asked_of(gone, gone) == "ConnectionRefusedError"
        assert asked_of(silent, gone, seconds=0.3) == "TimeoutError"
        assert asked_of(failing, silent, seconds=0.3) == "name server answers SERVFAIL"


def test_without_settings_this_machine_itself_is_asked(tmp_path: Path) -> None:
    assert dns_client.system_servers(tmp_path / "none") == [Server("127.0.0.1", 53, own=True)]
