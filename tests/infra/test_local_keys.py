"""infra.local.keys: the first projects, their key file and the banner."""

import json
import shlex
import stat
from pathlib import Path
from typing import Any

import pytest

from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from infra.local import CannotRun, keys

URL = "http://127.0.0.1:8123"


@pytest.fixture
def found(services: Services) -> dict[str, Any]:
    return keys.document(URL, keys.make(services))


def test_there_are_two_projects_whose_keys_open_them(found: dict[str, Any]) -> None:
    assert (found["base_url"], [project["name"] for project in found["projects"]]) == (URL, ["Main", "Second"])
    for project in found["projects"]:
        opened = [projects.opened_by(project[name]) for name in ("api_key", "api_key_readonly", "ping_key")]
        assert [key.access for key in opened if key] == ["write", "read", "ping"]


def test_the_key_file_is_for_its_owner_alone(found: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "keys.json"

    keys.write(file, found)

    assert json.loads(file.read_text()) == found
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_keys_of_an_earlier_run_are_removed_before_anything_else(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text("old")

    keys.check_writable(file)

    assert not file.exists()


@pytest.mark.parametrize("file", [Path("/nowhere/keys.json"), Path("/")])
def test_a_file_that_cannot_be_written_is_refused(file: Path) -> None:
    with pytest.raises(CannotRun, match="cannot write the keys to"):
        keys.check_writable(file)


def test_the_banner_shows_every_key_and_where_to_look(found: dict[str, Any]) -> None:
    banner = keys.banner(found)

    assert URL in banner and f"{URL}/outbox" in banner
    assert all(value in banner for project in found["projects"] for value in project.values())


def test_the_lines_for_a_shell_hold_together(found: dict[str, Any]) -> None:
    lines = "\n".join(text for _, text in keys.examples(URL, "KEY", "PING")).replace("\\\n", "").split("\n")

    words = [shlex.split(line) for line in lines]

    assert all(line[0] == "curl" and line[1].startswith(URL) for line in words)
    assert [json.loads(line[line.index("-d") + 1])["name"] for line in words if "-d" in line] == ["Me", "Backup"]


def test_a_key_that_was_rotated_is_null_and_said_to_be(services: Services) -> None:
    ring = keys.make(services)[0]
    projects.rotate(services, ring.project.code, ("write", "read"))
    (kept,) = keys.found_again(keys.to_documents([ring]))
    found = keys.document(URL, [kept])

    assert (found["projects"][0]["api_key"], found["projects"][0]["ping_key"]) == (None, ring.keys["ping"])
    banner = keys.banner(found, Path("/data"))
    assert (
        banner.count("rotated since") == 2
        and "X-Api-Key: $KEY" in banner
        and "Everything is kept in     /data" in banner
    )
    assert keys.start_page(found, [])["projects"][0]["hints"] == ["", "", ring.keys["ping"][:8]]
