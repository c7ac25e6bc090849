"""Contact groups: their members, who of them is on duty, and the names and numbers of people."""

from __future__ import annotations

import pytest

from chalicelib.store import documents
from tests.api.client import Api
from tests.api.zmon.conftest import Caller
from tests.conftest import Story


def groups(zmon: Caller) -> dict[str, tuple[list[str], list[str]]]:
    return {one["name"]: (one["members"], one["active"]) for one in zmon.get("/groups/").json}


def test_the_first_member_makes_a_group(zmon: Caller) -> None:
    assert groups(zmon) == {}
    said = [zmon.put(f"/groups/ops%2Fnight/member/{name}/").text for name in ("ann@example.org", "bob", "bob")]
    assert said == ["1", "1", "0"]
    assert groups(zmon) == {"ops/night": (["ann@example.org", "bob"], [])}


def test_whoever_leaves_is_off_duty(zmon: Caller) -> None:
    zmon.put("/groups/ops/active/ann/")
    zmon.put("/groups/ops/active/bob/")
    assert [zmon.delete("/groups/ops/member/ann/").text for _ in range(2)] == ["1", "0"]
    assert groups(zmon) == {"ops": (["bob"], ["bob"])}
    assert zmon.delete("/groups/nobody/member/ann/").text == "0"
    assert list(groups(zmon)) == ["ops"]


def test_the_duty_is_handed_over_as_the_client_does_it(zmon: Caller) -> None:
    for name in ("ann", "bob"):
        answer = zmon.delete("/groups/ops/active/")
        assert answer.status == 200
        assert zmon.put(f"/groups/ops/active/{name}/").text == "1"
    assert groups(zmon) == {"ops": (["ann", "bob"], ["bob"])}


def test_a_person_has_numbers_and_a_name_however_the_client_sends_it(zmon: Caller, story: Story) -> None:
    assert [zmon.put("/groups/ann/phone/+49%20123/").text for _ in range(2)] == ["1", "0"]
    zmon.put("/groups/ann/phone/0049-456/")
    assert zmon.put("/groups/ann/phone/Ann%20Other/").text == "1"
    assert documents.get(story.project, "person", "ann").data == {
        "name": "Ann Other",
        "phones": ["+49 123", "0049-456"],
    }
    assert zmon.put("/groups/ann/name/Ann/").text == "1"
    assert [zmon.delete("/groups/ann/phone/+49%20123/").text for _ in range(2)] == ["1", "0"]
    assert documents.get(story.project, "person", "ann").data == {"name": "Ann", "phones": ["0049-456"]}


@pytest.mark.parametrize("path", ["/groups/{}/member/ann", "/groups/ops/member/{}", "/groups/{}/phone/1"])
@pytest.mark.parametrize("name", ["%20", "x" * 201])
def test_a_name_that_nobody_has_is_refused(zmon: Caller, path: str, name: str) -> None:
    answer = zmon.put(path.format(name))
    assert answer.status == 400 and answer.json["message"].endswith(" must have 1 to 200 characters"), answer.text
    assert groups(zmon) == {}


def test_a_read_only_key_changes_nothing_and_another_project_sees_nothing(
    zmon: Caller, reader: Api, stranger: Api
) -> None:
    zmon.put("/groups/ops/active/ann/")
    for method, path in (
        ("PUT", "/groups/ops/member/bob"),
        ("DELETE", "/groups/ops/member/ann"),
        ("PUT", "/groups/ops/active/bob"),
        ("DELETE", "/groups/ops/active"),
        ("PUT", "/groups/ann/phone/1"),
        ("DELETE", "/groups/ann/phone/1"),
        ("PUT", "/groups/ann/name/Ann"),
    ):
        assert zmon.call(method, path, key=reader.key).status == 403
    assert groups(zmon) == {"ops": (["ann"], ["ann"])}
    assert zmon.get("/groups", key=reader.key).status == 200
    assert zmon.get("/groups", key=stranger.key).json == []
