import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from infra.lanes.process import LaneFailed, free_port
from infra.lanes.web import Api, expect


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the path names and with what it was sent."""

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        self.send_response(int(self.path[1:4]))
        self.end_headers()
        self.wfile.write(json.dumps({"key": self.headers["X-Api-Key"], "sent": sent}).encode())

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [200, 201])
def test_a_call_carries_the_key_and_a_json_body(server: str, status: int) -> None:
    assert Api(server, "k").call("POST", f"/{status}", {"a": 1}) == {"key": "k", "sent": '{"a": 1}'}


def test_a_call_that_is_refused_fails_the_lane_with_the_answer(server: str) -> None:
    with pytest.raises(LaneFailed, match=r'GET /403 answered 403: \{"key": "k"'):
        Api(server, "k").call("GET", "/403")


def test_an_expected_refusal_is_none(server: str) -> None:
    expect(404, "GET", server + "/404")


def test_an_unexpected_status_fails_the_lane(server: str) -> None:
    with pytest.raises(LaneFailed, match=r"GET .*/403 answered 403, not 404"):
        expect(404, "GET", server + "/403")


def test_no_answer_fails_the_lane() -> None:
    with pytest.raises(LaneFailed, match="gave no answer"):
        expect(200, "GET", f"http://127.0.0.1:{free_port()}/")
