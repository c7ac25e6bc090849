"""HTTP probes against a real server, with both engines: what is sent, and how the answer is judged."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import zlib
from typing import Any

import pytest

from tests.channels.servers import Reply, Server, speaking
from tests.probes.conftest import Look


def test_a_good_answer_is_good(look: Look, server: Server) -> None:
    server.answer(Reply(200, body=b"x" * 1_024))
    outcome = look(server.url("/health?full=1"))
    assert (outcome.ok, outcome.text, outcome.size, outcome.warning) == (True, "200 OK", 1_024, False)
    assert outcome.details == {"status": 200}
    assert [received.path for received in server.received] == ["/health?full=1"]


def test_both_engines_send_the_same_request(look: Look, server: Server) -> None:
    look(server.url())
    assert server.received[0].headers == {
        "Host": f"127.0.0.1:{server.port}",
        "User-Agent": "Tocsin/1 (uptime probe)",
        "Accept": "*/*",
    }


def test_verb_headers_body_and_credentials_are_sent(look: Look, server: Server) -> None:
    headers = {"X-Key": "abc", "user-agent": "Mine", "X-Empty": "", "Host": "www.example.org"}
    look(server.url("/form"), method="PUT", headers=headers, body="a=ä", user="me", password="p:w")
    (received,) = server.received
    assert (received.method, received.path, received.body) == ("PUT", "/form", "a=ä".encode())
    sent = {name.lower(): value for name, value in received.headers.items()}
    assert sent == {
        "host": "www.example.org",
        "accept": "*/*",
        "user-agent": "Mine",
        "x-key": "abc",
        "x-empty": "",
        "authorization": "Basic bWU6cDp3",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": "4",
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_verb_is_sent_as_it_is_called(method: str, look: Look, server: Server) -> None:
    assert look(server.url(), method=method).ok
    assert [received.method for received in server.received] == [method]


def test_a_body_is_sent_in_the_charset_that_it_names(look: Look, server: Server) -> None:
    types = {"Content-Type": "text/plain; charset=ISO-8859-15"}
    look(server.url(), method="POST", body="5 \u20ac", headers=types)
    look(server.url(), method="POST", body="5 \u20ac")
    assert [one.body for one in server.received] == [b"5 \xa4", "5 \u20ac".encode()]


@pytest.mark.parametrize("before", [b"100 Continue", b"102 Processing", b"103 Early Hints"])
def test_what_comes_before_the_answer_is_not_the_answer(before: bytes, look: Look) -> None:
    def speak(connection: socket.socket) -> None:
        connection.recv(65_536)
        ahead = b"HTTP/1.1 " + before + b"\r\nLink: </style.css>; rel=preload\r\nLocation: /nowhere\r\n\r\n"
        connection.sendall(ahead + ahead + b"HTTP/1.1 302 Found\r\nContent-Length: 4\r\n\r\nwell")

    with speaking(speak) as port:
        assert look(f"http://127.0.0.1:{port}/", keyword="well").text == "302 Found"


def test_an_answer_may_have_hundreds_of_headers(look: Look) -> None:
    def speak(connection: socket.socket) -> None:
        connection.recv(65_536)
        many = b"".join(b"X-%d: a\r\n" % number for number in range(500))
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + many + b"Content-Length: 4\r\n\r\nwell")

    with speaking(speak) as port:
        assert look(f"http://127.0.0.1:{port}/", keyword="well").text == "200 OK"


def test_a_get_may_have_a_body(look: Look, server: Server) -> None:
    look(server.url(), body="{}", headers={"Content-Type": "application/json"})
    received = server.received[0]
    assert (received.method, received.body, received.headers["Content-Type"]) == ("GET", b"{}", "application/json")


def test_a_path_is_sent_as_it_stands_with_odd_characters_escaped(look: Look, server: Server) -> None:
    look(server.url("/a/../b/%7Eü?q=ä|b#part"))
    assert server.received[0].path == "/a/../b/%7E%C3%BC?q=%C3%A4%7Cb"


@pytest.mark.parametrize(
    ("status", "expected", "ok"),
    [
        (200, "200-399", True),
        (304, "200-399", True),
        (400, "200-399", False),
        (503, "200-399", False),
        (401, "200-299,401", True),
        (403, "200-299,401", False),
        (200, "204", False),
        (999, "999", True),
    ],
)
def test_the_status_must_be_an_expected_one(status: int, expected: str, ok: bool, look: Look, server: Server) -> None:
    server.answer(Reply(status))
    outcome = look(server.url(), expect_codes=expected)
    assert outcome.ok is ok
    assert outcome.text.startswith(str(status))


def test_the_words_for_a_status_are_the_standards_not_the_servers(look: Look, server: Server) -> None:
    server.answer(Reply(503))
    assert look(server.url()).text == "503 Service Unavailable"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"keyword": "all is well"}, "200 OK"),
        ({"keyword": "all is lost"}, "key phrase is missing"),
        ({"not_keyword": "error"}, "200 OK"),
        ({"not_keyword": "is well"}, "forbidden phrase is there"),
        ({"min_size": 17}, "200 OK"),
        ({"min_size": 18}, "answer is smaller than 18 bytes"),
        ({"max_size": 17}, "200 OK"),
        ({"max_size": 16}, "answer is larger than 16 bytes"),
        ({"digest": hashlib.sha256(b"Here all is well.").hexdigest()}, "200 OK"),
        ({"digest": hashlib.sha1(b"Here all is well.").hexdigest()}, "200 OK"),
        ({"digest": "0" * 40}, "digest of the answer is another"),
        ({"json": [{"path": "a"}]}, "answer is not JSON"),
    ],
    ids=str,
)
def test_the_body_is_held_against_what_was_asked(asked: dict[str, Any], told: str, look: Look, server: Server) -> None:
    server.answer(Reply(body=b"Here all is well."))
    outcome = look(server.url(), **asked)
    assert (outcome.ok, outcome.text, outcome.size) == (told == "200 OK", told, 17)


def test_json_is_judged(look: Look, server: Server) -> None:
    server.answer(Reply(body=json.dumps({"state": "ok", "queue": {"sizes": [3, 7]}}).encode()))
    good = [{"path": "state", "value": "ok"}, {"path": "queue.sizes[1]", "op": "lt", "value": 10}]
    assert look(server.url(), json=good).ok
    bad = look(server.url(), json=[*good, {"path": "queue.sizes[-1]", "op": "gt", "value": 7}])
    assert (bad.ok, bad.text) == (False, "JSON: queue.sizes[-1] is not as expected (gt)")


def test_a_phrase_is_found_in_the_encoding_of_the_page(look: Look, server: Server) -> None:
    server.answer(Reply(headers={"Content-Type": "text/html; charset=ISO-8859-1"}, body="Größe".encode("latin-1")))
    assert look(server.url(), keyword="Größe").ok
    server.answer(Reply(headers={"Content-Type": "text/html; charset=nonsense"}, body="Größe".encode("latin-1")))
    assert look(server.url(), keyword="Größe").text == "key phrase is missing"


@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw"])
def test_a_packed_answer_is_looked_into_unpacked(packing: str, look: Look, server: Server) -> None:
    page = b"Here all is well." * 10
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = {"gzip": gzip.compress(page), "deflate": zlib.compress(page), "raw": bare.compress(page) + bare.flush()}
    encoding = "gzip" if packing == "gzip" else "deflate"
    server.answer(Reply(headers={"Content-Encoding": encoding}, body=packed[packing]))
    outcome = look(server.url(), keyword="well.Here", digest=hashlib.sha256(page).hexdigest())
    assert (outcome.text, outcome.size) == ("200 OK", len(page))
    assert server.received[0].headers["Accept-Encoding"] == "gzip, deflate"


def test_a_packed_answer_to_who_asks_for_it_himself_is_looked_into_unpacked(look: Look, server: Server) -> None:
    packed = gzip.compress(b"Here all ") + gzip.compress(b"is well.") + b"and more"
    server.answer(Reply(headers={"Content-Encoding": "gzip"}, body=packed))
    outcome = look(server.url(), headers={"Accept-Encoding": "gzip"}, keyword="all is well.", not_keyword="and more")
    assert (outcome.text, outcome.size) == ("200 OK", 17)
    server.answer(Reply(headers={"Content-Encoding": "br"}, body=b"whatever"))
    outcome = look(server.url(), headers={"Accept-Encoding": "br"}, not_keyword="fault")
    assert (outcome.ok, outcome.text) == (False, "answer cannot be unpacked")


def test_what_is_not_packed_as_it_says_cannot_be_unpacked(look: Look, server: Server) -> None:
    server.answer(Reply(headers={"Content-Encoding": "gzip"}, body=b"Here all is well."))
    outcome = look(server.url(), keyword="well")
    assert (outcome.ok, outcome.text) == (False, "answer cannot be unpacked")


def test_one_probe_leaves_nothing_behind_for_the_next(prober: Any, server: Server) -> None:
    from chalicelib.probes import http
    from chalicelib.probes.base import Task

    special = {
        "method": "POST",
        "body": "x",
        "headers": {"X-Key": "abc"},
        "user": "me",
        "keyword": "x",
        "verify": False,
    }
    engine = prober(concurrency=2)
    for definition in (special, {}, {"method": "HEAD"}, {}):
        engine.run([Task("one", http.clean({"url": server.url(), **definition}))])
    plain = server.received[1]
    assert (plain.method, plain.body) == ("GET", b"")
    assert plain.headers.keys() == {"Host", "User-Agent", "Accept"}
    assert [received.method for received in server.received] == ["POST", "GET", "HEAD", "GET"]
    assert server.received[3].headers == plain.headers
