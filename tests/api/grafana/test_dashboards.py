"""Dashboards are kept as they are sent, found, replaced and deleted as in Grafana."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.monitor.managing import checks
from chalicelib.store import documents
from tests.api.client import Answer, Api
from tests.api.grafana.conftest import Caller, Contents
from tests.boards import dashboard, exported, panel
from tests.conftest import Story


def save(grafana: Caller, model: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = grafana.post("/dashboards/db", {"dashboard": model, **more})
    assert answer.status == 200, answer.text
    return dict(answer.json)


def shown(grafana: Caller, uid: str) -> dict[str, Any]:
    answer = grafana.get(f"/dashboards/uid/{uid}")
    assert answer.status == 200, answer.text
    return dict(answer.json)


def test_a_dashboard_comes_back_as_it_was_sent(grafana: Caller, story: Story, reader: Api) -> None:
    model = exported()
    made = save(grafana, {**model, "version": 0}, folderId=0, overwrite=False, message="Imported")
    url = "/d/sh0p-Pr0d/shop-in-production"
    about = {"id": 1, "uid": "sh0p-Pr0d", "url": url, "status": "success", "version": 1, "slug": "shop-in-production"}
    assert (made, list(made)) == (about, list(about))
    found = shown(grafana, "sh0p-Pr0d")
    assert found["dashboard"] == {**model, "id": 1, "version": 1}
    assert list(found["dashboard"]) == list(model), "in the order in which it was sent"
    meta = found["meta"]
    assert (meta["slug"], meta["url"], meta["version"], meta["folderTitle"]) == (
        "shop-in-production",
        url,
        1,
        "General",
    )
    assert (meta["created"], meta["canSave"]) == ("2026-11-21T12:00:00Z", True)
    assert grafana.get("/dashboards/db/shop-in-production").json == found
    viewed = grafana.get("/dashboards/uid/sh0p-Pr0d", key=reader.key).json
    assert (viewed["dashboard"], viewed["meta"]["canSave"]) == (found["dashboard"], False)
    assert grafana.post("/dashboards/db", {"dashboard": model}, key=reader.key).status == 403


def test_what_a_dashboard_is_saved_over_is_what_it_means(grafana: Caller) -> None:
    first = save(grafana, dashboard(title="One", uid="one"))
    second = save(grafana, dashboard(title="Two"))
    assert (second["id"], len(second["uid"]), second["version"]) == (2, 9, 1)
    saved = save(grafana, dashboard(title="One", id=1, version=1))
    assert (saved["id"], saved["uid"], saved["version"]) == (1, "one", 2)
    saved = save(grafana, dashboard(title="Uno", uid="one", version=2))
    assert (saved["id"], saved["slug"], saved["version"]) == (1, "uno", 3)
    saved = save(grafana, dashboard(title="Uno", id=1, uid="eins", version=3))
    assert (saved["id"], saved["uid"]) == (1, "eins"), "the uid may be another, by the id"
    saved = save(grafana, dashboard(title="two", uid="new"), overwrite=True)
    assert (saved["id"], saved["uid"], saved["version"]) == (2, second["uid"], 2), "the name is overwritten"
    assert first["uid"] == "one"
    assert [one["title"] for one in grafana.get("/search").json] == ["two", "Uno"]


def refused(status: int, message: str, word: str = "") -> tuple[int, dict[str, str]]:
    return status, {"message": message, **({"status": word} if word else {})}


CHANGED = refused(412, "The dashboard has been changed by someone else", "version-mismatch")
NAME_TAKEN = refused(412, "A dashboard with the same name in the folder already exists", "name-exists")
TITLE = refused(400, "Dashboard title cannot be empty")
TAGS = refused(400, "Dashboard tags must be at most 100 texts of at most 50 characters")
REFUSED: list[tuple[Any, tuple[int, dict[str, str]]]] = [
    ({"dashboard": dashboard(title="Shop", uid="shop", version=0)}, CHANGED),
    ({"dashboard": dashboard(title="Shop", uid="shop")}, CHANGED),
    ({"dashboard": dashboard(title="Shop", id=1, version="1")}, CHANGED),
    ({"dashboard": dashboard(title="SHOP!")}, NAME_TAKEN),
    ({"dashboard": dashboard(title="Other", uid="other", version=1) | {"title": "Shop"}}, NAME_TAKEN),
    ({"dashboard": dashboard(title="New", id=9)}, refused(404, "Dashboard not found", "not-found")),
    (
        {"dashboard": dashboard(title="New", id=2, uid="shop", version=1), "overwrite": True},
        refused(400, "A dashboard with the same uid already exists"),
    ),
    ({"dashboard": dashboard(title="")}, TITLE),
    ({"dashboard": dashboard(title=" ")}, TITLE),
    ({"dashboard": dashboard(title=None)}, TITLE),
    ({"dashboard": {}}, TITLE),
    (
        {"dashboard": dashboard(title="x" * 190)},
        refused(400, "Dashboard title must be a text of at most 189 characters"),
    ),
    (
        {"dashboard": dashboard(title="\ud800")},
        refused(400, "Dashboard title must be a text of at most 189 characters"),
    ),
    ({"dashboard": dashboard(uid="a/b")}, refused(400, "uid contains illegal characters")),
    ({"dashboard": dashboard(uid=7)}, refused(400, "uid contains illegal characters")),
    ({"dashboard": dashboard(uid="x" * 41)}, refused(400, "uid to long. max 40 characters")),
    ({"dashboard": dashboard(title="New", tags=["x" * 51])}, TAGS),
    ({"dashboard": dashboard(title="New", tags=[str(one) for one in range(101)])}, TAGS),
    ({"dashboard": dashboard(title="New"), "folderId": 3}, refused(400, "Folder not found")),
    ({"dashboard": dashboard(title="New"), "folderUid": "x"}, refused(400, "Folder not found")),
    (
        {"dashboard": dashboard(title="New"), "isFolder": True},
        refused(400, "Dashboard cannot be changed to a folder"),
    ),
    ([], refused(400, "bad request data")),
    (None, refused(400, "bad request data")),
]


def test_what_cannot_be_saved_changes_nothing(grafana: Caller, contents: Contents) -> None:
    save(grafana, dashboard(title="Shop", uid="shop"))
    save(grafana, dashboard(title="Other", uid="other"))
    before = contents()
    for body, (status, message) in REFUSED:
        answer = grafana.post("/dashboards/db", body)
        assert (answer.status, answer.json) == (status, message), body
        assert contents() == before, body


def test_a_body_without_a_dashboard_is_refused_by_its_field(grafana: Caller) -> None:
    for body, message in (
        ({}, "Required"),
        ({"dashboard": None}, "Required"),
        ({"dashboard": []}, "must be an object"),
    ):
        answer = grafana.post("/dashboards/db", body)
        assert (answer.status, answer.json["errors"][0]["message"].removeprefix("Dashboard ")) == (422, message)
        assert answer.json["errors"][0]["fieldNames"] == ["Dashboard"]


def test_what_is_too_large_or_too_deep_is_refused_by_name(grafana: Caller, contents: Contents) -> None:
    before = contents()
    for size in (350_000, 1_000_000, 1_500_000):
        answer = grafana.post("/dashboards/db", {"dashboard": dashboard(title="Large", description="x" * size)})
        message = "dashboard must not take more than 350000 bytes of JSON"
        assert (answer.status, answer.json["message"]) == (422, message)
    deep: Any = {}
    for _ in range(101):
        deep = {"panels": [deep]}
    assert grafana.post("/dashboards/db", {"dashboard": deep}).status == 400
    for data in (b"[" * 200_000, b'{"dashboard": {"title": "x", "a": 1e999}}', b'{"dashboard": {"a": NaN}}', b"\xff"):
        assert grafana.post("/dashboards/db", data=data).status == 400
    assert contents() == before


def test_dashboards_are_found_by_title_tag_and_number(grafana: Caller) -> None:
    for title, tags in (("Shop", ["prod", "web"]), ("shed", ["prod"]), ("Bakery", [])):
        save(grafana, dashboard(title=title, tags=tags, uid=title))
    for query, titles in (
        ("", ["Bakery", "shed", "Shop"]),
        ("?sort=alpha-desc", ["Shop", "shed", "Bakery"]),
        ("/?type=dash-db&limit=1&page=1", ["Bakery"]),
        ("?limit=2&page=2", ["Shop"]),
        ("?limit=0", ["Bakery", "shed", "Shop"]),
        ("?limit=x&page=0", ["Bakery", "shed", "Shop"]),
        ("?page=99999", []),
        ("?query=SH", ["shed", "Shop"]),
        ("?query=nothing", []),
        ("?tag=prod", ["shed", "Shop"]),
        ("?tag=prod&tag=web", ["Shop"]),
        ("?type=dash-folder", []),
        ("?type=dash-folder&type=dash-db", ["Bakery", "shed", "Shop"]),
        ("?dashboardIds=1&dashboardIds=3", ["Bakery", "Shop"]),
        ("?dashboardUIDs=shed", ["shed"]),
        ("?folderIds=0", ["Bakery", "shed", "Shop"]),
        ("?folderIds=2", []),
        ("?starred=true", []),
        ("?starred=false", ["Bakery", "shed", "Shop"]),
    ):
        assert [one["title"] for one in grafana.get(f"/search{query}").json] == titles, query
    (hit,) = grafana.get("/search?query=bakery").json
    place = {"id": 3, "uid": "Bakery", "title": "Bakery", "uri": "db/bakery", "url": "/d/Bakery/bakery", "slug": ""}
    assert hit == {**place, "type": "dash-db", "tags": [], "isStarred": False, "sortMeta": 0}
    assert grafana.get("/dashboards/tags").json == [{"term": "prod", "count": 2}, {"term": "web", "count": 1}]
    assert grafana.get("/dashboards/home").json["meta"]["isHome"] is True


def gone(answer: Answer) -> bool:
    return (answer.status, answer.json) == (404, {"message": "Dashboard not found"})


def test_a_deleted_dashboard_is_gone_and_leaves_its_name(grafana: Caller, story: Story) -> None:
    save(grafana, dashboard(panel(), title="Shop", uid="shop"))
    save(grafana, dashboard(title="Other", uid="other"))
    answer = grafana.delete("/dashboards/uid/shop")
    assert (answer.status, answer.json) == (200, {"title": "Shop", "message": "Dashboard Shop deleted", "id": 1})
    assert grafana.delete("/dashboards/db/other").json["title"] == "Other"
    for path in ("/dashboards/uid/shop", "/dashboards/db/shop"):
        assert gone(grafana.get(path)) and gone(grafana.delete(path))
    assert (grafana.get("/search").json, grafana.alerts()) == ([], [])
    story.queues.work()
    assert documents.of_project(story.project, "board") == documents.of_project(story.project, "board model") == []
    assert save(grafana, dashboard(title="Shop", uid="shop"))["id"] == 3, "a number is never given again"


def test_a_dashboard_of_another_project_is_not_found(grafana: Caller, stranger: Api) -> None:
    save(grafana, dashboard(title="Shop", uid="shop"))
    assert gone(grafana.get("/dashboards/uid/shop", key=stranger.key))
    assert gone(grafana.delete("/dashboards/uid/shop", key=stranger.key))
    assert grafana.get("/search", key=stranger.key).json == []


def test_a_title_of_which_no_slug_can_be_made_is_a_name_still(grafana: Caller) -> None:
    made = save(grafana, dashboard(title="商店"))
    assert (made["slug"], made["url"]) == ("", f"/d/{made['uid']}/")
    assert grafana.post("/dashboards/db", {"dashboard": dashboard(title="商店")}).json["status"] == "name-exists"
    assert save(grafana, dashboard(title="市場"))["id"] == 2


def test_alerts_that_there_is_no_room_for_are_refused_with_their_dashboard(
    grafana: Caller, story: Story, monkeypatch: pytest.MonkeyPatch, contents: Contents
) -> None:
    monkeypatch.setattr(checks, "limit_of", lambda *_: 3)
    save(grafana, dashboard(panel(1), panel(2), title="Two"))
    before = contents()
    answer = grafana.post("/dashboards/db", {"dashboard": dashboard(panel(1), panel(2), title="More")})
    assert (answer.status, "limit" in answer.json["message"]) == (403, True)
    assert (contents(), grafana.names()) == (before, ["Load", "Load"])
    save(grafana, dashboard(panel(1), title="More"))
    assert json.dumps(grafana.names()) == '["Load", "Load", "Load"]'
