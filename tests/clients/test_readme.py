"""The README's tour, typed into a shell as it stands."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path

import requests

from tests.clients.conftest import PATIENCE, ROOT, Project


def test_the_tour_of_the_readme_shows_what_it_says(service: list[Project], tmp_path: Path) -> None:
    names = ("name", "api_key", "api_key_readonly", "ping_key")
    projects = [{name: getattr(project, name) for name in names} for project in service]
    (tmp_path / "keys.json").write_text(json.dumps({"base_url": service[0].base_url, "projects": projects}))
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    pings, flips = (json.loads(line) for line in _documents(done.stdout)[-2:])
    assert [ping["type"] for ping in pings["pings"]] == ["success", "fail", "success", "start"]
    assert [flip["up"] for flip in flips["flips"]] == [1, 0, 1]
    assert _mails(service[0].base_url, until="UP | Nightly backup") == ["UP | Nightly backup", "DOWN | Nightly backup"]


def _mails(base_url: str, until: str) -> list[str]:
    """The subjects in the outbox about the tour's check, newest first, each once: others may listen too."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        sent = requests.get(f"{base_url}/outbox.json", timeout=PATIENCE).json()
        subjects = [str(message["subject"]) for message in sent if "Nightly backup" in str(message["subject"])]
        if until in subjects:
            return list(dict.fromkeys(subjects))
    raise AssertionError("the mail did not come")


def _documents(output: str) -> list[str]:
    """The JSON documents that curl wrote one behind the other, without line ends between them."""
    decoder, found, position = json.JSONDecoder(), [], output.index("{")
    while position < len(output):
        if output[position] not in "{[":
            position += 1
            continue
        _, end = decoder.raw_decode(output, position)
        found.append(output[position:end])
        position = end
    return found


def test_every_make_target_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"(?:^    |`)make ([a-z]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert named
    assert named <= targets
