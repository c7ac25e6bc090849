"""infra.local.gateway and infra.local.wsgi: HTTP requests reach the app as API Gateway would hand them on."""

import io
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.gateway import Reply, Request, public, resource
from infra.local import wsgi
from infra.local.gateway import BODY_LIMIT, Gateway
from tests.cases import each
from tests.gateway.sample import ECHO, VOICE, application, dialect

meeting = threading.Barrier(4)


def special(_request: Request) -> Reply:
    return Reply(body="special", content_type="text/plain", headers={"X-One": "a"})


def meet(request: Request) -> Reply:
    meeting.wait(10)
    return Reply(body=request.parts["name"])


def empty(_request: Request) -> Reply:
    return Reply(204)


def odd(request: Request) -> Reply:
    header = request.parts["header"]
    return Reply(headers={"X-Odd": "\u2603" if header == "snowman" else header})


app = application(
    dialect(
        resource("/", VOICE, **ECHO),
        resource("/things/{name}", VOICE, **ECHO, HEAD=ECHO["GET"], OPTIONS=ECHO["GET"]),
        resource("/things/special", VOICE, GET=public(special)),
        resource("/meet/{name}", VOICE, GET=public(meet)),
        resource("/empty", VOICE, GET=public(empty)),
        resource("/odd/{header}", VOICE, GET=public(odd)),
    )
)


class Got:
    """An answer as the web server would send it."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: dict[str, list[str]] = {}
        self.body = b""

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.status = status
        self.headers = {}
        for name, value in headers:
            self.headers.setdefault(name, []).append(value)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def environ(method: str, uri: str, body: bytes = b"", **more: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "REQUEST_URI": uri,
        "REMOTE_ADDR": "192.0.2.1",
        "SERVER_PORT": "8000",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "HTTP_HOST": "localhost:8000",
        **({"CONTENT_LENGTH": str(len(body))} if body else {}),
        **more,
    }


def call(handler: Callable[[Any], wsgi.Answer], method: str, uri: str, body: bytes = b"", **more: str) -> Got:
    got = Got()
    got.body = b"".join(wsgi.application(handler)(environ(method, uri, body, **more), got.start))
    return got


def send(method: str, uri: str, body: bytes = b"", **more: str) -> Got:
    return call(Gateway(app).handle, method, uri, body, **more)


NOT_FOUND = ("404 Not Found", {"error": "not found"})


def test_a_request_reaches_the_view_and_its_answer_comes_back() -> None:
    got = send("POST", "/things/a", b"hello", CONTENT_TYPE="text/plain", HTTP_USER_AGENT="curl")

    assert got.status == "200 OK"
    assert (got.json["method"], got.json["parts"], bytes(got.json["body"])) == ("POST", {"name": "a"}, b"hello")
    assert got.json["headers"]["user-agent"] == "curl"
    assert got.json["headers"]["content-type"] == "text/plain"
    assert got.headers["Content-Length"] == [str(len(got.body))]
    assert send("GET", "/things/special").headers["X-One"] == ["a"]


def test_repeated_query_values_are_all_there() -> None:
    assert send("GET", "/things/a?tag=x&tag=y+z&flag").json["query"] == {"tag": ["x", "y z"], "flag": [""]}


def test_no_query_is_an_empty_one() -> None:
    assert send("GET", "/things/a?").json["query"] == {}


def test_a_body_is_handed_on_byte_by_byte() -> None:
    assert bytes(send("POST", "/things/a", bytes(range(256))).json["body"]) == bytes(range(256))


def test_a_header_keeps_its_odd_bytes() -> None:
    assert send("GET", "/things/a", HTTP_X_ODD="caf\xe9").json["headers"]["x-odd"] == "caf\xe9"


@each(
    ("uri", "part"),
    [
        ("/things/b%61ckup", "backup"),
        ("/things/a%2Fb", "a/b"),
        ("/things/a;b=1", "a;b=1"),
        ("/things/caf\xc3\xa9", "café"),
        ("/things/a[b]", "a[b]"),
        ("/things/a#fragment", "a"),
        ("/things/a/", "a"),
        ("http://localhost:8000/things/a", "a"),
    ],
)
def test_a_path_part_is_decoded_once_and_stays_whole(uri: str, part: str) -> None:
    assert send("GET", uri).json["parts"] == {"name": part}


def test_odd_bytes_in_a_query_are_read_as_utf_8() -> None:
    assert send("GET", "/things/a?q=caf\xc3\xa9").json["query"] == {"q": ["café"]}


def test_the_origin_alone_is_the_root() -> None:
    assert send("GET", "http://localhost:8000").json["parts"] == {}


def test_a_fixed_path_goes_before_a_variable_one() -> None:
    assert send("GET", "/things/special").body == b"special"


@each(
    "uri",
    ["/nowhere", "/things", "/things/a/b", "//things/a", "//evil/things/a", "///", "*", "things/a", "//[", "/%2e"],
)
def test_an_unknown_path_is_not_found(uri: str) -> None:
    got = send("GET", uri)

    assert (got.status, got.json) == NOT_FOUND


@pytest.mark.parametrize("value", ["Bearer x", "Bearer \xd0\xba"])
def test_an_unknown_path_with_credentials_is_not_found_either(value: str) -> None:
    got = send("GET", "/nowhere", HTTP_AUTHORIZATION=value)

    assert (got.status, got.json) == NOT_FOUND


@pytest.mark.parametrize("method", ["FOO", "TRACE", "CONNECT", "DELETE"])
def test_a_method_that_a_resource_has_not_is_not_allowed(method: str) -> None:
    got = send(method, "/things/a")

    assert (got.status, got.json) == ("405 Method Not Allowed", {"oh": "method not allowed"})
    assert got.headers["Allow"] == ["GET, POST, HEAD, OPTIONS"]


def test_a_preflight_reaches_a_view_that_has_one() -> None:
    assert send("OPTIONS", "/things/a").json["method"] == "OPTIONS"


def test_head_gets_the_headers_of_the_body_without_it() -> None:
    got = send("HEAD", "/things/a")

    assert got.body == b""
    assert int(got.headers["Content-Length"][0]) > 0


def test_no_content_has_no_body() -> None:
    assert (send("GET", "/empty").status, send("GET", "/empty").body) == ("204 No Content", b"")


def test_the_sender_is_named_as_api_gateway_names_it() -> None:
    headers = send("GET", "/things/a").json["headers"]

    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("192.0.2.1", "http")


def test_what_a_proxy_says_of_the_sender_stays() -> None:
    headers = send("GET", "/things/a", HTTP_X_FORWARDED_FOR="203.0.113.7", HTTP_X_FORWARDED_PROTO="https").json[
        "headers"
    ]

    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("203.0.113.7", "https")


def test_a_body_up_to_ten_megabytes_is_taken_and_a_longer_one_refused() -> None:
    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("a body that is too long is not read")

    fits = environ("GET", "/things/special", CONTENT_LENGTH=str(BODY_LIMIT))
    longer = {**environ("GET", "/things/a", CONTENT_LENGTH=str(BODY_LIMIT + 1)), "wsgi.input": Unread()}

    assert Gateway(app).handle(fits).status == 200
    answer = Gateway(app).handle(longer)
    assert (answer.status, json.loads(answer.body)) == (413, {"error": "request body too large"})


def test_many_threads_may_call_at_once() -> None:
    gateway = Gateway(app)
    got: dict[str, bytes] = {}

    def ask(name: str) -> None:
        got[name] = gateway.handle(environ("GET", f"/meet/{name}")).body

    threads = [threading.Thread(target=ask, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got == {name: name.encode() for name in "abcd"}


def test_whatever_goes_wrong_is_told_in_json_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Any) -> wsgi.Answer:
        raise RuntimeError("secret words")

    got = call(broken, "GET", "/x")

    assert (got.status, got.json) == ("500 Internal Server Error", {"error": "internal error"})
    assert "secret words" in caplog.text


def test_a_header_that_http_cannot_carry_is_an_error_in_json(caplog: pytest.LogCaptureFixture) -> None:
    got = send("GET", "/odd/snowman")

    assert (got.status, got.json) == ("500 Internal Server Error", {"error": "internal error"})
    assert "UnicodeEncodeError" in caplog.text
    assert send("GET", "/odd/plain").headers["X-Odd"] == ["plain"]


def test_a_header_that_the_server_refuses_is_an_error_in_json(caplog: pytest.LogCaptureFixture) -> None:
    refused = []

    def picky(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        refused.append(status)
        if exc_info is None:
            raise ValueError("line feed in a header")

    answer = wsgi.json_answer(200, {})
    body = wsgi.application(lambda _: answer)(environ("GET", "/x"), picky)

    assert refused == ["200 OK", "500 Internal Server Error"]
    assert json.loads(body[0]) == {"error": "internal error"}
