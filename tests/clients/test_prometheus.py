"""A Prometheus, as Debian packages it, scrapes the running service in each form in which it can send a key."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from infra.lanes.process import background, free_port, wait_until
from tests.clients.conftest import PATIENCE, Project

NAME = 'Night "shift" \\ of\nann \u2603 \r\x1b end'
JOBS = ("bearer", "basic", "path")

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def filled(service: list[Project]) -> Project:
    """A project with a check that is up, one that is down and one that was never heard of, and a channel."""
    project = service[0]
    headers = {"X-Api-Key": project.api_key}
    for name, ends in ((NAME, ["/start", ""]), ("Down", ["/fail"]), ("New", [])):
        sent = {"name": name, "tags": "prod"}
        made = requests.post(f"{project.base_url}/api/v3/checks/", json=sent, headers=headers, timeout=PATIENCE).json()
        for end in ends:
            requests.get(made["ping_url"] + end, timeout=PATIENCE).raise_for_status()
    return project


@pytest.fixture(scope="module")
def ask(filled: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks a Prometheus that has scraped every job once: `ask("query", query="up")`."""
    home, port = tmp_path_factory.mktemp("prometheus"), free_port()
    (home / "prometheus.yml").write_text(json.dumps(_configuration(filled)))
    command = [
        *("prometheus", f"--config.file={home}/prometheus.yml", f"--storage.tsdb.path={home}/data"),
        f"--web.listen-address=127.0.0.1:{port}",
    ]

    def asked(what: str, **parameters: str) -> Any:
        url = f"http://127.0.0.1:{port}/api/v1/{what}"
        return requests.get(url, params=parameters, timeout=PATIENCE).json()["data"]

    def scraped() -> bool:
        try:
            targets = asked("targets")["activeTargets"]
        except (requests.RequestException, ValueError, KeyError):
            return False
        return len(targets) == len(JOBS) and all(one["health"] != "unknown" for one in targets)

    log = home / "log"
    with background(command, log, cwd=home) as process:
        wait_until(scraped, process, log, PATIENCE, "Prometheus")
        yield asked


def _configuration(project: Project) -> dict[str, Any]:
    """JSON is YAML as well."""
    key, target = project.api_key_readonly, project.base_url.removeprefix("http://")
    places: dict[str, dict[str, Any]] = {
        "bearer": {"authorization": {"credentials": key}},
        "basic": {"basic_auth": {"username": "prometheus", "password": key}},
        "path": {"metrics_path": f"/projects/8ca9fdf6-2dd5-4c8f-b3d7-6a3d8c4ad7f2/metrics/{key}"},
    }
    jobs = [{"job_name": job, "static_configs": [{"targets": [target]}], **places[job]} for job in JOBS]
    return {"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}


def test_every_form_of_the_key_is_scraped_without_an_error(ask: Ask) -> None:
    targets = ask("targets")["activeTargets"]
    assert {one["labels"]["job"]: (one["health"], one["lastError"]) for one in targets} == dict.fromkeys(
        JOBS, ("up", "")
    )


def test_what_it_keeps_is_what_was_told(ask: Ask) -> None:
    def values(query: str, label: str) -> dict[str, str]:
        return {one["metric"][label]: one["value"][1] for one in ask("query", query=query)["result"]}

    assert values('hc_check_up{job="bearer"}', "name") == {NAME: "1", "Down": "0", "New": "1"}
    assert values('hc_tag_up{job="basic"}', "tag") == {"prod": "0"}
    assert values('hc_checks_total{job="path"}', "job") == {"path": "3"}
    assert values('sum by (status) (tocsin_check_status{job="path"})', "status") == {"up": "1", "down": "1", "new": "1"}
    joined = 'tocsin_check_pings_total{job="bearer"} * on (unique_key) group_left (name) hc_check_up{job="bearer"}'
    assert values(joined, "name") == {NAME: "2", "Down": "0", "New": "0"}


def test_it_knows_the_type_and_the_words_of_every_name(ask: Ask) -> None:
    known = ask("metadata")
    told = {name for name in known if name.startswith(("hc_", "tocsin_"))}
    assert {"hc_check_up", "hc_checks_total", "tocsin_check_pings_total", "tocsin_deliveries_waiting"} <= told
    assert all(known[name][0]["help"] for name in told)
    assert known["tocsin_check_pings_total"][0]["type"] == "counter"


def test_its_own_tool_finds_nothing_but_the_names_that_are_published(filled: Project) -> None:
    headers = {"Authorization": f"Bearer {filled.api_key_readonly}"}
    text = requests.get(f"{filled.base_url}/metrics", headers=headers, timeout=PATIENCE).text
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
    said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("hc_")]
    assert said == [], done
