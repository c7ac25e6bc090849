"""The recipes of the documentation: what a shell can run is run against the service, all else is read."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from chalicelib.core import schedule
from tests.clients.conftest import PATIENCE, ROOT, Project

TEXT = (ROOT / "docs" / "recipes.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)
ADDRESS = "https://tocsin.example.org/ping/PING_KEY"
JOB = "/usr/local/bin/backup"


def blocks(kind: str) -> list[str]:
    return [text for language, text in BLOCKS if language == kind]


def listed(project: Project, path: str) -> Any:
    headers = {"X-Api-Key": project.api_key}
    return requests.get(f"{project.base_url}/api/v3/{path}", headers=headers, timeout=PATIENCE).json()


@pytest.fixture
def run(project: Project, tmp_path: Path) -> Any:
    """Runs lines of a shell in which the job ends with a code; answers the pings of its check, oldest first."""

    def answer(script: str, code: int, slug: str, **variables: str) -> list[str]:
        here = f"{project.base_url}/ping/{project.ping_key}"
        requests.get(f"{here}/{slug}/log?create=1", timeout=PATIENCE)
        job = tmp_path / "job"
        job.write_text(f"#!/bin/sh\necho disk full; exit {code}\n")
        job.chmod(0o755)
        ours = script.replace(ADDRESS, here).replace(JOB, str(job)).replace("nightly-backup", slug)
        env = os.environ | {name: text.replace(ADDRESS, here) for name, text in variables.items()}
        subprocess.run(["sh", "-c", ours], env=env, timeout=PATIENCE, check=False)
        (check,) = listed(project, f"checks/?slug={slug}")["checks"]
        pings = listed(project, f"checks/{check['uuid']}/pings/")["pings"]
        return [ping["type"] for ping in reversed(pings)][1:]

    return answer


def test_the_lines_of_the_crontab_report_how_the_job_ended(run: Any) -> None:
    plain, whole = (text.splitlines() for text in blocks("crontab"))
    for lines in (plain, whole):
        assert schedule.kind_of(" ".join(lines[1].split()[:5])) == "cron"
        assert "%" not in lines[1]  # which a crontab takes for the end of the line

    def typed(lines: list[str]) -> str:
        return f"{lines[0]}\n{' '.join(lines[1].split(' ')[5:])}"

    assert run(typed(plain), 0, "cron-good") == ["success"]
    assert run(typed(plain), 3, "cron-bad") == ["fail"]
    assert run(typed(whole), 3, "cron-whole") == ["start", "fail"]


def test_the_units_of_systemd_report_whatever_ended_the_job(run: Any) -> None:
    timer, service = (_unit(text) for text in blocks("ini"))
    assert schedule.kind_of(timer["Timer"]["OnCalendar"]) == "oncalendar"
    commands = {
        key: service["Service"][key].removeprefix("-/bin/sh -c '").removesuffix("'").replace("$$", "$")
        for key in service["Service"]
    }
    ping = service["Service"]["Environment"].removeprefix("PING=").replace("nightly-backup", "units")
    for result, told in (("success", "success"), ("timeout", "fail")):
        script = f"{commands['ExecStartPre']}\n{commands['ExecStart']}\n{commands['ExecStopPost']}"
        assert run(script, 0, "units", PING=ping, SERVICE_RESULT=result)[-2:] == ["start", told]


def _unit(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=["="])
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def test_the_job_of_kubernetes_and_the_workflow_report_both_ends(run: Any) -> None:
    job, workflow, *_ = (yaml.safe_load(text) for text in blocks("yaml"))
    container = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    assert (job["apiVersion"], job["kind"], container["command"]) == ("batch/v1", "CronJob", ["/bin/sh", "-c"])
    assert run(container["args"][0], 4, "pod", PING=ADDRESS) == ["start", "fail"]
    steps = workflow["jobs"]["backup"]["steps"]
    assert workflow[True]["schedule"] == [{"cron": job["spec"]["schedule"]}]
    assert steps[2]["env"]["END"] == "${{ job.status == 'success' && '0' || 'fail' }}"
    for end, told in (("0", "success"), ("fail", "fail")):
        script = "\n".join(step["run"] for step in steps)
        assert run(script, 0, f"workflow-{end}", PING=ADDRESS, END=end) == ["start", told]


def test_the_playbooks_and_borgmatic_name_what_the_service_takes(project: Project) -> None:
    _, _, patches, made, borgmatic = (yaml.safe_load(text) for text in blocks("yaml"))
    assert patches[0]["vars"]["ping"].startswith(ADDRESS)
    assert [list(task) for task in patches[0]["tasks"]] == [["block", "rescue"]]
    asked = made[0]["tasks"][0]["ansible.builtin.uri"]
    headers = {"X-Api-Key": project.api_key}
    url = asked["url"].replace("https://tocsin.example.org", project.base_url)
    statuses = [requests.post(url, json=asked["body"], headers=headers, timeout=PATIENCE).status_code for _ in range(2)]
    assert statuses == [201, 200]
    assert borgmatic["healthchecks"]["ping_url"] == f"{ADDRESS}/nightly-backup"


def test_every_address_of_the_recipes_is_one_of_this_service() -> None:
    found = set(re.findall(r"https?://[^\s\"'`;,]+", TEXT))
    assert {address for address in found if not address.startswith("https://tocsin.example.org")} == set()
    assert len(blocks("powershell")) == 2
