"""The three examples of the published document (Alertra REST API), with the same library, against the running service.

Host, key and device are put in their places; the rest is as it is printed.
"""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.clients.conftest import PATIENCE, Project


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A web site on this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def device(service: list[Project], site: str) -> Iterator[str]:
    """The address of a device for that site; it is gone before the site is."""
    (project, *_) = service
    fields = {"FullName": "Example site", "ShortName": "WWW", "URL": site, "Frequency": 30}
    headers = {"Alertra-API-Key": project.api_key}
    r = requests.post(f"{project.base_url}/v1.1/devices", json=fields, headers=headers, timeout=PATIENCE)
    assert r.status_code == 201, r.text
    assert r.headers["Location"] == f"{project.base_url}/v1.1/devices/{r.json()['device_id']}"
    yield r.headers["Location"]
    r = requests.delete(r.headers["Location"], headers=headers, timeout=PATIENCE)
    assert (r.status_code, r.json()) == (200, {})


def test_automate_maintenance(project: Project, device: str) -> None:
    url = f"{device}/start-maintenance"
    payload = {"Duration": "02:00"}
    headers = {"Alertra-API-Key": project.api_key, "Content-Type": "application/json"}
    r = requests.put(url, data=json.dumps(payload), headers=headers, timeout=PATIENCE)
    assert r.status_code == 200

    r = requests.put(f"{device}/stop-maintenance", headers=headers, timeout=PATIENCE)
    assert r.status_code == 200
    assert r.json()["Status"] != "Maintenance"


def test_get_uptime_statistics(project: Project, device: str) -> None:
    url = f"{device}/uptime?Timestamp1=2014-01-01T00:00:00"
    headers = {"Alertra-API-Key": project.api_key}
    r = requests.get(url, headers=headers, timeout=PATIENCE)
    found = r.json()["Uptime"]
    assert list(found)[:4] == ["UpSeconds", "DownSeconds", "MaintenanceSeconds", "Outages"]
    assert (found["DownSeconds"], found["Outages"]) == (0, 0)
    assert found["UnknownSeconds"] > 0


def test_get_check_data(project: Project, device: str) -> None:
    headers = {"Alertra-API-Key": project.api_key}
    # A result is kept before it is decided what it means.
    give_up, shown = time.monotonic() + PATIENCE, {"Status": "Checking"}
    while shown["Status"] == "Checking" and time.monotonic() < give_up:
        shown = requests.get(device, headers=headers, timeout=PATIENCE).json()
    (check,) = requests.get(f"{device}/checks?Limit=1", headers=headers, timeout=PATIENCE).json()
    assert set(check) >= {
        *("PerfStat", "TTFB", "BlockTime", "RequestTime", "Kbps", "Location", "ConnectTime", "Timestamp", "SSLTime"),
        *("ResultCode", "DataSize", "DNSTime", "TTLB", "check_id"),
    }
    assert (check["ResultCode"], check["CheckResult"], check["DataSize"], check["PerfStat"]) == (1, "200 OK", 5, "Ok")
    phases = sum(check[name] for name in ("DNSTime", "ConnectTime", "SSLTime", "TTFB", "TTLB"))
    assert phases == pytest.approx(check["RequestTime"], abs=0.01)
    assert (shown["Status"], shown["LastCheckResult"]) == ("Up", "200 OK")
