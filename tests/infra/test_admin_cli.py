"""The command line as its user meets it: a process of its own where it matters, against real sockets."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from moto.server import ThreadedMotoServer

from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.store import connection, directory
from infra.admin import __main__ as admin
from infra.admin import door

ROOT = Path(__file__).parents[2]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Says nothing: what the tests print is theirs."""


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Starts web servers that answer every request with what a function of its WSGI environment says; gives the URL."""
    stops: list[Callable[[], None]] = []

    def start(answer: Callable[[dict[str, Any]], tuple[int, Any]]) -> str:
        def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            status, document = answer(environ)
            start_response(f"{status} -", [("Content-Type", "application/json")])
            return [json.dumps(document).encode()]

        server = make_server("127.0.0.1", 0, application, handler_class=_Quiet)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        stops.extend([server.shutdown, thread.join, server.server_close])
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for stop in stops:
        stop()


@pytest.fixture
def service(services: Services, serve: Callable[..., str]) -> str:
    """The URL of a running service whose door is open to this machine."""
    return serve(lambda environ: door.handle(services, environ))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def run(*argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.admin", *argv]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, timeout=60)


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """An environment without anything about AWS in it, which a test may fill; commands change this copy alone.

    The store reads it when it makes its client, once in a process: here it has made none yet.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TOCSIN_"))}
    environ |= {"AWS_EC2_METADATA_DISABLED": "true"}
    environ |= {name: str(tmp_path / "none") for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "HOME")}
    monkeypatch.setattr(os, "environ", environ)
    monkeypatch.setattr(connection._Link, "connection", None)
    return environ


Refused = Callable[..., tuple[int, str]]


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """Runs a command line that must fail; gives its exit code and the one line that it prints as an error."""

    def answer(*argv: str) -> tuple[int, str]:
        code = admin.main(argv)
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("infra.admin: ") and len(err.splitlines()) == 1, err
        return code, err.removeprefix("infra.admin: ").rstrip()

    return answer


KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "eu-north-1"}


def test_a_project_is_made_in_the_tables_of_a_stage(services: Services) -> None:
    emulator = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    emulator.start()
    try:
        host, port = emulator.get_host_and_port()
        place = ("--stage", services.settings.stage, "--endpoint", f"http://{host}:{port}")
        done = run(*place, "project", "create", "--name", "Website", "--json", **KEYS)
    finally:
        emulator.stop()
    assert (done.returncode, done.stderr) == (0, "")
    found = projects.opened_by(json.loads(done.stdout)["api_key"])
    assert found is not None
    assert directory.project(found.project).name == "Website"


def test_a_project_is_made_in_a_running_service(services: Services, service: str) -> None:
    done = run("--url", service, "project", "create", "--name", "Website", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = projects.opened_by(json.loads(done.stdout)["api_key"])
    assert found is not None
    assert directory.project(found.project).name == "Website"


def test_a_failure_is_one_line_on_the_error_stream(service: str) -> None:
    done = run("--url", service, "key", "rotate", "nowhere")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "infra.admin: project not found\n")


@pytest.mark.parametrize("place_first", [True, False])
def test_the_place_and_the_form_may_stand_anywhere(
    service: str, capsys: pytest.CaptureFixture[str], place_first: bool
) -> None:
    place, command = ["--url", f"{service}/"], ["project", "list"]
    assert admin.main([*place, "--json", *command] if place_first else [*command, "--json", *place]) == 0
    assert capsys.readouterr().out == "[]\n"


def test_help_goes_to_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert admin.main(["key", "rotate", "--help"]) == 0
    out, err = capsys.readouterr()
    assert "--keep-old" in out
    assert err == ""


def test_a_proxy_is_not_asked_about_this_machine(service: str) -> None:
    done = run("--url", service, "project", "list", http_proxy=f"http://127.0.0.1:{free_port()}", no_proxy="")
    assert (done.returncode, done.stdout) == (0, "No projects yet.\n")


# What goes wrong on the way


def test_a_service_that_is_not_running_is_said(refused: Refused) -> None:
    code, line = refused("--url", f"http://127.0.0.1:{free_port()}", "project", "list")
    assert code == 1
    assert "nothing answers" in line and "make run" in line and "--stage" in line


@pytest.mark.parametrize(("status", "document"), [(404, {"error": "not found"}), (200, ["something else"]), (200, {})])
def test_another_service_at_the_address_is_said(
    refused: Refused, serve: Callable[..., str], status: int, document: object
) -> None:
    code, line = refused("--url", serve(lambda _: (status, document)), "project", "list")
    assert code == 1
    assert "is not a service that takes commands from here" in line


def test_missing_credentials_are_said(surroundings: dict[str, str], refused: Refused) -> None:
    surroundings["AWS_DEFAULT_REGION"] = "eu-north-1"
    code, line = refused("--stage", "dev", "project", "list")
    assert code == 1
    assert line.startswith("no AWS credentials: set AWS_PROFILE")


def test_a_missing_region_is_said(surroundings: dict[str, str], refused: Refused) -> None:
    code, line = refused("--stage", "dev", "project", "list")
    assert (code, line.partition(":")[0]) == (1, "no AWS region")


def test_a_profile_that_is_not_there_is_said(surroundings: dict[str, str], refused: Refused) -> None:
    surroundings["AWS_PROFILE"] = "nobody"
    code, line = refused("--stage", "dev", "project", "list")
    assert code == 1
    assert "nobody" in line


def test_an_endpoint_out_of_reach_is_said(surroundings: dict[str, str], refused: Refused) -> None:
    surroundings |= KEYS
    endpoint = f"http://127.0.0.1:{free_port()}"
    code, line = refused("--endpoint", endpoint, "project", "list")
    assert code == 1
    assert line.startswith("out of reach: ") and endpoint in line


def test_an_endpoint_in_the_environment_means_its_tables(surroundings: dict[str, str], refused: Refused) -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    surroundings |= {**KEYS, "AWS_ENDPOINT_URL": endpoint}
    assert endpoint in refused("project", "list")[1]


def test_an_endpoint_on_the_command_line_wins(surroundings: dict[str, str], refused: Refused) -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    surroundings |= {**KEYS, "AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{free_port()}"}
    assert endpoint in refused("--endpoint", endpoint, "project", "list")[1]


def test_lambdas_name_of_the_region_is_understood(surroundings: dict[str, str], refused: Refused) -> None:
    surroundings |= {"AWS_REGION": "eu-north-1"}
    assert refused("--stage", "dev", "project", "list")[1].startswith("no AWS credentials")


@pytest.mark.parametrize("option", ["--url", "--endpoint"])
@pytest.mark.parametrize("text", ["nonsense", "ftp://127.0.0.1", "http://", "http://[", "http://127.0.0.1:none"])
def test_an_address_that_is_none_is_refused(
    surroundings: dict[str, str], refused: Refused, option: str, text: str
) -> None:
    code, line = refused(option, text, "project", "list")
    assert code == 2
    assert line.startswith(f"{option} must be a URL")


def test_an_endpoint_in_the_environment_that_is_none_is_refused(surroundings: dict[str, str], refused: Refused) -> None:
    surroundings["AWS_ENDPOINT_URL"] = "nonsense"
    assert refused("project", "list")[0] == 2


def test_a_setting_that_makes_no_sense_is_named(surroundings: dict[str, str], refused: Refused) -> None:
    surroundings["TOCSIN_CHECK_LIMIT"] = "many"
    code, line = refused("--stage", "dev", "project", "list")
    assert (code, line.split()[0]) == (2, "TOCSIN_CHECK_LIMIT")


def test_a_service_and_a_stage_at_once_are_refused(refused: Refused) -> None:
    assert refused("--url", "http://127.0.0.1:8000", "--stage", "dev", "project", "list")[0] == 2


def test_a_wrong_word_is_refused_before_anything_is_asked(refused: Refused) -> None:
    code, line = refused("--url", f"http://127.0.0.1:{free_port()}", "project", "paint")
    assert code == 2
    assert "paint" in line
