"""infra.moving and `import`: what other monitors watch is made once, and what has no place here is named."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.core.specs import ProbeSpec
from chalicelib.monitor.managing import channels, projects
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import checks, directory
from infra.admin import arguments, commands, importing
from infra.admin.arguments import Usage
from infra.moving import SOURCES, conditions, gatus, wanted

UUID = "31365bce-8da9-4729-8ff3-aaa71d56b712"
HEALTHCHECKS = {
    "checks": [
        # v1 and v2, with a read-write key.
        {
            "name": "Backup",
            "slug": "backup",
            "tags": "prod www",
            "desc": "",
            "grace": 600,
            "n_pings": 1,
            "status": "up",
            "last_ping": "2020-03-24T14:02:03+00:00",
            "next_ping": "2020-03-24T15:02:03+00:00",
            "manual_resume": False,
            "methods": "",
            "ping_url": f"https://hc.example.org/ping/{UUID}",
            "update_url": f"https://hc.example.org/api/v2/checks/{UUID}",
            "pause_url": f"https://hc.example.org/api/v2/checks/{UUID}/pause",
            "channels": "4ec5a071-2d08-4baa-898a-eb4eb3cd6941",
            "timeout": 3600,
        },
        # v3, of its own schedule; a field that nobody knows yet.
        {
            "name": "Accounts",
            "slug": "",
            "tags": "",
            "grace": 60,
            "status": "paused",
            "started": False,
            "schedule": "15 5 * * *",
            "tz": "Europe/Riga",
            "channels": "",
            "start_kw": "BEGIN",
            "filter_http_body": True,
            "uuid": "803f680d-e89b-492b-82ef-2be7b774a92d",
            "colour": "blue",
        },
        # A read-only key.
        {
            "name": "Reports",
            "tags": "",
            "grace": 60,
            "unique_key": "a6c7b0a8a66bed0df66abfdab3c77736861703ee",
            "timeout": 60,
        },
        {"name": "Never", "grace": 1, "timeout": 60, "ping_url": "https://hc.example.org/ping/slug"},
    ]
}
KUMA = {
    "version": "1.23.2",
    "notificationList": [{"id": 1, "name": "Telegram"}],
    "proxyList": [],
    "monitorList": [
        {
            "id": 1,
            "name": "Shop",
            "type": "keyword",
            "url": "https://shop.example.org/",
            "method": "GET",
            "weight": 2000,
            "interval": 20,
            "retryInterval": 30,
            "maxretries": 7,
            "timeout": 16,
            "active": 1,
            "keyword": "Cart",
            "ignoreTls": True,
            "accepted_statuscodes": ["200-299", "301"],
            "expiryNotification": True,
            "maxredirects": 0,
            "headers": '{"Accept": "text/html"}',
            "basic_auth_user": "me",
            "basic_auth_pass": "secret",
            "proxyId": 3,
            "tags": [{"name": "prod"}],
            "description": "The shop",
            "grpcBody": None,
            "hostname": None,
            "docker_host": None,
        },
        {
            "name": "API",
            "type": "json-query",
            "url": "http://api.example.org/",
            "jsonPath": "$.state",
            "expectedValue": "ok",
        },
        {"name": "Mail", "type": "port", "hostname": "mail.example.org", "port": 25, "interval": 60, "active": False},
        {
            "name": "Name",
            "type": "dns",
            "hostname": "example.org",
            "dns_resolve_type": "MX",
            "dns_resolve_server": "1.1.1.1",
        },
        {"name": "Router", "type": "ping", "hostname": "192.0.2.1", "url": "https://", "method": "GET"},
        {"name": "Cron", "type": "push", "interval": 300, "retryInterval": 60, "maxretries": 2, "pushToken": "k3y"},
        {"name": "Game", "type": "steam", "hostname": "game.example.org", "port": 27015},
        {"name": "Backdoor", "type": "port", "hostname": "h.example.org", "port": 23, "upsideDown": True},
        {"name": "Torn", "type": "http"},
    ],
}
GATUS = """
web: {port: 8080}
alerting: {slack: {webhook-url: "https://hooks.slack.example/x"}}
endpoints:
  - name: front
    group: shop
    url: https://shop.example.org/health
    interval: 1m30s
    headers: {Accept: application/json}
    conditions:
      - "[STATUS] == 200"
      - "[BODY].status == UP"
      - "[RESPONSE_TIME] < 500"
      - "[CERTIFICATE_EXPIRATION] > 48h"
      - "len([BODY].items) > 3"
    client: {insecure: true, timeout: 5s, dns-resolver: "tcp://8.8.8.8:53"}
    alerts: [{type: slack, failure-threshold: 2}]
  - {name: port, url: "tcp://db.example.org:5432", conditions: ["[CONNECTED] == true"], enabled: false}
  - name: name
    url: "8.8.8.8"
    dns: {query-name: "example.org.", query-type: "A"}
    conditions: ["[DNS_RCODE] == NOERROR"]
  - {name: host, url: "icmp://192.0.2.1", conditions: ["[CONNECTED] == true"], ui: {hide-url: true}}
  - {name: tls, url: "tls://h.example.org:443", conditions: ["[CERTIFICATE_EXPIRATION] > 48h"]}
  - {name: starttls, url: "starttls://h.example.org:25", conditions: ["[CERTIFICATE_EXPIRATION] > 48h"]}
  - {name: calls, url: "grpcs://h.example.org:443", client: {insecure: true}}
  - {name: socket, url: "wss://h.example.org/x", body: hello, conditions: ["[BODY] == pat(*hi*)"]}
  - {name: login, url: "https://me:p%40ss@h.example.org/", method: HEAD}
  - {name: hidden, url: "https://${HOST}/"}
  - {name: datagram, url: "udp://192.0.2.1:53"}
external-endpoints:
  - {name: cron, token: k3y, heartbeat: {interval: 30m}}
  - {name: silent, token: k3y}
"""
TEXTS = {"healthchecks": json.dumps(HEALTHCHECKS), "uptime-kuma": json.dumps(KUMA), "gatus": GATUS}

Import = Callable[..., Any]


@pytest.fixture
def imported(services: Services, keyring: Keyring) -> Import:
    """Imports the text of a source as a command does, and answers what it says."""

    def run(source: str, *more: str, text: str | None = None, project: str = "") -> Any:
        argv = ["import", source, project or keyring.project.code, "-", *more]
        code, output = commands.answer(services, argv, document=TEXTS[source] if text is None else text)
        if "--json" in more and code == 0:
            return json.loads(output)
        return code, output

    return run


def by_name(keyring: Keyring) -> dict[str, Check]:
    return {check.name: check for check in checks.of_project(keyring.project.code)}


@pytest.mark.parametrize(("source", "made"), [("healthchecks", 3), ("uptime-kuma", 6), ("gatus", 10)])
def test_nothing_is_made_without_yes_and_nothing_twice(
    imported: Import, keyring: Keyring, source: str, made: int
) -> None:
    dry = imported(source, "--json")
    assert by_name(keyring) == {}
    wet = imported(source, "--yes", "--json")
    found = by_name(keyring)
    again = imported(source, "--yes", "--json")

    assert len(found) == made
    assert [(one["name"], one["becomes"]) for one in dry["checks"]] == [
        (one["name"], one["becomes"]) for one in wet["checks"]
    ]
    assert {one["becomes"] for one in again["checks"] if one["name"] in found} == {"there"}
    assert by_name(keyring) == found


def test_checks_of_healthchecks_keep_their_addresses_and_tell_what_is_left(
    imported: Import, services: Services, keyring: Keyring
) -> None:
    channel = channels.create(services, keyring.project, "email", "Me", {"address": "me@example.org"}, 0)
    told = imported("healthchecks", "--yes", "--json")["checks"]

    found = by_name(keyring)
    backup, accounts, reports = found["Backup"], found["Accounts"], found["Reports"]
    assert (backup.code, backup.slug, backup.timeout, backup.grace, backup.tags) == (
        UUID,
        "backup",
        3600,
        600,
        "prod www",
    )
    assert (backup.channels, accounts.channels, reports.channels) == ((channel.code,), (), (channel.code,))
    assert (accounts.schedule, accounts.tz, accounts.status, accounts.slug) == (
        "15 5 * * *",
        "Europe/Riga",
        "paused",
        "",
    )
    assert (accounts.filters.start_kw, accounts.filters.http_body) == ("BEGIN", True)
    assert [one["left"] for one in told] == [
        [],
        ["colour"],
        ["its ping address, which a read-only key does not show"],
        ["its ping address, which a read-only key does not show"],
    ]
    assert (told[3]["becomes"], "grace" in told[3]["why"]) == ("refused", True)
    other = projects.create(services, "Other").project.code
    taken = imported("healthchecks", "--yes", "--json", project=other)["checks"]
    assert (taken[0]["becomes"], taken[0]["why"]) == ("refused", "its uuid is that of a check of another project")


def test_monitors_of_uptime_kuma_become_devices_and_tell_what_is_left(imported: Import, keyring: Keyring) -> None:
    told = imported("uptime-kuma", "--yes", "--json")

    left = {one["name"]: one["left"] for one in told["checks"]}
    assert left["Shop"] == [
        "looked at every 30 s in place of 20 s",
        "proxyId",
        "tags",
        "description",
        "retries 5 in place of 7",
    ]
    assert (left["API"], left["Mail"], left["Router"], left["Name"]) == ([], [], [], [])
    assert {one["name"]: one["why"].partition(":")[0] for one in told["skipped"]} == {
        "Game": "its type is steam",
        "Backdoor": "it is upside down",
        "Torn": "it cannot be read",
    }
    assert told["left"] == ["notificationList (1)"]
    found = by_name(keyring)
    assert (found["Mail"].status, found["Cron"].timeout, found["Cron"].grace) == ("paused", 300, 120)
    assert found["Shop"].period == 30


def test_endpoints_of_gatus_become_devices_and_tell_what_is_left(imported: Import, keyring: Keyring) -> None:
    told = imported("gatus", "--yes", "--json")

    left = {one["name"]: one["left"] for one in told["checks"]}
    assert left["shop / front"] == [
        "looked at every 120 s in place of 90 s",
        "client.dns-resolver",
        "the condition len([BODY].items) > 3",
    ]
    assert (left["host"], left["starttls"]) == (["ui"], ["CertDays 2: SMTP has no such"])
    assert (left["tls"], left["calls"], left["socket"], left["login"]) == ([], [], [], [])
    assert {one["name"]: one["why"] for one in told["skipped"]} == {
        "hidden": "it holds a variable: put its value in the place of ${...}",
        "datagram": "its address begins with udp:",
        "silent": "it has no heartbeat.interval, so its silence says nothing",
    }
    assert told["left"] == ["alerting", "web"]
    found = by_name(keyring)
    assert (found["port"].status, found["cron"].timeout) == ("paused", 1_800)
    login, socket = found["login"].spec, found["socket"].spec
    assert isinstance(login, ProbeSpec) and isinstance(socket, ProbeSpec)
    assert (login.host, login.definition["user"], login.definition["password"]) == (
        "https://h.example.org/",
        "me",
        "p@ss",
    )
    assert (socket.definition["send"], socket.definition["expect"]) == ("hello", "hi")


def test_conditions_of_gatus_become_fields_or_are_said_to_be_left() -> None:
    cases: dict[str, Any] = {
        "[STATUS] == 200": {"HostData": {"ExpectCodes": "200"}},
        "[STATUS] == any(200, 429)": {"HostData": {"ExpectCodes": "200,429"}},
        "[STATUS] < 300": {"HostData": {"ExpectCodes": "100-299"}},
        "[STATUS] >= 400": {"HostData": {"ExpectCodes": "400-599"}},
        "[STATUS] != 500": None,
        "[BODY] == pat(*Cart*)": {"HostData": {"KeyPhrase": "Cart"}},
        "[BODY] != pat(*Error*)": {"HostData": {"NotKeyPhrase": "Error"}},
        "[BODY] == pat(*a*b*)": None,
        "[BODY].a.b[0] >= 2": {"HostData": {"JSON": [{"path": "a.b[0]", "op": "ge", "value": 2}]}},
        "[BODY].name == pat(*john*)": {"HostData": {"JSON": [{"path": "name", "op": "contains", "value": "john"}]}},
        "[BODY].name != pat(*john*)": None,
        "[RESPONSE_TIME] < 500": {"PerfCrit": 500, "PerfDown": "Critical", "HostData": {}},
        "[RESPONSE_TIME] > 500": None,
        "[CERTIFICATE_EXPIRATION] > 49h": {"HostData": {"CertDays": 3}},
        "[DOMAIN_EXPIRATION] > 720h": None,
        "[IP] == 192.0.2.1": None,
        "has([BODY].errors) == false": None,
        "nonsense": None,
    }
    for condition, fields in cases.items():
        document: dict[str, Any] = {}
        assert conditions.take(document, condition) == (fields is not None), condition
        assert fields is None or document == fields, condition


def test_what_no_source_has_written_is_refused_in_one_line(imported: Import) -> None:
    texts = [
        "",
        "{",
        "[]",
        "null",
        "7",
        '{"checks": 7}',
        '{"checks": [7]}',
        '{"monitorList": [7]}',
        "endpoints: 7",
        "a: [",
        "&a [*a]",
    ]
    for source in SOURCES:
        for text in texts:
            code, output = imported(source, text=text)
            assert (code, output.count("\n"), "cannot be imported" in output) == (1, 0, True), (source, text, output)


def test_durations_and_periods_are_those_that_there_are() -> None:
    assert [gatus.seconds(text) for text in ("60s", "1m30s", "500ms", "1.5h")] == [60, 90, 0.5, 5_400]
    for text in ("", "60", "1m 30s", "s"):
        with pytest.raises(ValueError, match="is no duration"):
            gatus.seconds(text)
    assert [wanted.nearest(every) for every in (1, 10, 11, 31, 60, 61, 90_000)] == [10, 10, 30, 60, 60, 120, 86_400]


class Asked(BaseHTTPRequestHandler):
    """A Healthchecks whose first version has moved."""

    def do_GET(self) -> None:
        fits = self.headers["X-Api-Key"] == "k3y"
        self.send_response(302 if "/v1/" in self.path else 200 if fits else 401)
        self.send_header("Location", "/api/v3/checks/")
        self.end_headers()
        self.wfile.write(TEXTS["healthchecks"].encode())

    def log_message(self, *_: object) -> None: ...


def test_the_api_of_healthchecks_is_asked_with_the_key_and_no_redirect_followed() -> None:
    with HTTPServer(("127.0.0.1", 0), Asked) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}"
        asked = arguments.command
        words = ["import", "healthchecks", "p1", "--from", f"{root}/"]
        assert arguments.wants_secret(asked(words))
        assert json.loads(importing.document(asked(words), "k3y")) == HEALTHCHECKS
        for more, key, told in ((["--api", "1"], "k3y", "answers 302"), ([], "wrong", "answers 401")):
            with pytest.raises(Usage, match=told):
                importing.document(asked([*words, *more]), key)
        server.shutdown()
    with pytest.raises(Usage, match="cannot be asked"):
        importing.document(asked(words), "k3y")


def test_a_file_is_read_where_the_command_is_typed(tmp_path: Path) -> None:
    file = tmp_path / "my config.yaml"
    file.write_text(GATUS)
    assert importing.document(arguments.command(["import", "gatus", "p1", str(file)]), "") == GATUS
    file.write_bytes(b"\xff")
    for name, told in ((str(file), "is not UTF-8"), (str(tmp_path), "cannot read"), ("/nowhere", "cannot read")):
        with pytest.raises(Usage, match=told):
            importing.document(arguments.command(["import", "gatus", "p1", name]), "")
    assert list(SOURCES) == list(arguments.IMPORTED)
    for words in (["import"], ["import", "gatus"], ["import", "gatus", "p1"], ["import", "zabbix", "p1", "-"]):
        with pytest.raises(Usage):
            arguments.command(words)


def test_the_text_says_what_would_be_done_and_what_has_been(imported: Import) -> None:
    code, dry = imported("gatus")
    assert code == 0
    assert "would be made: device shop / front\n    not taken along: looked at every 120 s in place of 90 s\n" in dry
    assert dry.endswith("10 would be made, 0 there already, 3 refused. Nothing has been made: add --yes")
    assert imported("gatus", "--yes")[1].endswith("10 made, 0 there already, 3 refused")
    assert imported("gatus", project="nobody") == (1, "project not found")
    assert directory.project_of(UUID) is None
