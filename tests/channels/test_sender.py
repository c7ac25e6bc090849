"""The HTTP sender beside its guard: requests as they arrive, redirects, deadlines, TLS and all that goes wrong."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.channels.sender import BODY_LIMIT, Sender
from chalicelib.core.errors import Undelivered
from chalicelib.net import lookups
from chalicelib.net.lookups import Endpoint
from tests.cases import each
from tests.channels.failures import Ticking
from tests.channels.servers import HERE, Reply, Server, serving, speaking

SECRETS = {"Authorization": "Bearer abc", "X-Api-Key": "abc", "Cookie": "a=b"}
TRAVELLING = {"Content-Type": "text/plain", "User-Agent": "Tocsin", "Idempotency-Key": "n-1"}


def failure(sender: Sender, url: str, body: bytes | None = None) -> Undelivered:
    with pytest.raises(Undelivered) as caught:
        sender.send("GET" if body is None else "POST", url, {}, body)
    return caught.value


def test_a_request_arrives_as_it_was_given(server: Server) -> None:
    server.answer(Reply(201, {}, b"made"))
    answer = Sender(HERE).send("PUT", server.url("/a/b?c=d%20e"), {"X-One": "é"}, b"\x00body")
    [received] = server.received
    assert (answer.status, answer.body, answer.ok) == (201, b"made", True)
    assert (received.method, received.path, received.body) == ("PUT", "/a/b?c=d%20e", b"\x00body")
    assert received.headers["X-One"] == "é"
    assert received.headers["Host"] == f"127.0.0.1:{server.port}"


def test_a_user_name_in_the_address_is_sent_as_basic_authentication(server: Server) -> None:
    Sender(HERE).send("GET", server.url(host="user:secret@127.0.0.1"), {})
    assert server.received[0].headers["Authorization"] == "Basic dXNlcjpzZWNyZXQ="
    assert "secret" not in server.received[0].headers["Host"]


def test_a_user_name_in_the_address_may_be_escaped_and_have_no_password(server: Server) -> None:
    for user in ("us%40er:p%3Ass", "user"):
        Sender(HERE).send("GET", server.url(host=f"{user}@127.0.0.1"), {})
    sent = [received.headers["Authorization"] for received in server.received]
    assert sent == ["Basic dXNAZXI6cDpzcw==", "Basic dXNlcjo="]


def test_an_authorization_header_wins_over_the_address(server: Server) -> None:
    Sender(HERE).send("GET", server.url(host="user:secret@127.0.0.1"), {"authorization": "Bearer abc"})
    assert server.received[0].headers["authorization"] == "Bearer abc"


def test_an_answer_is_read_to_its_limit_and_no_further(server: Server) -> None:
    server.answer(Reply(200, {}, b"x" * (BODY_LIMIT + 100_000)))
    assert len(Sender(HERE).send("GET", server.url(), {}).body) == BODY_LIMIT


@pytest.mark.parametrize("status", [301, 302, 303])
def test_most_redirects_turn_the_request_into_a_get(status: int, server: Server) -> None:
    server.answer(Reply(status, {"Location": "/there"}), Reply(200))
    assert Sender(HERE).send("POST", server.url(), TRAVELLING | SECRETS, b"body").ok
    received = server.received[1]
    assert (received.method, received.path, received.body) == ("GET", "/there", b"")
    assert "Content-Type" not in received.headers


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_of_the_newer_kind_repeats_the_request(status: int, server: Server) -> None:
    server.answer(Reply(status, {"Location": "there?x=1"}), Reply(200))
    assert Sender(HERE).send("PUT", server.url("/a/b"), TRAVELLING | SECRETS, b"body").ok
    received = server.received[1]
    assert (received.method, received.path, received.body) == ("PUT", "/a/there?x=1", b"body")
    assert {name: received.headers.get(name) for name in SECRETS} == SECRETS


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_to_another_origin_leaves_the_owners_headers_behind(status: int, server: Server) -> None:
    with serving() as other:
        server.answer(Reply(status, {"Location": other.url("/there")}))
        assert Sender(HERE).send("POST", server.url(), TRAVELLING | SECRETS, b"body").ok
        [received] = other.received
    assert not set(received.headers) & set(SECRETS)
    assert received.headers["Idempotency-Key"] == "n-1"


def test_three_redirects_are_followed_and_a_fourth_is_not(server: Server) -> None:
    again = Reply(302, {"Location": "/again"})
    server.answer(again, again, again, Reply(200))
    assert Sender(HERE).send("GET", server.url(), {}).ok
    server.answer(again)
    assert failure(Sender(HERE), server.url()).message == "redirected more than 3 times"


def test_a_redirect_in_odd_letters_is_followed(server: Server) -> None:
    server.answer(Reply(302, {"Location": "/straße".encode().decode("latin-1") + " x#frag"}), Reply(200))
    assert Sender(HERE).send("GET", server.url(), {}).ok
    assert server.received[1].path == "/stra%C3%9Fe%20x"


@pytest.mark.parametrize(
    "location", ["ftp://example.org/", "http://:80/", "http://[::1", "javascript:alert(1)", "http://a b/"]
)
def test_a_redirect_to_what_is_no_web_address_may_pass_later(location: str, server: Server) -> None:
    server.answer(Reply(302, {"Location": location}))
    error = failure(Sender(HERE), server.url())
    assert (error.message, error.permanent) == ("redirected to what is no web address", False)


def test_a_redirect_without_a_target_is_an_answer_like_any_other(server: Server) -> None:
    server.answer(Reply(302))
    assert Sender(HERE).send("GET", server.url(), {}).status == 302


def test_a_closed_port_may_open_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(Sender(HERE), f"http://127.0.0.1:{port}/")
    assert (error.message, error.permanent) == ("no answer (Connection refused)", False)


def test_an_address_that_refuses_gives_way_to_the_next(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (closed, server.port)]
    assert Sender(HERE, resolve=lambda *_: list(found)).send("GET", "http://hooks.example.org/", {}).ok


@pytest.mark.parametrize("error", [socket.gaierror(socket.EAI_NONAME, "Name or service not known"), UnicodeError()])
def test_a_name_that_nobody_knows_may_be_known_later(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    told = failure(Sender(HERE), "http://nobody.invalid/")
    assert told.message in ("no answer (Name or service not known)", "no answer (not a host name)")
    assert not told.permanent


@each(
    "said",
    [
        b"",
        b"HTTP/1.1",
        b"\x16\x03\x01\x02\x00",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 two OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000,
    ],
)
def test_an_answer_that_is_not_http_may_be_one_later(said: bytes) -> None:
    def speak(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(said)

    with speaking(speak) as port:
        error = failure(Sender(HERE), f"http://127.0.0.1:{port}/secret")
    assert error.message.startswith("no answer (")
    assert not error.permanent
    assert "secret" not in error.message


@pytest.mark.parametrize(
    "end", [b"Content-Length: 10\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"\r\n"]
)
def test_a_body_that_breaks_off_does_not_undo_the_answer(end: bytes) -> None:
    def speak(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + end)

    with speaking(speak) as port:
        assert Sender(HERE).send("GET", f"http://127.0.0.1:{port}/", {}).ok


def test_a_server_that_trickles_its_headers_is_left_at_the_deadline() -> None:
    def trickle(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            connection.sendall(b"x")

    with speaking(trickle) as port:
        error = failure(Sender(HERE, clock=Ticking()), f"http://127.0.0.1:{port}/")
    assert (error.message, error.permanent) == ("no answer within 10 seconds", False)


def test_a_server_that_trickles_its_body_is_left_at_the_deadline_with_its_answer() -> None:
    def trickle(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x")

    with speaking(trickle) as port:
        assert Sender(HERE, clock=Ticking()).send("GET", f"http://127.0.0.1:{port}/", {}).status == 200


def test_a_server_that_redirects_for_ever_slowly_is_left_at_the_deadline(server: Server) -> None:
    server.answer(Reply(302, {"Location": "/again"}))
    assert failure(Sender(HERE, clock=Ticking(), seconds=9), server.url()).message == "no answer within 9 seconds"


def test_a_server_that_says_nothing_is_left_at_the_deadline() -> None:
    done = threading.Event()

    def wait(_: socket.socket) -> None:
        done.wait(10)

    with speaking(wait) as port:
        error = failure(Sender(HERE, seconds=0.05), f"http://127.0.0.1:{port}/")
        done.set()
    assert (error.message, error.permanent) == ("no answer within 0.05 seconds", False)


def test_a_server_that_takes_nothing_is_left_at_the_deadline() -> None:
    done = threading.Event()

    def wait(_: socket.socket) -> None:
        done.wait(10)

    with speaking(wait) as port:
        error = failure(Sender(HERE, seconds=0.05), f"http://127.0.0.1:{port}/", b"x" * 20_000_000)
        done.set()
    assert error.message == "no answer within 0.05 seconds"


def test_a_look_up_that_hangs_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def hangs(host: str, port: int, seconds: float) -> list[Endpoint]:
        done.wait(10)
        return []

    monkeypatch.setattr(lookups, "_system", hangs)
    for sender in (Sender(HERE, seconds=0.05), Sender(HERE, seconds=0.05, resolve=hangs)):
        assert failure(sender, "http://hooks.example.org/").message == "no answer within 0.05 seconds"
    done.set()


def test_a_name_without_an_address_may_have_one_later() -> None:
    error = failure(Sender(HERE, resolve=lambda *_: []), "http://hooks.example.org/")
    assert (error.message, error.permanent) == ("no answer (name has no address)", False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate, with its key, for hooks.example.org."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example.org")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    no_password = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    path = tmp_path_factory.mktemp("tls") / "hooks.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


class Secure:
    """A server behind TLS at hooks.example.org, the names that its callers asked for, and a sender that trusts it."""

    def __init__(self, server: Server, asked: list[str | None], trust: ssl.SSLContext) -> None:
        self.server = server
        self.asked = asked
        place = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))
        self.trusting = Sender(HERE, resolve=lambda *_: [place], context=trust)
        self.strict = Sender(HERE, resolve=lambda *_: [place])


@pytest.fixture
def secure(certificate: Path) -> Iterator[Secure]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with serving(context) as server:
        yield Secure(server, asked, ssl.create_default_context(cafile=str(certificate)))


def test_tls_asks_for_the_name_and_not_for_the_address_it_connects_to(secure: Secure) -> None:
    assert secure.trusting.send("POST", "https://hooks.example.org/x", {}, b"body" * 10_000).ok
    [received] = secure.server.received
    assert secure.asked == ["hooks.example.org"]
    assert received.headers["Host"] == "hooks.example.org"
    assert len(received.body) == 40_000


def test_a_certificate_that_nobody_vouches_for_may_be_mended(secure: Secure) -> None:
    error = failure(secure.strict, "https://hooks.example.org/")
    assert (error.message, error.permanent) == ("certificate not accepted (self-signed certificate)", False)
    assert secure.server.received == []


def test_a_certificate_for_another_name_is_not_accepted(secure: Secure) -> None:
    error = failure(secure.trusting, "https://other.example.org/")
    assert error.message.startswith("certificate not accepted (Hostname mismatch")
    assert secure.server.received == []


def test_a_redirect_from_https_to_http_is_not_followed(secure: Secure, server: Server) -> None:
    secure.server.answer(Reply(307, {"Location": server.url()}))
    assert failure(secure.trusting, "https://hooks.example.org/").message == "redirected from https to http"
    assert server.received == []


def test_a_server_without_tls_is_no_answer(server: Server) -> None:
    error = failure(Sender(HERE), server.url(scheme="https"))
    assert error.message.startswith("no answer (")
    assert not error.permanent
