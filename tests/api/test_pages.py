"""The page of a check over the API: its address is shown, made new and switched off, in every dialect alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import checks, directory
from chalicelib.store.faults import StoreFault
from tests.api.client import Answer, Api
from tests.api.conftest import Contents

DIALECTS = ("healthchecks", "alertra", "hostedgraphite")
CALLS = ("GET", "POST", "DELETE")
ROOT = "https://tocsin.example.org/status/"
UNKNOWN = "00000000-1111-4222-8333-444444444444"
ABOVE = {"name": "Load", "metric": "load", "alert_criteria": {"type": "above", "above_value": 5}}


@dataclass
class Resource:
    """The page of a check as a resource of its dialect, and how a page's address is called there."""

    api: Api
    path: str
    field: str

    def call(self, method: str = "GET", key: str | None = None, **more: object) -> Answer:
        presented = {"Authorization": f"Bearer {self.api.key if key is None else key}"}
        data = b"" if method == "POST" else None
        return self.api.call(method, self.path, key=key, data=data, headers=presented)

    def url(self, method: str = "GET") -> str | None:
        """Where the page is after a call of this method."""
        answer = self.call(method)
        assert answer.status == 200, answer.text
        assert list(answer.json) == [self.field]
        found = answer.json[self.field]
        assert found is None or found.startswith(ROOT)
        return None if found is None else str(found)

    def status(self, url: str | None) -> int:
        """How the address of a page is answered to everybody."""
        assert url is not None
        return self.api.get(url.removeprefix("https://tocsin.example.org"), key="").status


Maker = Callable[[str], Resource]


@pytest.fixture
def page(api: Api) -> Maker:
    """Makes a check of a dialect."""
    return lambda dialect: _page(api, dialect)


def _page(api: Api, dialect: str) -> Resource:
    if dialect == "healthchecks":
        return Resource(api, f"/api/v1/checks/{api.check(name='Backup')['uuid']}/page", "page_url")
    if dialect == "alertra":
        device = _made(api, "/v1.1/devices", {"FullName": "Web", "URL": "https://example.org/"})["device_id"]
        return Resource(api, f"/v1.1/devices/{device}/page", "PageURL")
    return Resource(api, f"/v2/alerts/{_made(api, '/v2/alerts', ABOVE)['id']}/page", "page_url")


def _made(api: Api, path: str, body: object) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"}
    answer = api.call("POST", path, data=json.dumps(body).encode(), headers=headers)
    assert answer.status == 201, answer.text
    return dict(answer.json)


of_every_dialect = pytest.mark.parametrize("dialect", DIALECTS)


@of_every_dialect
def test_the_owner_is_shown_where_the_page_is(dialect: str, page: Maker) -> None:
    shown = page(dialect)
    url = shown.url()
    assert shown.status(url) == 200
    assert shown.url() == url


@of_every_dialect
def test_the_address_is_made_new(dialect: str, page: Maker) -> None:
    shown = page(dialect)
    old, new = shown.url(), shown.url("POST")
    assert (shown.status(old), shown.status(new)) == (404, 200)
    assert shown.url() == new


@of_every_dialect
def test_the_page_is_switched_off_and_on_again_elsewhere(dialect: str, page: Maker) -> None:
    shown = page(dialect)
    old = shown.url()
    assert shown.url("DELETE") is None
    assert shown.url() is None
    assert shown.url("DELETE") is None
    new = shown.url("POST")
    assert (shown.status(old), shown.status(new)) == (404, 200)


@of_every_dialect
def test_a_page_that_is_off_is_answered_as_an_address_that_never_was(dialect: str, page: Maker) -> None:
    shown = page(dialect)
    url = shown.url()
    assert url is not None
    shown.url("DELETE")
    path = url.removeprefix("https://tocsin.example.org")
    off = shown.api.get(path, key="")
    never = shown.api.get(path[:-8] + "aaaaaaaa", key="")
    assert off.status == 404
    assert off == never


@of_every_dialect
def test_other_pages_of_the_project_stay_where_they_are(dialect: str, api: Api, page: Maker) -> None:
    others = [page(one) for one in DIALECTS if one != dialect]
    urls = [other.url() for other in others]
    shown = page(dialect)
    shown.url("POST")
    shown.url("DELETE")
    assert [other.url() for other in others] == urls
    assert all(api.get(url.removeprefix("https://tocsin.example.org"), key="").status == 200 for url in urls if url)


@of_every_dialect
@pytest.mark.parametrize("method", CALLS)
def test_a_key_that_may_only_read_or_ping_neither_sees_nor_changes_it(
    dialect: str, method: str, page: Maker, keyring: Keyring
) -> None:
    shown = page(dialect)
    url = shown.url()
    for key in (keyring.keys["read"], keyring.keys["ping"], "X" * 32):
        answer = shown.call(method, key=key)
        assert answer.status in (401, 403)
        assert "/status/" not in answer.text
    assert shown.url() == url


@of_every_dialect
@pytest.mark.parametrize("method", CALLS)
def test_another_projects_page_is_nobody_elses_business(dialect: str, method: str, page: Maker, stranger: Api) -> None:
    shown = page(dialect)
    url = shown.url()
    answer = shown.call(method, key=stranger.key)
    assert answer.status == (403 if dialect == "healthchecks" else 404)
    assert "/status/" not in answer.text
    assert shown.url() == url


@of_every_dialect
@pytest.mark.parametrize("method", CALLS)
def test_a_check_that_is_not_there_has_no_page(
    dialect: str, method: str, api: Api, page: Maker, contents: Callable[[], Contents]
) -> None:
    shown = page(dialect)
    before = contents()
    *start, _code, _ = shown.path.split("/")
    for code in (UNKNOWN, "nonsense", "%00", "x" * 5_000):
        assert Resource(api, "/".join([*start, code, "page"]), "").call(method).status == 404
    assert contents() == before


@of_every_dialect
@pytest.mark.parametrize("method", ["PUT", "PATCH", "HEAD"])
def test_nothing_else_can_be_done_with_it(dialect: str, method: str, page: Maker) -> None:
    answer = page(dialect).call(method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, POST, DELETE, OPTIONS")


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_version_has_it(version: int, api: Api) -> None:
    code = api.check()["uuid"]
    assert api.get(f"/api/v{version}/checks/{code}/page").json == api.get(f"/api/v1/checks/{code}/page/").json


def test_a_body_that_cannot_be_read_changes_nothing(api: Api) -> None:
    path = f"/api/v1/checks/{api.check()['uuid']}/page"
    before = api.get(path).json
    answer = api.post(path, data=b"{")
    assert (answer.status, answer.error) == (400, "could not parse request body")
    assert api.get(path).json == before


def test_a_format_that_there_is_not_changes_nothing(page: Maker) -> None:
    shown = page("alertra")
    url = shown.url()
    for method in ("POST", "DELETE"):
        assert Resource(shown.api, f"{shown.path}?fmt=yaml", "").call(method).status == 400
    assert shown.url() == url
    assert f"<PageURL>{url}</PageURL>" in Resource(shown.api, f"{shown.path}?fmt=xml", "").call().text


def test_the_key_may_travel_in_the_body(api: Api) -> None:
    path = f"/api/v1/checks/{api.check()['uuid']}/page"
    old = api.get(path).json
    answer = api.post(path, json={"api_key": api.key}, key="")
    assert answer.status == 200
    assert answer.json == api.get(path).json != old


def test_the_page_changes_nothing_that_the_check_shows(api: Api) -> None:
    check = api.check(name="Backup")
    api.post(f"/api/v1/checks/{check['uuid']}/page")
    api.delete(f"/api/v1/checks/{check['uuid']}/page")
    assert api.shown(check) == check


def test_a_deleted_check_takes_its_page_along(api: Api) -> None:
    code = api.check()["uuid"]
    shown = Resource(api, f"/api/v1/checks/{code}/page", "page_url")
    url = shown.url()
    api.delete(f"/api/v1/checks/{code}")
    assert shown.status(url) == 404
    assert shown.call().status == 404


def test_tables_out_of_reach_leave_the_page_where_it_is(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Resource(api, f"/api/v1/checks/{api.check()['uuid']}/page", "page_url")
    url = shown.url()

    def broken(*_arguments: object, **_more: object) -> None:
        raise StoreFault("down")

    with monkeypatch.context() as patch:
        patch.setattr(checks, "write", broken)
        assert [shown.call(method).status for method in ("POST", "DELETE")] == [503, 503]
    assert (shown.url(), shown.status(url)) == (url, 200)


def test_no_log_holds_the_address_of_a_page(
    api: Api, services: Services, complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Resource(api, f"/api/v1/checks/{api.check()['uuid']}/page", "page_url")
    url = shown.url()

    def broken(_code: str) -> None:
        raise StoreFault("down")

    monkeypatch.setattr(directory, "project", broken)
    assert shown.status(url) == 503
    assert complaints and url is not None
    assert not any(url.rpartition("-")[2] in line for line in complaints)
