"""The README's tour, typed into a shell as it stands."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests

from tests.clients.conftest import PATIENCE, ROOT, Project

SITE_PORT = "8055"


def test_the_tour_of_the_readme_shows_what_it_says(service: list[Project], tmp_path: Path) -> None:
    names = ("name", "api_key", "api_key_readonly", "ping_key")
    projects = [{name: getattr(project, name) for name in names} for project in service]
    (tmp_path / "keys.json").write_text(json.dumps({"base_url": service[0].base_url, "projects": projects}))
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)

    code, output, errors = _typed("\n".join(blocks).replace(SITE_PORT, _free_port()), tmp_path)

    assert code == 0, errors
    told = _documents(output)
    pings = next(document for document in told if "pings" in document)
    flips = next(document for document in told if "flips" in document)
    assert [ping["type"] for ping in pings["pings"]] == ["success", "fail", "success", "start"]
    assert [flip["up"] for flip in flips["flips"]] == [1, 0, 1]
    for name in ("Nightly backup", "Web site"):
        assert _mails(service[0].base_url, name, until=f"UP | {name}") == [f"UP | {name}", f"DOWN | {name}"]
    assert _mails(service[0].base_url, "Load", until="DOWN | Load of the shop") == ["DOWN | Load of the shop"]
    (outage,), uptime, deleted, alert, (highest,) = told[-5:]
    assert (outage["Reason"], outage["FullName"]) == ("connection refused", "Web site")
    assert (uptime["Uptime"]["DownSeconds"], uptime["Uptime"]["Outages"]) == (outage["Seconds"], 1)
    assert deleted == {}
    assert (alert["status"], alert["currently_triggered_metrics"]) == ("alerting", ["shop.web2.load"])
    assert highest["target"] == "shop.web2.load"
    assert [value for value, _ in highest["datapoints"] if value is not None] == [7.5]


def _free_port() -> str:
    """A port of this machine in place of the tour's, which somebody may use."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def _typed(script: str, folder: Path) -> tuple[int, str, str]:
    """What a shell answers: its code, its output, its errors. What it has left running is ended."""
    command = ["bash", "-euo", "pipefail", "-c", script]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as shell:
        try:
            output, errors = shell.communicate(timeout=PATIENCE)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
    return shell.returncode, output, errors


def _mails(base_url: str, name: str, until: str) -> list[str]:
    """The subjects in the outbox about what is called so, newest first, each once: others may listen too."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        sent = requests.get(f"{base_url}/outbox.json", timeout=PATIENCE).json()
        subjects = [str(message["subject"]) for message in sent if name in str(message["subject"])]
        if until in subjects:
            return list(dict.fromkeys(subjects))
    raise AssertionError("the mail did not come")


def _documents(output: str) -> list[Any]:
    """The JSON documents that curl wrote one behind the other, without line ends between them."""
    decoder, found, position = json.JSONDecoder(), [], output.index("{")
    while position < len(output):
        if output[position] not in "{[":
            position += 1
            continue
        document, position = decoder.raw_decode(output, position)
        found.append(document)
    return found


def test_every_make_target_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"(?:^    |`)make ([a-z]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert named
    assert named <= targets
