"""A new kind of channel is one file and one line: made, shown, told, changed and deleted like every other."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import channels
from chalicelib.channels.sender import Answer
from chalicelib.core.check import Channel
from chalicelib.monitor.services import Services
from chalicelib.store import definitions
from tests.api.client import Api
from tests.conftest import Queues, Story
from tests.dummies import bell


class Bells:
    """Answers for the bells; the next answers may be set."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.answers: list[Answer] = []

    def send(self, method: str, url: str, headers: Any, body: bytes | None = None) -> Answer:
        self.rung.append((body or b"").decode())
        return self.answers.pop(0) if self.answers else Answer(200, b"")


@pytest.fixture
def bells(services: Services, monkeypatch: pytest.MonkeyPatch) -> Bells:
    monkeypatch.setattr(channels, "KINDS", (*channels.KINDS, bell))
    found = Bells()
    services.outlet.sender = found  # type: ignore[assignment]
    return found


@pytest.fixture
def made(api: Api, bells: Bells) -> dict[str, Any]:
    body = {"kind": "bell", "name": "Hall", "settings": {"room": "hall"}}
    answer = api.post("/api/v1/channels/", json=body)
    assert answer.status == 201, answer.text
    return dict(answer.json)


def ping(api: Api, check: dict[str, Any], end: str, queues: Queues) -> None:
    assert api.get(f"/ping/{check['uuid']}{end}").status == 200
    queues.work()


def kept(services: Services, api: Api, made: dict[str, Any]) -> Channel:
    return next(one for one in definitions.channels(_project(api)) if one.code == made["id"])


def _project(api: Api) -> str:
    from chalicelib.monitor.managing import projects

    key = projects.opened_by(api.key)
    assert key
    return key.project


def test_a_new_kind_is_told_both_ends_of_a_problem(story: Story, api: Api, bells: Bells, made: dict[str, Any]) -> None:
    check = api.check(channels="Hall")
    for end in ("", "/fail", ""):
        ping(api, check, end, story.queues)
        story.clock.move(minutes=1)
    assert bells.rung == ["hall: down", "hall: up"]


def test_a_new_kind_may_leave_recoveries_out(story: Story, api: Api, bells: Bells, made: dict[str, Any]) -> None:
    settings = {"room": "attic", "auto_resolve": False}
    assert api.post(f"/api/v1/channels/{made['id']}", json={"settings": settings}).json["settings"] == settings
    check = api.check(channels="Hall")
    for end in ("", "/fail", ""):
        ping(api, check, end, story.queues)
        story.clock.move(minutes=1)
    assert bells.rung == ["attic: down"]


def test_a_new_kind_is_shown_tried_renamed_and_deleted_by_every_dialect(
    api: Api, bells: Bells, made: dict[str, Any]
) -> None:
    assert api.post(f"/api/v1/channels/{made['id']}/test", json={}).status == 200
    assert bells.rung == ["hall: test"]
    headers = {"Authorization": f"Bearer {api.key}"}
    shown = api.call("GET", f"/v2/notifications/{made['id']}/", headers=headers).json
    assert (shown["type"], shown["destination"], shown["auto_resolve"]) == ("bell", "hall", True)
    assert api.delete(f"/api/v1/channels/{made['id']}").status == 200
    assert api.get("/api/v1/channels/").json == {"channels": []}


def test_a_new_kind_says_what_is_wrong(api: Api, bells: Bells, made: dict[str, Any], services: Services) -> None:
    wrong = api.post("/api/v1/channels/", json={"kind": "bell", "settings": {"rom": "hall"}})
    assert (wrong.status, "settings.rom is unknown" in wrong.error) == (400, True)
    bells.answers = [Answer(410, b"")]
    assert api.post(f"/api/v1/channels/{made['id']}/test", json={}).status == 502
    assert kept(services, api, made).error == "answered 410"
