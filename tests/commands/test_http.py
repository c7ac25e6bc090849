"""http(): what a command reads of a page, and what it is told when there is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.commands import CommandError, Credential, HttpError
from tests.channels.servers import Doorbell, Reply, Server, serving
from tests.commands.scene import function
from tests.probes.servers.scene import authority, free_port

PAGE = """
# HELP requests How many.
# TYPE requests counter
requests{method="post",code="200"} 1027 1395066363000
requests{method="post",code="400"}    3 1395066363000
fs_free{device="rootfs",mount="/ \\"a\\" {b}",} 1.5E3
up 1
odd{le="+Inf"} +Inf
"""


def http(server: Server, path: str = "/", **given: Any) -> Any:
    return function("http")(server.url(path), **given)


def test_a_page_is_read_in_every_way_and_fetched_once(server: Server) -> None:
    server.answer(Reply(200, {"Content-Type": "application/json", "Set-Cookie": "sid=abc; Path=/"}, b'{"n": [1, "x"]}'))
    page = http(server)
    assert page.json() == {"n": [1, "x"]}
    assert page.text() == '{"n": [1, "x"]}'
    assert page.code() == 200
    assert page.headers()["Content-Type"] == "application/json"
    assert page.cookies() == {"sid": "abc"}
    assert page.content_size() == 15
    assert 0 < page.time() < 5
    assert len(server.received) == 1


def test_parameters_and_headers_are_sent(server: Server) -> None:
    http(server, "/a?x=1", params={"q": "a b", "n": [1, 2]}, headers={"X-Key": "k"}).code()
    (received,) = server.received
    assert received.path == "/a?x=1&q=a+b&n=1&n=2"
    assert received.headers["X-Key"] == "k"


def test_user_and_password_of_an_address_are_sent_and_not_shown(server: Server) -> None:
    server.answer(Reply(503))
    page = function("http")(f"http://us%40er:p%3Ass@127.0.0.1:{server.port}/x?token=t0ken")
    with pytest.raises(HttpError) as caught:
        page.json()
    assert str(caught.value) == f"HTTP request failed for {server.url('/x')}: 503 Service Unavailable"
    assert server.received[0].headers["Authorization"] == "Basic dXNAZXI6cDpzcw=="


@pytest.mark.parametrize("entity", [{"url": "http://127.0.0.1:{}"}, {"url": "http://127.0.0.1:{}/"}])
def test_an_address_without_host_is_behind_that_of_the_entity(server: Server, entity: dict[str, str]) -> None:
    url = entity["url"].format(server.port)
    assert function("http", {"url": url})("/health").code() == 200
    assert function("http")(f":{server.port}/metrics").code() == 200
    assert [one.path for one in server.received] == ["/health", "/metrics"]


def test_an_entity_without_address_is_told_of() -> None:
    with pytest.raises(CommandError, match="the entity has neither url nor host"):
        function("http", {"host": None})("/health")


def test_errors_of_the_server_are_errors_unless_the_command_wants_the_answer(server: Server) -> None:
    server.answer(Reply(404, body=b'{"why": "gone"}'))
    page = http(server)
    assert page.code() == 404
    assert page.json(raise_error=False) == {"why": "gone"}
    assert page.text(raise_error=False) == '{"why": "gone"}'
    for read in (page.json, page.text, page.headers, page.cookies, page.time, page.content_size, page.prometheus):
        with pytest.raises(HttpError, match="404 Not Found"):
            read()


def test_redirects_are_followed_by_get_and_not_by_head(server: Server) -> None:
    server.answer(Reply(302, {"Location": "/there"}), Reply(200, body=b"here"))
    assert http(server).text() == "here"
    server.answer(Reply(302, {"Location": "/there"}))
    assert http(server, method="head").code() == 302
    assert http(server, allow_redirects=False).code() == 302


def test_head_tells_the_size_that_get_would_have(server: Server) -> None:
    server.answer(Reply(200, body=b""))
    assert http(server, method="HEAD").content_size() == 0


@pytest.mark.parametrize("method", ["POST", "put", "DELETE", 7])
def test_no_command_changes_anything(server: Server, method: object) -> None:
    with pytest.raises(CommandError, match="method must be"):
        http(server, method=method)
    assert server.received == []


def test_what_is_no_json_is_told_without_what_came(server: Server) -> None:
    server.answer(Reply(body=b"s3cret"))
    with pytest.raises(HttpError) as caught:
        http(server).json()
    assert str(caught.value) == f"HTTP request failed for {server.url()}: answer is not JSON"


def test_a_json_without_bottom_is_an_error_of_the_page(server: Server) -> None:
    server.answer(Reply(body=b"[" * 200_000))
    with pytest.raises(HttpError, match="not JSON"):
        http(server).json()


def test_a_page_that_is_too_large_is_refused_and_its_size_told(server: Server) -> None:
    server.answer(Reply(body=b"x" * 1_000_001))
    page = http(server)
    assert page.content_size() == 1_000_001
    with pytest.raises(HttpError, match="larger than 1000000 bytes"):
        page.text()


def test_a_text_is_read_in_the_charset_that_it_has(server: Server) -> None:
    server.answer(Reply(200, {"Content-Type": "text/plain; charset=iso-8859-1"}, "Århus".encode("latin-1")))
    assert http(server).text() == "Århus"


def test_a_host_that_refuses_is_told_in_plain_words() -> None:
    port = free_port()
    with pytest.raises(HttpError) as caught:
        function("http")(f"http://127.0.0.1:{port}/").code()
    assert str(caught.value) == f"HTTP request failed for http://127.0.0.1:{port}/: connection refused"


def test_a_request_that_fails_is_tried_again_as_often_as_asked_for(server: Server) -> None:
    server.answer(
        Reply(302, {"Location": "ftp://example.org/"}), Reply(302, {"Location": "ftp://example.org/"}), Reply()
    )
    with pytest.raises(HttpError, match="no web address"):
        http(server, max_retries=0).code()
    assert http(server, max_retries=1).code() == 200
    assert len(server.received) == 3


def test_a_token_goes_to_the_hosts_of_its_owner_alone_and_encrypted(server: Server) -> None:
    tokens = (Credential("oauth2", ("api.example.org",), name="uid", password="t0ken"),)
    with pytest.raises(HttpError, match="sent over https alone"):
        function("http", credentials=tokens)(server.url(), oauth2=True).code()
    with pytest.raises(HttpError, match=r"no token 'uid' for 127\.0\.0\.1"):
        function("http", credentials=tokens)(server.url(scheme="https"), oauth2=True).code()
    assert server.received == []


def test_a_token_goes_to_a_host_that_is_verified_unless_its_owner_says_otherwise(server: Server) -> None:
    token = Credential("oauth2", ("127.0.0.1",), name="uid", password="t0ken")
    with pytest.raises(HttpError, match="verified alone"):
        function("http", credentials=(token,))(server.url(scheme="https"), oauth2=True, verify=False).code()
    assert server.received == []


def test_prometheus_gives_labels_and_values_by_name(server: Server) -> None:
    server.answer(Reply(body=PAGE.encode()))
    found = http(server).prometheus()
    assert found["requests"] == [({"method": "post", "code": "200"}, 1027.0), ({"method": "post", "code": "400"}, 3.0)]
    assert found["fs_free"] == [({"device": "rootfs", "mount": '/ "a" {b}'}, 1500.0)]
    assert found["up"] == [({}, 1.0)]
    assert found["odd"] == [({"le": "+Inf"}, float("inf"))]


def test_flat_prometheus_joins_the_labels(server: Server) -> None:
    server.answer(Reply(body=PAGE.encode()))
    page = http(server)
    assert page.prometheus_flat(["up", "req*"]) == {
        "up": 1.0,
        "requests": {"method.post.code.200": 1027.0, "method.post.code.400": 3.0},
    }
    assert page.prometheus(flat=True) == page.prometheus_flat()


@pytest.mark.parametrize("line", ["up", "up one", "{a} 1", 'up{a="b} 1', "<html>"])
def test_what_is_no_sample_is_told_with_its_line(server: Server, line: str) -> None:
    server.answer(Reply(body=f"ok 1\n{line}\n".encode()))
    with pytest.raises(HttpError, match="line 2 is no sample"):
        http(server).prometheus()


SPRING = {
    "mem": 7,
    "zmon.response.200.GET.rest.api.count": 10,
    "zmon.response.200.GET.rest.api.oneMinuteRate": 0.1,
    "zmon.response.200.GET.rest.api.fiveMinuteRate": 0.2,
    "zmon.response.200.GET.rest.api.snapshot.75thPercentile": 75,
    "zmon.response.200.GET.rest.api.snapshot.99thPercentile": 99,
    "zmon.response.200.GET.rest.api.snapshot.999thPercentile": 999,
    "zmon.response.200.GET.rest.api.snapshot.mean": 50,
    "zmon.response.200.GET.rest.api.snapshot.median": 49,
    "zmon.response.200.GET.rest.api.snapshot.min": 1,
    "zmon.response.200.GET.rest.api.snapshot.max": 100,
    "zmon.response.short": 3,
}
_TIMER = {"count": 10, "m1_rate": 0.1, "m5_rate": 0.2, "p75": 75, "p99": 99, "p999": 999, "rate_units": "calls/second"}
_MORE = {"mean": 50, "p50": 49, "min": 1, "max": 100}
DROPWIZARD = {"timers": {"zmon.response.200.GET.rest.api": _TIMER | _MORE, "other": {"count": 1}}}


@pytest.mark.parametrize("document", [SPRING, DROPWIZARD])
def test_actuator_metrics_are_ordered_by_resource_method_and_status(server: Server, document: dict[str, Any]) -> None:
    server.answer(Reply(body=json.dumps(document).encode()))
    figures = {"count": 10, "mRate": 0.1, "75th": 75, "99th": 99, "mean": 50, "median": 49, "min": 1, "max": 100}
    assert http(server).actuator_metrics() == {"rest.api": {"GET": {"200": figures}}}


def test_actuator_metrics_need_an_object(server: Server) -> None:
    server.answer(Reply(body=b'"foo"'))
    with pytest.raises(HttpError, match="must be a JSON object"):
        http(server).actuator_metrics()


def test_jolokia_reads_and_does_nothing_else(server: Server) -> None:
    server.answer(Reply(body=b"[1]"))
    assert http(server, "/jolokia/").jolokia([{"mbean": "java.lang:type=Memory", "type": "exec"}]) == [1]
    assert json.loads(server.received[0].body) == [{"mbean": "java.lang:type=Memory", "type": "read"}]
    with pytest.raises(CommandError, match="mbean"):
        http(server, "/jolokia/").jolokia([{}])
    with pytest.raises(CommandError, match="ends in /jolokia/"):
        http(server, "/x#/jolokia/").jolokia([])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"timeout": 0}, "timeout must be"),
        ({"timeout": "5"}, "timeout must be"),
        ({"headers": [1]}, "headers must be a dict"),
        ({"headers": {"Content-Length": "5"}}, "must not hold Content-Length"),
        ({"headers": {"X": "a\r\nY: b"}}, "control characters"),
        ({"max_retries": -1}, "max_retries must be"),
        ({"color": "red"}, r"^http\(\): got an unexpected keyword argument 'color'$"),
    ],
)
def test_arguments_that_cannot_be_meant_are_told_by_their_names(
    server: Server, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        http(server, **given).code()
    assert server.received == []


def test_a_run_whose_time_is_over_asks_nobody(server: Server) -> None:
    with pytest.raises(CommandError, match="the time of the check is over"):
        function("http", seconds=0)(server.url()).code()
    assert server.received == []


def test_a_redirect_to_what_is_not_allowed_ends_there(server: Server, doorbell: Doorbell) -> None:
    server.answer(Reply(302, {"Location": f"http://127.0.0.2:{doorbell.port}/"}))
    with pytest.raises(HttpError, match="address not allowed"):
        http(server).code()
    assert doorbell.rings() == 0


def test_a_token_is_sent_over_https_and_follows_no_redirect_elsewhere(server: Server) -> None:
    tokens = (Credential("oauth2", ("127.0.0.1",), name="uid", password="t0ken"),)
    with serving(authority().context("127.0.0.1")) as secure:
        secure.answer(Reply(302, {"Location": server.url("/elsewhere")}))
        asked = function("http", credentials=tokens, authorities=authority().bundle)
        with pytest.raises(HttpError, match="redirected from https to http with credentials"):
            asked(secure.url(scheme="https"), oauth2=True).code()
    assert secure.received[0].headers["Authorization"] == "Bearer t0ken"
    assert server.received == []


def test_a_certificate_that_nobody_trusts_is_refused_unless_the_command_does_not_verify() -> None:
    with serving(authority().context("127.0.0.1", self_signed=True)) as secure:
        with pytest.raises(HttpError, match="certificate"):
            function("http")(secure.url(scheme="https")).code()
        assert function("http")(secure.url(scheme="https"), verify=False).code() == 200
