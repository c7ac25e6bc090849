"""One request through every entrance of AWS: the application sees the same, whichever it is."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from chalicelib.gateway import Reply
from chalicelib.gateway.replies import ANSWER_MAX, PACKED_MIN, accepts_gzip
from tests.cases import each
from tests.gateway.entrances import DECODED, ENTRANCES, TAKE_BYTES, Event, Sent, function_url, http_2, rest
from tests.gateway.sample import ECHOING, answering, application

HOST = [("Host", "tocsin.example.org"), ("X-Forwarded-Proto", "https")]

every_entrance = pytest.mark.parametrize("entrance", ENTRANCES)


def echoed(event: Event) -> dict[str, Any]:
    answer = ECHOING(event, None)
    assert answer["statusCode"] == 200, answer
    found: dict[str, Any] = json.loads(answer["body"])
    return found


def seen(entrance: str, target: str, method: str = "GET", headers: Any = (), body: bytes = b"") -> dict[str, Any]:
    """What the application sees of a request that came through an entrance."""
    return echoed(ENTRANCES[entrance](Sent(method, target, [*HOST, *headers], body)))


@every_entrance
def test_a_request_is_the_same_through_every_entrance(entrance: str) -> None:
    found = seen(entrance, "/sample/a?tag=x&tag=y+z&flag", "POST", [("X-Odd", "1")], b"hello")
    assert (found["method"], found["path"], found["parts"]) == ("POST", "/sample/{name}", {"name": "a"})
    assert found["query"] == {"tag": ["x", "y z"], "flag": [""]}
    assert (bytes(found["body"]), found["from"], found["headers"]["x-odd"]) == (b"hello", "127.0.0.1", "1")


@every_entrance
@pytest.mark.parametrize(
    ("target", "part"),
    [
        ("/sample/b%61ckup", "backup"),
        ("/sample/caf%C3%A9", "café"),
        ("/sample/a%20b", "a b"),
        ("/sample/a+b", "a+b"),
        ("/sample/100%25", "100%"),
        ("/sample/%2541", "%41"),
        ("/sample/a;b=1", "a;b=1"),
        ("/sample/a/", "a"),
    ],
)
def test_a_part_of_the_path_is_decoded_once(entrance: str, target: str, part: str) -> None:
    assert seen(entrance, target)["parts"] == {"name": part}


@pytest.mark.parametrize("entrance", [name for name in ENTRANCES if name not in DECODED])
def test_an_escaped_slash_belongs_to_its_part_where_the_entrance_leaves_it(entrance: str) -> None:
    assert seen(entrance, "/sample/a%2Fb")["parts"] == {"name": "a/b"}


@every_entrance
def test_the_root_has_no_parts(entrance: str) -> None:
    assert seen(entrance, "/")["path"] == "/"


@every_entrance
def test_values_of_a_query_are_decoded_once(entrance: str) -> None:
    assert seen(entrance, "/sample/a?q=caf%C3%A9%2B1&r=%2541")["query"] == {"q": ["café+1"], "r": ["%41"]}


@every_entrance
def test_no_query_is_an_empty_one(entrance: str) -> None:
    assert seen(entrance, "/sample/a")["query"] == {}


@every_entrance
def test_repeated_headers_and_cookies_are_all_there(entrance: str) -> None:
    headers = [("X-Tag", "a"), ("X-Tag", "b"), ("Cookie", "one=1; two=2")]
    found = seen(entrance, "/sample/a", headers=headers)["headers"]
    assert found["x-tag"].replace(", ", ",") == "a,b"
    assert found["cookie"] == "one=1; two=2"


@every_entrance
def test_a_body_is_handed_on_byte_by_byte(entrance: str) -> None:
    assert bytes(seen(entrance, "/sample/a", "POST", body=bytes(range(256)))["body"]) == bytes(range(256))


@each(
    ("body", "kept"),
    [(None, b""), ("", b""), ("é", "é".encode()), ("\ud800", b"?"), (b"\xff", b"\xff")],
)
def test_whatever_a_body_is_it_is_bytes(body: Any, kept: bytes) -> None:
    assert bytes(echoed(rest(Sent("POST", "/sample/a", HOST)) | {"body": body})["body"]) == kept


def test_a_body_that_is_not_the_base64_it_is_said_to_be_is_kept_as_it_is() -> None:
    event = rest(Sent("POST", "/sample/a", HOST)) | {"body": "abcde", "isBase64Encoded": True}
    assert bytes(echoed(event)["body"]) == b"abcde"


# Where we are


def test_the_stage_of_an_api_is_part_of_our_address() -> None:
    host = "abc.execute-api.eu-north-1.amazonaws.com"
    event = rest(Sent("GET", "/sample/a", [("Host", host), ("X-Forwarded-Proto", "https")]))
    assert echoed(event)["root"] == f"https://{host}/dev"


@pytest.mark.parametrize("path", ["/dev/sample/a", "/dev/sample/a/"])
def test_the_stage_before_the_path_of_an_http_api_is_not_ours(path: str) -> None:
    event = http_2(Sent("GET", path, HOST))
    event["requestContext"]["stage"] = "dev"
    found = echoed(event)
    assert (found["parts"], found["root"]) == ({"name": "a"}, "https://tocsin.example.org/dev")


def test_a_path_that_begins_like_the_stage_without_being_below_it_is_left_alone() -> None:
    event = http_2(Sent("GET", "/sample/a", HOST))
    event["requestContext"]["stage"] = "sam"
    assert echoed(event)["parts"] == {"name": "a"}


@pytest.mark.parametrize(("path", "proxy"), [("/base/sample/a", "sample/a"), ("/base/sample/a/", "sample/a")])
def test_the_path_at_which_a_domain_leads_to_a_rest_api_is_not_ours(path: str, proxy: str) -> None:
    event = rest(Sent("GET", path, HOST)) | {"pathParameters": {"proxy": proxy}}
    event["requestContext"]["domainName"] = "tocsin.example.org"
    found = echoed(event)
    assert (found["parts"], found["root"]) == ({"name": "a"}, "https://tocsin.example.org/base")


@pytest.mark.parametrize("stage", ["$default", "dev"])
def test_the_address_of_a_function_has_no_stage(stage: str) -> None:
    event = function_url(Sent("GET", "/sample/a", HOST))
    event["requestContext"]["stage"] = stage
    assert echoed(event)["root"] == "https://tocsin.example.org"


def test_the_address_that_the_owner_has_set_goes_before_all() -> None:
    app = application(*[type("package", (), {"RESOURCES": ECHOING.resources})], site_root="https://owner.example.org")
    answer = app(rest(Sent("GET", "/sample/a", HOST)), None)
    assert json.loads(answer["body"])["root"] == "https://owner.example.org"


# Answers


def answered(entrance: str, reply: Reply, *headers: tuple[str, str]) -> dict[str, Any]:
    event = ENTRANCES[entrance](Sent("GET", "/sample", [*HOST, *headers]))
    answer: dict[str, Any] = answering(lambda _: reply)(event, None)
    return answer


@every_entrance
@pytest.mark.parametrize("value", [7, "1", None, True, [], {}, 1.5, "é"])
def test_an_answer_may_be_any_value_that_json_has(entrance: str, value: object) -> None:
    answer = answered(entrance, Reply.json(value))
    assert (json.loads(answer["body"]), answer["headers"]["Content-Type"]) == (value, "application/json")


GZIP = ("Accept-Encoding", "gzip, deflate")
LONG = "é" * PACKED_MIN


@pytest.mark.parametrize("entrance", TAKE_BYTES)
def test_a_long_answer_is_packed_for_who_can_unpack_it(entrance: str) -> None:
    answer = answered(entrance, Reply(body=LONG, content_type="text/plain"), GZIP)
    assert answer["isBase64Encoded"] is True
    assert (answer["headers"]["Content-Encoding"], answer["headers"]["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(base64.b64decode(answer["body"])).decode() == LONG


@each("entrance", TAKE_BYTES)
@each(("body", "headers"), [(LONG, []), (LONG, [("Accept-Encoding", "gzip;q=0")]), ("short", [GZIP])])
def test_an_answer_that_is_short_or_could_not_be_unpacked_goes_as_it_is(
    entrance: str, body: str, headers: list[tuple[str, str]]
) -> None:
    answer = answered(entrance, Reply(body=body), *headers)
    assert (answer["body"], answer["isBase64Encoded"]) == (body, False)
    assert "Content-Encoding" not in answer["headers"]


def test_a_rest_api_gets_texts_alone() -> None:
    answer = answered("rest", Reply(body=LONG), GZIP)
    assert (answer["body"], answer["isBase64Encoded"]) == (LONG, False)
    assert not {"Content-Encoding", "Vary"} & set(answer["headers"])


@each(
    ("accept", "allowed"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("br, gzip ; q=1.0", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0.000", False),
        ("*, gzip;q=0", False),
        ("identity", False),
        ("", False),
        (";;,,q", False),
    ],
)
def test_what_accept_encoding_allows(accept: str, allowed: bool) -> None:
    assert accepts_gzip(accept) is allowed


@every_entrance
def test_an_answer_that_no_entrance_hands_on_is_an_error_that_says_so(entrance: str) -> None:
    # Escaped as a string of JSON, as Lambda counts it, a quotation mark is two characters.
    answer = answered(entrance, Reply(body='"' * (ANSWER_MAX // 2 + 1)))
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["oh"].startswith("the answer would be longer than the 6 MB")


@every_entrance
def test_an_answer_that_just_fits_is_sent(entrance: str) -> None:
    assert answered(entrance, Reply(body='"' * (ANSWER_MAX // 2 - 1)))["statusCode"] == 200


@pytest.mark.parametrize("entrance", TAKE_BYTES)
def test_packed_much_more_fits(entrance: str) -> None:
    assert answered(entrance, Reply(body='"' * (2 * ANSWER_MAX)), GZIP)["statusCode"] == 200


def test_the_newest_format_has_no_lists_of_values() -> None:
    assert "multiValueHeaders" not in answered("http-2.0", Reply())
    assert answered("rest", Reply())["multiValueHeaders"] == {}


@pytest.mark.parametrize("event", [{}, {"version": "2.0"}, {"requestContext": None, "headers": None, "path": None}])
def test_an_event_that_says_nothing_is_answered(event: Event) -> None:
    assert ECHOING(event, None)["statusCode"] in (404, 405)


@pytest.mark.parametrize("event", [{"path": 7}, {"requestContext": 7}, {"headers": 7}, {"path": "/", "body": {}}])
def test_an_event_that_is_nonsense_is_answered(event: Event) -> None:
    assert ECHOING(event, None)["statusCode"] in (404, 405, 500)
