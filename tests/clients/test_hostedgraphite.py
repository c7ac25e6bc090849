"""The lines of curl in the published document (Hosted Graphite Alerts API), by curl, against the running service.

The lines stand as they are printed in hostedgraphite_curl.txt, under the names of the examples beside the tests of the
API, which hold what is printed as their answers. Host, scheme, key and ids are put in their places, and where the
document forgot the closing quote of an address (Searching Alerts, Obtain Alert History), a shell would wait for it: it
is put there too. How curl talks is told by its own settings file, so nothing is added to the lines.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.clients.conftest import PATIENCE, ROOT, Project

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

PUBLISHED = ROOT / "tests/api/hostedgraphite/published"
PRINTED = (Path(__file__).parent / "hostedgraphite_curl.txt").read_text(encoding="utf-8")
LINES = dict(re.findall(r"^# (\w+)\n(.*?)(?=\n# |\Z)", PRINTED, re.DOTALL | re.MULTILINE))
SETTINGS = 'silent\nshow-error\nnoproxy = "*"\nwrite-out = "\\n%{http_code}"\n'
# From the point to the mail.
SECONDS = 5

Answer = tuple[int, Any]
Curl = Callable[[str], Answer]
Typed = Callable[[str], Any]


@pytest.fixture(scope="module")
def curl(tmp_path_factory: pytest.TempPathFactory) -> Curl:
    """Types a line into a shell; what curl answers: the status, and the document or None for an empty body."""
    home = tmp_path_factory.mktemp("curl")
    (home / ".curlrc").write_text(SETTINGS)

    def typed(line: str) -> Answer:
        environ = {"PATH": os.environ["PATH"], "CURL_HOME": str(home)}
        done = subprocess.run(["sh", "-c", line], env=environ, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        text, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(text) if text else None

    return typed


def placed(line: str, project: Project, ids: dict[str, str]) -> str:
    """The line of the document with this service's host, scheme, key and ids, and its closing quote."""
    line = line.strip()
    scheme, host = project.base_url.split("://")
    line = line.replace("https://YOUR-API-KEY@api.hostedgraphite.com", f"{scheme}://{project.api_key}@{host}")
    for printed in sorted(ids, key=len, reverse=True):
        line = line.replace(printed, ids[printed])
    return line + '"' * (line.count('"') % 2)


@pytest.fixture
def ids(project: Project) -> Iterator[dict[str, str]]:
    """Two alerts of which the first is alerting, in place of the document's three ids."""
    first, second = _alert(project, "an example of a search_string"), _alert(project, "another search_string")
    _push(project, f"series.{first} 9")
    _wait(lambda: _shown(project, first)["status"] == "alerting", PATIENCE)
    yield {"123-456-7890": first, "123-456-789": first, "321-654-987": second}
    for alert in (first, second):
        _call(project, "DELETE", f"/v2/alerts/{alert}/")


def _alert(project: Project, name: str, **more: Any) -> str:
    """An alert on a series that is called after it."""
    criteria = {"type": "outside_bounds", "above_value": 5, "below_value": 1, "time_period": 2}
    given = {"name": name, "metric": "series", "alert_criteria": criteria, "info": "why"}
    given |= {"notification_type": "state_change", **more}
    made = _call(project, "POST", "/v2/alerts/", json.dumps(given))
    assert made.status_code == 201, made.text
    alert = str(made.json()["id"])
    _call(project, "PUT", f"/v2/alerts/{alert}/", json.dumps({"metric": f"series.{alert}"})).raise_for_status()
    return alert


def _push(project: Project, line: str) -> None:
    assert _call(project, "POST", "/api/v1/sink", line).status_code == 202


def _shown(project: Project, alert: str) -> dict[str, Any]:
    found: dict[str, Any] = _call(project, "GET", f"/v2/alerts/{alert}/").json()
    return found


def _call(project: Project, method: str, path: str, data: str | None = None) -> requests.Response:
    url = project.base_url + path
    return requests.request(method, url, data=data, auth=(project.api_key, ""), timeout=PATIENCE)


def _wait(happened: Callable[[], bool], seconds: float) -> None:
    give_up = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < give_up, f"it did not happen within {seconds:g} seconds"
        time.sleep(0.05)


def published(name: str) -> Answer:
    found = json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))["response"]
    return found["status"], found.get("body")


def assert_shaped(answer: Any, example: Any) -> None:
    """Every field that is printed is there, and of the same type unless one of them is null."""
    if isinstance(example, dict):
        assert set(example) <= set(answer)
        for name, value in example.items():
            assert_shaped(answer[name], value)
    elif isinstance(example, list):
        assert isinstance(answer, list)
        for one in answer:
            assert not example or type(one) in map(type, example)
            if isinstance(one, dict):
                assert_shaped(one, example[0])
    elif answer is not None and example is not None:
        assert type(answer) is type(example), (answer, example)


@pytest.fixture
def type_line(curl: Curl, project: Project, ids: dict[str, str]) -> Typed:
    """Types a line of the document; what is answered has the status that is printed."""

    def typed(name: str) -> Any:
        status, answer = curl(placed(LINES[name], project, ids))
        assert status == published(name)[0], answer
        return answer

    return typed


def test_every_line_of_the_document_has_its_example() -> None:
    assert len(LINES) == 14
    for name, line in LINES.items():
        request = json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))["request"]
        assert line.startswith("curl ")
        assert f"-X {request['method']} " in line
        assert f"YOUR-API-KEY@api.hostedgraphite.com{request['path']}" in line
        assert f"'{request['body']}'" in line if "body" in request else "-d" not in line


def test_create_an_alert(curl: Curl, project: Project) -> None:
    status, answer = curl(placed(LINES["create"], project, {}))
    again, refused = curl(placed(LINES["create"], project, {}))
    _call(project, "DELETE", f"{answer['url']}/").raise_for_status()
    assert status == published("create")[0]
    nothing_yet = ["no series matches test.metric.1"]
    assert answer == {"id": answer["id"], "url": f"/v2/alerts/{answer['id']}", "warnings": nothing_yet}
    assert (again, list(refused)) == (409, ["error"])


@pytest.mark.parametrize(("name", "found"), [("search_all", [True, True]), ("search_matching", [True, False])])
def test_search_alerts(type_line: Typed, ids: dict[str, str], name: str, found: list[bool]) -> None:
    answer = type_line(name)
    ours = {alert["id"]: alert for alert in answer["alerts"] if alert["id"] in ids.values()}
    assert [ids[printed] in ours for printed in ("123-456-789", "321-654-987")] == found
    assert_shaped({**answer, "alerts": list(ours.values())}, published(name)[1])


def test_obtain_information_on_a_single_alert(type_line: Typed, ids: dict[str, str]) -> None:
    answer = type_line("single")
    assert_shaped(answer, published("single")[1])
    assert (answer["id"], answer["status"]) == (ids["123-456-7890"], "alerting")
    assert answer["currently_triggered_metrics"] == [f"series.{answer['id']}"]


def test_update_an_alert(type_line: Typed) -> None:
    """The answer that is printed is that of another change, so its criteria are."""
    answer = type_line("update")
    example = {name: value for name, value in published("update")[1].items() if name != "alert_criteria"}
    assert_shaped(answer, example)
    assert answer["alert_criteria"] == {"time_period": 3, "type": "below", "below_value": 6}


def test_delete_an_alert(type_line: Typed, curl: Curl, project: Project, ids: dict[str, str]) -> None:
    type_line("delete")
    assert curl(placed(LINES["single"], project, ids))[0] == 404
    assert curl(placed(LINES["delete"], project, ids))[0] == 400


def test_mute_an_alert_check_that_and_unmute_it(type_line: Typed, ids: dict[str, str]) -> None:
    assert type_line("mute") == published("mute")[1]
    muted = type_line("muted")
    assert_shaped(muted, published("muted")[1])
    assert (muted["id"], muted["muted"], muted["duration"]) == (ids["123-456-789"], True, 60)
    type_line("unmute")
    assert type_line("muted")["muted"] is False


@pytest.mark.parametrize("by", ["ids", "search"])
def test_mute_and_unmute_multiple_alerts(type_line: Typed, project: Project, ids: dict[str, str], by: str) -> None:
    codes = {ids["123-456-789"], ids["321-654-987"]}
    for action, muted in (("mute", True), ("unmute", False)):
        answer = type_line(f"{action}_{by}")
        assert_shaped(answer, published(f"{action}_{by}")[1])
        assert set(answer["ids"]) == codes
        assert [_shown(project, code)["muted"] for code in codes] == [muted, muted]


def test_obtain_alert_history(type_line: Typed, ids: dict[str, str]) -> None:
    answer = type_line("history")
    example = published("history")[1]["alert_id_1"]
    assert list(answer) == [ids["123-456-789"]]
    (event,) = answer[ids["123-456-789"]]
    assert_shaped([event], example)
    assert (event["status"], event["value"], event["metric"]) == ("alerting", 9, f"series.{ids['123-456-789']}")


def test_a_point_above_is_mailed_within_seconds_and_its_recovery_too(curl: Curl, project: Project) -> None:
    base = f"{project.base_url.replace('://', f'://{project.api_key}@')}"
    name = f"Live {uuid.uuid4().hex}"
    address = f"{uuid.uuid4().hex}@example.org"
    channel = json.dumps({"type": "email", "description": name, "destination": address})
    assert curl(f"curl -X POST -d '{channel}' {base}/v2/notifications/")[0] == 201
    above = {"type": "above", "above_value": 5}
    alert = _alert(project, name, notification_channels=[name], alert_criteria=above)

    def subjects() -> list[str]:
        """Of the mails to the channel, newest first."""
        sent = requests.get(f"{project.base_url}/outbox.json", timeout=PATIENCE).json()
        return [str(message["subject"]) for message in sent if address in message["to"]]

    def push(value: int) -> None:
        assert curl(f"curl {base}/api/v1/sink --data-binary 'series.{alert} {value}'") == (202, None)

    push(9)
    _wait(lambda: subjects() == [f"DOWN | {name}"], SECONDS)
    assert _shown(project, alert)["status"] == "alerting"
    # Where both points fall into the same half minute, their average counts. A point right after another is judged
    # after a pause of some seconds, which leaves a busy machine too little of five.
    push(-9)
    _wait(lambda: subjects() == [f"UP | {name}", f"DOWN | {name}"], PATIENCE)
    assert _shown(project, alert)["status"] == "healthy"
    _call(project, "DELETE", f"/v2/alerts/{alert}/").raise_for_status()
