"""The runner as a whole: `python -m infra.local` in a process of its own, asked over real sockets."""

import contextlib
import http.client
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.keeper import FILE
from infra.local.outbox import Outbox
from tests.cases import each
from tests.infra.test_local_keeper import emulated, left, waiting

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
# What a developer's shell may hold. None of it may lead the runner to the real AWS.
SHELL = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_REGION": "eu-west-1",
    "TOCSIN_STAGE": "prod",
}


def until(found: Callable[[], Any], process: "subprocess.Popen[bytes] | None" = None) -> Any:
    """What `found` answers as soon as it answers something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and (process is None or process.poll() is None):
        answer = found()
        if answer:
            return answer
        time.sleep(0.01)
    pytest.fail(f"still nothing after {PATIENCE} s, or the process has ended")


class Runner:
    """One running runner and its first project."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._keys, self.output = folder / "keys.json", folder / "output"
        command = [sys.executable, "-m", "infra.local", "--port", "0", "--keys", str(self._keys), *arguments]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **SHELL}, stdout=output, stderr=subprocess.STDOUT
            )

    def __enter__(self) -> "Runner":
        until(self._keys.exists, self.process)
        self.keys = json.loads(self._keys.read_text())
        self.url = self.keys["base_url"]
        self.address = ("127.0.0.1", int(self.url.rpartition(":")[2]))
        self.project = self.keys["projects"][0]
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """(status, the JSON document or the text) of a request with the project's key."""
        connection = http.client.HTTPConnection(*self.address, timeout=PATIENCE)
        sent = json.dumps(body) if isinstance(body, dict) else body
        with contextlib.closing(connection):
            connection.request(method, path, sent, {"X-Api-Key": self.project["api_key"], **headers})
            answer = connection.getresponse()
            text = answer.read().decode()
        return answer.status, json.loads(text) if answer.headers.get_content_type() == "application/json" else text

    def raw(self, request: bytes) -> bytes:
        """Everything that comes back for these bytes until the server hangs up."""
        with socket.create_connection(self.address, timeout=PATIENCE) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    def sent(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.ask("GET", "/outbox.json")[1]
        return found

    def check(self, name: str, **fields: Any) -> dict[str, Any]:
        status, document = self.ask("POST", "/api/v1/checks/", {"name": name, **fields})
        assert status == 201, document
        found: dict[str, Any] = document
        return found


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with Runner(tmp_path_factory.mktemp("runner")) as running:
        yield running


def run(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """A runner that is expected to end by itself."""
    command = [sys.executable, "-m", "infra.local", *arguments]
    env = {**os.environ, **environ}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)


NOT_FOUND = (404, {"error": "not found"})


def test_the_key_file_opens_the_api(runner: Runner) -> None:
    with urllib.request.urlopen(f"{runner.url}/outbox") as page:
        assert b"Nothing has been sent yet" in page.read()
    assert [project["name"] for project in runner.keys["projects"]] == ["Main", "Second"]
    assert runner.ask("GET", "/api/v1/checks/")[0] == 200
    assert runner.ask("GET", "/api/v1/checks/", **{"X-Api-Key": "wrong"})[0] == 401


def test_the_terminal_shows_the_keys_and_nothing_of_the_logs(runner: Runner) -> None:
    runner.ask("GET", f"/ping/{runner.project['ping_key']}/quiet?create=1")

    shown = runner.output.read_text()
    assert shown.startswith(f"Tocsin is running on {runner.url}")
    assert all(value in shown for project in runner.keys["projects"] for value in project.values())
    assert "{" not in shown.replace('{"kind"', "").replace('{"address"', "").replace('{"name"', "")


def test_urls_in_answers_lead_back_here(runner: Runner) -> None:
    check = runner.check("urls")

    assert check["ping_url"].startswith(f"{runner.url}/ping/")
    assert runner.ask("GET", check["ping_url"].removeprefix(runner.url)) == (200, "OK")


@pytest.mark.parametrize("path", ["/api/v1/checks", "/api/v1/checks/"])
def test_a_slash_at_the_end_makes_no_difference(runner: Runner, path: str) -> None:
    assert runner.ask("GET", path)[0] == 200


@pytest.mark.parametrize("path", ["/nowhere", "//x/api/v1/checks"])
def test_an_unknown_path_is_not_found(runner: Runner, path: str) -> None:
    assert runner.ask("GET", path) == NOT_FOUND


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [("FOO", "/api/v1/checks/", {"error": "method not allowed"}), ("TRACE", "/ping/x", "method not allowed")],
)
def test_an_unknown_method_is_not_allowed(runner: Runner, method: str, path: str, answer: object) -> None:
    assert runner.ask(method, path) == (405, answer)


def test_a_mail_to_the_simulator_comes_back_and_its_channel_tells_the_next_address(runner: Runner) -> None:
    settings = {"kind": "email", "name": "Simulator", "settings": {"address": "bounce@simulator.amazonses.com"}}
    channel = f"/api/v1/channels/{runner.ask('POST', '/api/v1/channels/', settings)[1]['id']}"
    check = runner.check("comes back", channels=channel.rpartition("/")[2])
    runner.ask("GET", f"{check['ping_url'].removeprefix(runner.url)}/fail")

    def states() -> list[str]:
        return [line["state"] for line in runner.ask("GET", f"{channel}/notifications/")[1]["notifications"]]

    until(lambda: states() == ["failed"])
    assert "user unknown" in runner.ask("GET", channel)[1]["last_error"]
    runner.ask("POST", channel, {"settings": {"address": "mended@example.org"}})

    until(lambda: "mended@example.org" in [mail["to"] for mail in runner.sent()])
    assert runner.ask("GET", channel)[1]["last_error"] == ""


def test_a_ping_with_odd_header_bytes_counts(runner: Runner) -> None:
    check = runner.check("odd bytes")
    path = check["ping_url"].removeprefix(runner.url).encode()

    answer = runner.raw(b"GET %b HTTP/1.1\r\nHost: x\r\nUser-Agent: caf\xe9 \xff\r\nConnection: close\r\n\r\n" % path)

    assert answer.startswith(b"HTTP/1.1 200 OK") and answer.endswith(b"\r\n\r\nOK")
    (ping,) = runner.ask("GET", f"/api/v1/checks/{check['uuid']}/pings/")[1]["pings"]
    assert ping["ua"] == "caf\xe9 \xff"


def test_a_ping_in_chunks_keeps_its_body(runner: Runner) -> None:
    check = runner.check("chunks")
    path = check["ping_url"].removeprefix(runner.url).encode()
    head = b"POST %b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" % path

    answer = runner.raw(head + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert runner.ask("GET", f"/api/v1/checks/{check['uuid']}/pings/1/body") == (200, "hello world")


def test_head_is_a_ping_and_gets_no_body(runner: Runner) -> None:
    check = runner.check("head")
    path = check["ping_url"].removeprefix(runner.url)

    answer = runner.raw(f"HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 200 OK") and answer.endswith(b"\r\n\r\n")
    assert runner.ask("GET", f"/api/v1/checks/{check['uuid']}")[1]["n_pings"] == 1


def test_the_address_of_a_pinger_is_known(runner: Runner) -> None:
    check = runner.check("addresses")
    path = check["ping_url"].removeprefix(runner.url)
    runner.ask("GET", path)
    runner.ask("GET", path, **{"X-Forwarded-For": "203.0.113.7"})

    pings = runner.ask("GET", f"/api/v1/checks/{check['uuid']}/pings/")[1]["pings"]
    assert [ping["remote_addr"] for ping in pings] == ["203.0.113.7", "127.0.0.1"]


def test_a_body_that_is_too_long_is_refused_in_json(runner: Runner) -> None:
    answer = runner.ask("POST", "/api/v1/checks/", b"x" * (10 * 1024 * 1024 + 1))

    assert answer == (413, {"error": "request body too large"})


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"get / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_in_json(runner: Runner, request_: bytes) -> None:
    head, _, body = runner.raw(request_).partition(b"\r\n\r\n")

    assert head.split()[1] in (b"400", b"413")
    assert json.loads(body)["error"]


def test_a_mail_and_a_text_reach_the_outbox_as_soon_as_a_check_fails(runner: Runner) -> None:
    channels = [
        runner.ask("POST", "/api/v1/channels/", {"kind": kind, "name": kind, "settings": settings})[1]["id"]
        for kind, settings in {"email": {"address": "ops@example.org"}, "sms": {"number": "+37120000000"}}.items()
    ]
    check = runner.check("Backup & more", channels=",".join(channels))

    runner.ask("POST", check["ping_url"].removeprefix(runner.url) + "/fail", b"disk full")
    found = until(lambda: [sent for sent in runner.sent() if "Backup & more" in sent["text"]][1:] and runner.sent())

    mail, text = sorted((sent for sent in found if "Backup" in sent["text"]), key=lambda sent: sent["kind"])
    assert (mail["kind"], mail["to"], mail["subject"]) == ("email", "ops@example.org", "DOWN | Backup & more")
    assert "disk full" in mail["text"] and "Backup &amp; more" in mail["html"]
    assert (text["kind"], text["to"], text["html"]) == ("sms", "+37120000000", "")
    assert until(lambda: "email   to ops@example.org: DOWN | Backup & more" in runner.output.read_text())


def test_a_webhook_to_this_machine_is_called_for_real(runner: Runner) -> None:
    settings = {"url_down": f"{runner.url}/outbox/webhook/here", "body_down": "$NAME is $STATUS"}
    made = runner.ask("POST", "/api/v1/channels/", {"kind": "webhook", "name": "Hook", "settings": settings})[1]

    tried = runner.ask("POST", f"/api/v1/channels/{made['id']}/test", b"")

    assert tried[0] == 200, tried
    assert [sent["subject"] for sent in runner.sent() if sent["kind"] == "webhook"] == ["POST /outbox/webhook/here"]


def test_a_topic_is_there_to_try(runner: Runner) -> None:
    topic = "arn:aws:sns:eu-north-1:123456789012:tocsin-local"
    made = runner.ask("POST", "/api/v1/channels/", {"kind": "sns", "name": "T", "settings": {"topic": topic}})[1]

    assert runner.ask("POST", f"/api/v1/channels/{made['id']}/test", b"")[0] == 200
    assert topic in [sent["to"] for sent in runner.sent()]


def test_the_administrator_is_let_in(runner: Runner) -> None:
    words = ["--url", runner.url, "--json", "project", "list"]
    command = [sys.executable, "-m", "infra.admin", *words]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)

    assert ended.returncode == 0, ended
    assert '"Main"' in ended.stdout and '"Second"' in ended.stdout


def test_a_page_in_a_browser_is_not(runner: Runner) -> None:
    command = {"argv": ["project", "list"]}

    assert runner.ask("POST", "/admin", command)[0] == 403
    assert runner.ask("POST", "/admin", command, **{"X-Tocsin-Local": "1", "Origin": "http://evil.example"})[0] == 403


def test_a_runner_goes_on_where_one_that_was_killed_has_left_off(tmp_path: Path) -> None:
    """The first finds news of which nobody was told: what was killed had no time for it."""
    data = tmp_path / "my data"
    data.mkdir()
    with emulated() as services:
        ring = waiting(services)
        left(data, services, [ring], Outbox())
    with Runner(tmp_path, "--data", str(data)) as running:
        assert running.project["api_key"] == ring.keys["write"]
        assert str(data) in running.output.read_text()
        until(lambda: [mail["subject"] for mail in running.sent()] == ["DOWN | Left waiting"], running.process)
        running.check("Made since")
        until(lambda: "Made since" in (data / FILE).read_text(), running.process)
    (tmp_path / "again").mkdir()
    with Runner(tmp_path / "again", "--data", str(data)) as running:
        names = [check["name"] for check in running.ask("GET", "/api/v1/checks/")[1]["checks"]]
        assert sorted(names) == ["Left waiting", "Made since"]
        assert [mail["subject"] for mail in running.sent()] == ["DOWN | Left waiting"]
        running.check("Made at the end")
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(PATIENCE) == 0
    assert "Made at the end" in (data / FILE).read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with Runner(tmp_path) as running:
        shown = running.output.read_text()
        running.process.send_signal(number)

        assert running.process.wait(PATIENCE) == 0
        assert running.output.read_text().strip() == shown.strip()


def test_a_port_in_use_is_told_in_one_line(runner: Runner) -> None:
    port = runner.address[1]
    ended = run("--port", str(port))

    assert (ended.returncode, ended.stdout) == (1, "")
    words = f"infra.local: cannot listen on 127.0.0.1:{port}: Address already in use; try PORT={port % 65_535 + 1}\n"
    assert ended.stderr == words


@each(
    ("arguments", "complaint"),
    [
        (["--port", "http"], "'http' is not a port"),
        (["--port", "65536"], "'65536' is not a port"),
        (["--port", "-1"], "'-1' is not a port"),
        (["--keys", "/nowhere/keys.json", "--port", "0"], "cannot write the keys to /nowhere/keys.json"),
        (["--data", "/nowhere/deep/er", "--port", "0"], "cannot make the directory /nowhere/deep/er"),
        (["--tables-only"], "--tables-only and --endpoint go together"),
        (["--tables-only", "--endpoint", "https://sqs.eu-north-1.amazonaws.com"], "is the real AWS"),
        (["--tables-only", "--endpoint", "127.0.0.1:5000"], "is not a URL"),
        (["--tables-only", "--endpoint", "http://127.0.0.1:9"], "nothing answers at http://127.0.0.1:9"),
    ],
)
def test_what_is_wrong_with_the_command_is_told_in_one_line(arguments: list[str], complaint: str) -> None:
    ended = run(*arguments)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert complaint in ended.stderr and ended.stderr.count("\n") == 1


def test_a_setting_that_cannot_be_used_is_told_in_one_line() -> None:
    ended = run("--port", "0", TOCSIN_CHECK_LIMIT="many")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("infra.local: TOCSIN_CHECK_LIMIT must be") and ended.stderr.count("\n") == 1


def test_make_hands_names_on_as_they_are() -> None:
    names = ["KEYS=my keys.json", 'DATA=it\'s\\"kept" here']
    command = ["make", "--dry-run", "run", "DEMO=1", *names]

    # The make that runs the tests hands on what it was told.
    handed_on = ("MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "MFLAGS", "ARGS")
    environment = {name: value for name, value in os.environ.items() if name not in handed_on}
    shown = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True
    ).stdout

    words = shlex.split(shown[shown.index("-m infra.local") :])
    assert words[words.index("--keys") + 1 : words.index("--keys") + 2] == ["my keys.json"]
    assert words[words.index("--data") + 1 :] == ['it\'s\\"kept" here', "--demo"]
