"""Clients of Grafana's alerting, each in a process and an environment of its own, before a service with alerts."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.channels.servers import Server, serving
from tests.clients.conftest import GRAFANA_CLIENTS, PATIENCE, ROOT, Project
from tests.clients.grafana.world import World, filled

PLACES: dict[str, str] = json.loads(os.environ[GRAFANA_CLIENTS])
WITHIN = "tests.clients.grafana.within"
EMAIL: dict[str, Any] = {"type": "email", "isDefault": False, "settings": {"addresses": "ops@example.org"}}


class Raised(Exception):
    """What a client raised: the name of its exception, the status where it tells one, its text, and what it logged."""

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__(f"{found['raised']}: {found['text']} {found['logged']}")
        self.kind, self.status, self.text = found["raised"], found["status"], found["text"]
        self.logged: list[str] = found["logged"]


@dataclass
class Client:
    """A client that waits for calls."""

    process: subprocess.Popen[str]
    logged: list[str] = field(default_factory=list)

    def __call__(self, call: str, *args: Any, **named: Any) -> Any:
        """What it returns. Raises Raised."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"call": call, "args": args, "named": named}) + "\n")
        self.process.stdin.flush()
        found = json.loads(self.process.stdout.readline())
        self.logged = found["logged"]
        if "raised" in found:
            raise Raised(found)
        return found["returned"]


Opened = Callable[..., Client]


@contextmanager
def opening(name: str) -> Iterator[Opened]:
    """Starts clients of this name; they end with the block."""
    processes: list[subprocess.Popen[str]] = []

    def started(project: Project, key: str | None = None, user: str = "") -> Client:
        told = [project.base_url, key or project.api_key, user]
        process = subprocess.Popen(
            [*_command(name), *told], cwd=ROOT, env=_environ(name), stdin=-1, stdout=-1, text=True
        )
        processes.append(process)
        return Client(process)

    try:
        yield started
    finally:
        for process in processes:
            process.communicate()


def _command(name: str) -> list[str]:
    if name == "hubot-grafana":
        return ["node", str(ROOT / "tests/clients/grafana/within/hubot_grafana.js")]
    return [PLACES[name], "-W", "ignore", "-m", f"{WITHIN}.{name.replace('-', '_')}"]


def _environ(name: str) -> dict[str, str]:
    return {**os.environ, **({"NODE_PATH": PLACES[name]} if name == "hubot-grafana" else {})}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A web site, and a receiver of webhooks."""
    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def world(service: list[Project], server: Server) -> Iterator[World]:
    """A project with alerts in every state, which the tests leave as they are."""
    yield from filled(World(service[0]), server)


@pytest.fixture
def place(service: list[Project]) -> Iterator[World]:
    """A project with an alert that is ok and one that is alerting, for one test."""
    found = World(service[1])
    paths = [found.heartbeat(name) for name in ("Ours", "Theirs")]
    found.ping(paths[0])
    found.ping(paths[1], "/fail")
    yield found
    for path in paths:
        found.call("DELETE", path)


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest) -> Iterator[Opened]:
    """The client that the module names, in its own environment."""
    with opening(request.module.CLIENT) as started:
        yield started


@pytest.fixture(scope="module")
def client(opened: Opened, world: World) -> Client:
    return opened(world.project)


@pytest.fixture
def refused(world: World) -> Callable[..., Raised]:
    """Calls what a client must not get."""

    def call(client: Client, name: str, *args: Any, **named: Any) -> Raised:
        with pytest.raises(Raised) as caught:
            client(name, *args, **named)
        return caught.value

    return call


@pytest.fixture
def command(place: World, tmp_path: Path) -> Callable[..., str]:
    """Runs a command of grafana-backup before the project; what it prints."""

    def run(*words: str, key: str = place.project.api_key, code: int = 0) -> str:
        environ = {**os.environ, "GRAFANA_URL": place.project.base_url, "GRAFANA_TOKEN": key, "HOME": str(tmp_path)}
        line = [PLACES["grafana-backup"], "-m", "grafana_backup.cli", *words]
        done = subprocess.run(line, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def archive(tmp_path: Path) -> Callable[[], str]:
    """Where grafana-backup has put what it saved."""

    def found() -> str:
        (path,) = tmp_path.glob("_OUTPUT_/*.tar.gz")
        return str(path)

    return found
