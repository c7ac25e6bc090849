"""Every kind of channel over the APIs: made, listed, tried and changed, and its secrets shown nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.channels import KINDS, kind_named
from chalicelib.channels.fields import MASK
from chalicelib.channels.sender import Answer as Reply
from chalicelib.monitor.services import Services
from tests.api.client import Api
from tests.channels.samples import HTTP_KINDS, VALID
from tests.conftest import Story

NAMES = [kind.name for kind in HTTP_KINDS]
SECRETS = {kind.name: [str(VALID[kind.name][key]) for key in kind.secrets if key in VALID[kind.name]] for kind in KINDS}

each_kind = pytest.mark.parametrize("name", NAMES)


class Refusing:
    """A receiver that refuses, and repeats what it was sent."""

    def send(self, method: str, url: str, headers: Any, body: bytes | None = None, **_: int) -> Reply:
        return Reply(401, f"{url} {headers} {body!r}".encode())


@pytest.fixture
def refusing(services: Services) -> None:
    services.outlet.sender = Refusing()  # type: ignore[assignment]


def made(api: Api, name: str) -> dict[str, Any]:
    body = {"kind": name, "name": "Ops", "settings": VALID[name]}
    answer = api.post("/api/v1/channels/", json=body)
    assert answer.status == 201, answer.text
    return dict(answer.json)


def holds_none(name: str, *texts: str) -> bool:
    return not [secret for secret in SECRETS[name] if any(secret in text for text in texts)]


@each_kind
def test_a_channel_is_listed_by_its_kind_and_shown_without_its_secrets(name: str, api: Api) -> None:
    channel = made(api, name)
    listed = api.get("/api/v1/channels/")
    assert listed.json == {"channels": [{"id": channel["id"], "name": "Ops", "kind": name}]}
    shown = api.get(f"/api/v1/channels/{channel['id']}")
    headers = {"Authorization": f"Bearer {api.key}"}
    elsewhere = api.call("GET", "/v2/notifications/", headers=headers)
    assert [one["type"] for one in elsewhere.json["notifications"]] == [name]
    assert holds_none(name, str(channel), listed.text, shown.text, elsewhere.text)


@each_kind
def test_a_refusal_and_its_traces_hold_no_secret(
    name: str, api: Api, refusing: None, story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    channel = made(api, name)
    with caplog.at_level("DEBUG"):
        tried = api.post(f"/api/v1/channels/{channel['id']}/test", json={})
        check = api.check(channels=channel["id"])
        for end in ("", "/fail"):
            assert api.get(f"/ping/{check['uuid']}{end}").status == 200
            story.queues.work()
    assert tried.status == 502
    log = api.get(f"/api/v1/channels/{channel['id']}/notifications/")
    assert log.json["notifications"][0]["error"].startswith("answered 401")
    shown = api.get(f"/api/v1/channels/{channel['id']}").text
    logged = [str(record.__dict__) for record in caplog.records if record.name.startswith("tocsin")]
    assert logged
    assert holds_none(name, tried.text, log.text, shown, *logged)


@each_kind
def test_a_covered_secret_that_comes_back_is_refused(name: str, api: Api) -> None:
    channel = made(api, name)
    settings = {key: value for key, value in channel["settings"].items() if key != "auto_resolve"}
    answer = api.post(f"/api/v1/channels/{channel['id']}", json={"settings": settings})
    assert answer.status == 400
    assert MASK in answer.text or "\\u2022" in answer.text


@each_kind
def test_settings_that_are_given_anew_are_taken(name: str, api: Api) -> None:
    channel = made(api, name)
    again = api.post(f"/api/v1/channels/{channel['id']}", json={"settings": VALID[name]})
    assert (again.status, again.json["settings"]) == (200, channel["settings"])


@each_kind
def test_the_secrets_of_a_kind_are_named_in_one_place(name: str) -> None:
    kind = kind_named(name)
    cleaned = kind.clean(VALID[name])
    left = {key: value for key, value in cleaned.items() if key not in kind.secrets}
    assert holds_none(name, str(left))
