"""infra.smoke: a stage that works is found alive, one that does not is not, and nothing of the attempt stays behind."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import app
from chalicelib import gateway as http
from chalicelib.monitor.services import Services
from chalicelib.store import directory
from infra import smoke
from tests.api.client import Entrance


@contextlib.contextmanager
def stage(handle: Callable[[str, str, dict[str, str], bytes], tuple[int, str]]) -> Iterator[str]:
    """A stage behind a real socket; answers its address."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline()
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, text = handle(self.command, self.path, headers, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def working(services: Services) -> Callable[..., tuple[int, str]]:
    """The application itself, as API Gateway would call it."""
    http.serve(app.app, services)
    gateway = Entrance(app.app)

    def handle(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        answer = gateway.handle_request(method, path, headers, body)
        return answer["statusCode"], answer["body"]

    return handle


def test_a_stage_that_works_is_alive(
    services: Services, working: Callable[..., tuple[int, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(working) as root:
        smoke.run(services, root)
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("{")]
    assert len(lines) >= 9 and all(line.startswith("ok ") for line in lines)


def test_nothing_stays_behind(services: Services, working: Callable[..., tuple[int, str]]) -> None:
    with stage(working) as root:
        smoke.run(services, root)
    assert directory.projects() == []


def test_a_ping_that_fails_is_told_and_the_project_goes_all_the_same(
    services: Services, working: Callable[..., tuple[int, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(method: str, path: str, *rest: Any) -> tuple[int, str]:
        return (500, "oh no") if path.startswith("/ping/") else working(method, path, *rest)

    with stage(failing) as root, pytest.raises(smoke.Wrong, match="answered 500 instead of 200: oh no"):
        smoke.run(services, root)
    assert "FAILED" in capsys.readouterr().out
    assert directory.projects() == []


def test_a_ping_that_is_lost_is_noticed(services: Services, working: Callable[..., tuple[int, str]]) -> None:
    def losing(method: str, path: str, *rest: Any) -> tuple[int, str]:
        return (200, "OK") if path.startswith("/ping/") else working(method, path, *rest)

    with stage(losing) as root, pytest.raises(smoke.Wrong, match="the check is new after 0 pings"):
        smoke.run(services, root)


def test_a_stage_that_does_not_answer_is_told(services: Services) -> None:
    with pytest.raises(smoke.Wrong, match="got no answer"):
        smoke.run(services, "http://127.0.0.1:1")


class Told:
    def __init__(self, parameters: dict[str, str], outputs: dict[str, str]) -> None:
        self.name = "tocsin-blue"
        self.parameters = lambda: parameters
        self.outputs = lambda: outputs


@pytest.mark.parametrize(
    ("parameters", "outputs", "address"),
    [
        ({"SiteRoot": "https://up.example.org"}, {"EndpointURL": "https://x/blue/"}, "https://up.example.org"),
        ({"SiteRoot": ""}, {"EndpointURL": "https://x/blue/"}, "https://x/blue/"),
    ],
)
def test_the_stage_is_where_its_stack_says(parameters: Any, outputs: Any, address: str) -> None:
    stack: Any = Told(parameters, outputs)
    assert smoke.address_of(stack) == address


def test_a_stage_that_is_not_deployed_is_told() -> None:
    stack: Any = Told({}, {})
    with pytest.raises(smoke.Wrong, match="there is no stack tocsin-blue"):
        smoke.address_of(stack)
