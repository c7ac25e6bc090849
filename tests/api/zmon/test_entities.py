"""Entities come back as they were put, are chosen as PostgreSQL's @> chooses, and change only when they do."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.gateway import Application
from chalicelib.monitor.managing import entities, papers
from chalicelib.store import documents
from tests import intercepted
from tests.api.client import Answer, Api, Entrance
from tests.api.zmon.conftest import Caller, basic
from tests.conftest import Clock, Story
from tests.gateway.entrances import function_url, rest

# As agents make them: brackets and colons in the id, and every kind of value that JSON has.
AGENT = "web-1-i123[aws:123456789012:eu-central-1]"
ODD = """{"id": "%s", "type": "instance", "whole": 1, "part": 1.0, "large": 123456789012345678901234567890,
 "small": 1e-7, "minus": -0.0, "none": null, "Case": {"cASE": [[], {}, [null, true, false]]}, "": "empty",
 "text": "\\u00e4\\ud83d\\ude00\\u0000\\ud800", "number": "1", "ports": {"5432": 5432}, "tags": ["a", "b"]}"""


def put(zmon: Caller, name: str = "web-1", **fields: Any) -> Answer:
    answer = zmon.put("/entities", {"id": name, "type": "host", **fields})
    assert answer.status in (200, 400), answer.text
    return answer


def listed(zmon: Caller, query: object = None, more: str = "") -> list[str]:
    asked = "" if query is None else f"query={quote(json.dumps(query))}"
    answer = zmon.get(f"/entities/?{asked}{more}")
    assert answer.status == 200, answer.text
    return [one["id"] for one in answer.json]


def test_an_entity_comes_back_to_the_letter_with_the_moment_of_its_change_in_lists_alone(zmon: Caller) -> None:
    text = ODD % AGENT
    answer = zmon.put("/entities", data=text.encode())
    assert (answer.status, answer.text) == (200, "")
    found = zmon.get(f"/entities/{quote(AGENT, safe='')}")
    assert json.dumps(found.json) == json.dumps(json.loads(text))
    (one,) = zmon.get("/entities/").json
    assert one.pop("last_modified") == "2026-11-21 12:00:00.000000"
    assert json.dumps(one) == json.dumps(json.loads(text))


@pytest.mark.parametrize("path", [AGENT, quote(AGENT, safe=""), f"{AGENT}/", f"{quote(AGENT, safe='')}/"])
def test_an_id_of_brackets_and_colons_is_found_and_deleted_however_it_is_spelt(zmon: Caller, path: str) -> None:
    put(zmon, AGENT)
    assert zmon.get(f"/entities/{path}").json == {"id": AGENT, "type": "host"}
    answer = zmon.delete(f"/entities/{path}")
    assert (answer.status, answer.text, answer.headers["content-type"]) == (200, "1", "text/plain; charset=utf-8")


def test_put_replaces_the_whole_entity_and_post_does_the_same(zmon: Caller) -> None:
    put(zmon, host="a", port=1)
    put(zmon, host="b")
    assert zmon.get("/entities/web-1").json == {"id": "web-1", "type": "host", "host": "b"}
    assert zmon.post("/entities/", {"id": "web-1", "type": "host"}).status == 200
    assert zmon.get("/entities/web-1").json == {"id": "web-1", "type": "host"}


@pytest.mark.parametrize(
    ("kind", "again", "second"),
    [
        ("host", {"b": [1, {"c": 2}], "a": 1}, 0),
        ("host", {"a": 1, "b": [1, {"c": 2.0}]}, 1),
        ("host", {"a": True, "b": [1, {"c": 2}]}, 1),
        ("local", {"a": 1, "b": [1, {"c": 2}]}, 1),
    ],
    ids=["the same in another order", "1.0 for 1", "true for 1", "a sign of life"],
)
def test_the_same_again_is_no_change(zmon: Caller, clock: Clock, kind: str, again: Any, second: int) -> None:
    zmon.put("/entities", {"id": "web-1", "type": kind, "a": 1, "b": [1, {"c": 2}]})
    clock.move(seconds=1)
    zmon.put("/entities", {"id": "web-1", "type": kind, **again})
    (one,) = zmon.get("/entities").json
    assert one["last_modified"] == f"2026-11-21 12:00:0{second}.000000"


def test_the_same_again_tells_no_worker_to_read_the_inventory_anew(zmon: Caller, story: Story) -> None:
    put(zmon, a=1)
    edition = documents.edition(story.project)
    put(zmon, a=1)
    assert documents.edition(story.project) == edition


def test_an_entity_that_is_not_there_is_missing_and_its_deletion_does_nothing(zmon: Caller) -> None:
    answer = zmon.get("/entities/nobody")
    assert (answer.status, answer.json) == (404, {"message": "entity nobody not found"})
    answer = zmon.delete("/entities/nobody/")
    assert (answer.status, answer.text) == (200, "0")


@pytest.mark.parametrize("name", ["x" * 3_000, "%ff", "%00", "%2e%2e", "GLOBAL", "a%2Fb", "\u0101" * 600])
def test_no_name_is_a_fault(zmon: Caller, name: str) -> None:
    path = quote(name, safe="%")
    assert zmon.get(f"/entities/{path}").status == 404
    assert (zmon.delete(f"/entities/{path}").status, zmon.delete(f"/entities/{path}").text) == (200, "0")
    assert zmon.get(f"/entities?after={path}").status in (200, 400)


# What is refused


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"type": "host"}, "id must be a word"),
        ({"id": "Web-1", "type": "host"}, "id must be a word"),
        ({"id": "w", "type": "host"}, "id must be a word"),
        ({"id": "web 1", "type": "host"}, "id must be a word"),
        ({"id": "web-1\n", "type": "host"}, "id must be a word"),
        ({"id": ["web-1"], "type": "host"}, "id must be a word"),
        ({"id": "w" * 900, "type": "host"}, "id must not be longer than 800"),
        ({"id": "web-1"}, "type must be a word"),
        ({"id": "web-1", "type": "Host"}, "type must be a word"),
        ({"id": "web-1", "type": "a:b"}, "type must be a word"),
        ({"id": "web-1", "type": None}, "type must be a word"),
        ({"id": "web-1", "type": "host", "x": "y" * 350_000}, "entity must not take more than 350000 bytes"),
        ([], "Could not read request: the body must be a JSON object"),
        ("web-1", "Could not read request: the body must be a JSON object"),
    ],
)
def test_a_document_that_is_no_entity_is_refused_by_the_name_of_what_is_wrong(
    zmon: Caller, contents: Any, body: object, message: str
) -> None:
    before = contents()
    answer = zmon.put("/entities", body)
    assert answer.status == 400 and answer.json["message"].startswith(message), answer.text
    assert contents() == before


@pytest.mark.parametrize(
    "value",
    [
        *("NaN", "Infinity", "-Infinity", "1e400", "-1e999", "1" * 1_001, "[" * 60 + "]" * 60, "[" * 9_999),
        *("'a'", "01", "", "{", '"\x01"'),
    ],
)
def test_what_would_not_come_back_as_it_was_is_refused(zmon: Caller, value: str) -> None:
    answer = zmon.put("/entities", data=f'{{"id": "web-1", "type": "host", "x": {value}}}'.encode())
    assert answer.status == 400 and answer.json["message"].startswith("Could not read request: "), answer.text
    assert listed(zmon) == []


@pytest.mark.parametrize("data", [b"", b"\xff\xfe{}", b"{" + b" " * 1_000_000 + b"}"])
def test_a_body_that_cannot_be_read_is_refused(zmon: Caller, data: bytes) -> None:
    answer = zmon.put("/entities", data=data)
    assert answer.status == 400 and answer.json["message"].startswith("Could not read request: "), answer.text


def test_what_a_body_is_called_does_not_matter(zmon: Caller) -> None:
    body = b'\xef\xbb\xbf{"id": "web-1", "type": "host"}'
    assert zmon.put("/entities", data=body, headers={"Content-Type": "text/plain"}).status == 200
    assert listed(zmon) == ["web-1"]


def test_the_type_of_the_entity_that_is_always_there_is_nobody_elses(zmon: Caller) -> None:
    for name in ("GLOBAL", "web-1"):
        answer = zmon.put("/entities", {"id": name, "type": "GLOBAL"})
        assert (answer.status, answer.json["message"]) == (403, "Creating entity with type - GLOBAL is not allowed.")


def test_the_type_of_an_entity_stays(zmon: Caller) -> None:
    put(zmon)
    answer = zmon.put("/entities", {"id": "web-1", "type": "database"})
    assert answer.status == 409
    assert answer.json["message"].startswith("Changing the 'type' of an entity is prohibited")
    assert zmon.get("/entities/web-1").json["type"] == "host"


# Which are listed


HOSTS: dict[str, dict[str, Any]] = {
    "aa": {"type": "host", "tags": ["x", "y"], "ports": {"80": "http", "22": "ssh"}, "cpu": 4},
    "bb": {"type": "host", "tags": ["y"], "cpu": "4", "ready": True},
    "cc": {"type": "database", "shards": [{"name": "a"}, {"name": "b"}], "cpu": 4.0},
}


@pytest.fixture
def hosts(zmon: Caller) -> Caller:
    for name, fields in HOSTS.items():
        zmon.put("/entities", {"id": name, **fields})
    return zmon


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (None, "aa bb cc"),
        ({}, "aa bb cc"),
        ([{}], "aa bb cc"),
        ([], ""),
        ({"type": "host"}, "aa bb"),
        ({"type": "host", "cpu": "4"}, "bb"),
        ({"cpu": 4}, "aa cc"),
        ({"ready": True}, "bb"),
        ({"ready": 1}, ""),
        ({"tags": ["y"]}, "aa bb"),
        ({"tags": ["y", "x", "y"]}, "aa"),
        ({"tags": []}, "aa bb"),
        ({"tags": "y"}, ""),
        ({"ports": {"80": "http"}}, "aa"),
        ({"shards": [{"name": "b"}]}, "cc"),
        ({"type": "hos*"}, ""),
        ([{"type": "database"}, {"id": "bb"}], "bb cc"),
    ],
)
def test_a_query_is_what_an_entity_must_contain(hosts: Caller, query: object, found: str) -> None:
    assert " ".join(listed(hosts, query)) == found


@pytest.mark.parametrize(("exclude", "found"), [("x", "bb cc"), ("y", "cc"), ("z", "aa bb cc"), ("x&exclude=y", "cc")])
def test_entities_that_carry_an_excluded_tag_are_left_out(hosts: Caller, exclude: str, found: str) -> None:
    assert " ".join(listed(hosts, None, f"exclude={exclude}")) == found


@pytest.mark.parametrize("query", ["{", "5", '"a"', "[5]", "[[]]", "null", "NaN", '{"a": NaN}', "[" * 5_000])
def test_a_query_that_is_none_is_refused_by_its_name(zmon: Caller, query: str) -> None:
    answer = zmon.get(f"/entities/?query={quote(query)}")
    assert answer.status == 400 and answer.json["message"].startswith("query must be "), answer.text


def test_a_page_begins_behind_the_last_one(hosts: Caller) -> None:
    assert listed(hosts, None, "limit=2") == ["aa", "bb"]
    assert listed(hosts, None, "limit=2&after=bb") == ["cc"]
    assert listed(hosts, {"cpu": 4}, "&limit=1") == ["aa"]
    assert listed(hosts, {"cpu": 4}, "&limit=1&after=aa") == ["cc"]
    assert listed(hosts, None, "after=cc") == []


@pytest.mark.parametrize("limit", ["0", "-1", "10001", "x", "1.5", "9" * 30, "\u0661"])
def test_a_limit_that_is_none_is_refused_by_its_name(zmon: Caller, limit: str) -> None:
    answer = zmon.get(f"/entities/?limit={quote(limit)}")
    assert (answer.status, answer.json) == (400, {"message": "limit must be a whole number from 1 to 10000"})


# Who


def test_a_read_only_key_reads_and_changes_nothing(zmon: Caller, reader: Api, contents: Any) -> None:
    put(zmon)
    before = contents()
    assert zmon.get("/entities", key=reader.key).status == 200
    assert zmon.get("/entities/web-1", key=reader.key).status == 200
    assert zmon.post("/rest/entity-filters", {}, key=reader.key).status == 200
    for answer in (
        zmon.put("/entities", {"id": "web-1", "type": "host", "x": 1}, key=reader.key),
        zmon.post("/entities", {"id": "web-2", "type": "host"}, key=reader.key),
        zmon.delete("/entities/web-1", key=reader.key),
    ):
        assert (answer.status, answer.json) == (403, {"message": "Access is denied"})
    assert contents() == before


def test_another_project_sees_and_changes_nothing(zmon: Caller, stranger: Api) -> None:
    put(zmon, x=1)
    assert zmon.get("/entities", key=stranger.key).json == []
    assert zmon.get("/entities/web-1", key=stranger.key).status == 404
    assert zmon.delete("/entities/web-1", key=stranger.key).text == "0"
    assert zmon.put("/entities", {"id": "web-1", "type": "database"}, key=stranger.key).status == 200
    assert zmon.get("/entities/web-1").json == {"id": "web-1", "type": "host", "x": 1}


@pytest.mark.parametrize(("form", "author"), [("hjacobs:{}", "hjacobs"), ("{}:", "API key"), (":{}", "API key")])
def test_the_user_beside_the_key_is_the_author(zmon: Caller, story: Story, form: str, author: str) -> None:
    zmon.put("/entities", {"id": "web-1", "type": "host"}, key="", headers=basic(form.format(zmon.key)))
    assert documents.get(story.project, "entity", "web-1").author == author


# Races


def test_of_two_that_put_at_once_each_is_kept_and_the_later_one_stays(
    zmon: Caller, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(zmon, by="before")
    real, others = papers.present, iter(["other"])

    def seen_and_overtaken(*named: Any) -> Any:
        found = real(*named)
        for by in others:
            entities.put(story.services, story.keyring.project, {"id": "web-1", "type": "host", "by": by}, by)
        return found

    monkeypatch.setattr(papers, "present", seen_and_overtaken)
    put(zmon, by="later")
    assert zmon.get("/entities/web-1").json["by"] == "later"
    assert documents.edition(story.project) == 3


def test_whoever_puts_what_has_meanwhile_become_another_type_is_told(
    zmon: Caller, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, others = papers.present, iter(["database"])

    def seen_and_overtaken(*named: Any) -> Any:
        found = real(*named)
        for kind in others:
            entities.put(story.services, story.keyring.project, {"id": "web-1", "type": kind}, "other")
        return found

    monkeypatch.setattr(papers, "present", seen_and_overtaken)
    assert zmon.put("/entities", {"id": "web-1", "type": "host"}).status == 409
    assert zmon.get("/entities/web-1").json["type"] == "database"


# What a whole list costs


@pytest.fixture
def large(zmon: Caller) -> list[str]:
    """The ids of entities of which all together are longer than what can be sent, and which pack well."""
    names = [f"large-{number:02}" for number in range(20)]
    for name in names:
        put(zmon, name, x="abcdefgh" * 42_000)
    return names


def test_a_list_that_no_answer_holds_is_refused_with_the_ways_to_have_it(
    zmon: Caller, chalice_app: Application, large: list[str]
) -> None:
    plain = Caller(Api(Entrance(chalice_app, rest), zmon.key), zmon.key)
    answer = plain.get("/entities/", headers={"Accept-Encoding": "gzip"})
    assert (answer.status, answer.json["message"]) == (
        400,
        "the answer would be longer than the 6 MB that can be sent: ask for less with query, exclude, limit, after, "
        "or accept gzip from an HTTP API or a function URL: a REST API hands on none",
    )
    first = listed(plain, None, "limit=15")
    assert first + listed(plain, None, f"limit=15&after={first[-1]}") == large


def test_an_entrance_that_hands_gzip_on_answers_the_whole_list(
    zmon: Caller, chalice_app: Application, large: list[str]
) -> None:
    packing = Caller(Api(Entrance(chalice_app, function_url), zmon.key), zmon.key)
    answer = packing.get("/entities/", headers={"Accept-Encoding": "gzip, deflate"})
    assert [one["id"] for one in answer.json] == large
    assert (
        packing.get("/entities/")
        .json["message"]
        .endswith("ask for less with query, exclude, limit, after, or accept gzip")
    )


def test_a_list_costs_one_read_for_each_page_of_the_table(zmon: Caller, large: list[str]) -> None:
    counts = []
    for more in ("limit=1", "after=large-18"):
        with intercepted.operations() as calls:
            listed(zmon, None, more)
        counts.append(calls.count("Query"))
    # A page of the table is a megabyte, the whole of it many.
    assert counts == [1, 1]


def test_the_preview_of_filters_takes_as_definitions_do(hosts: Caller) -> None:
    def taken(**asked: Any) -> list[str]:
        answer = hosts.post("/rest/entity-filters", asked)
        assert answer.status == 200, answer.text
        assert answer.json["count"] == len(answer.json["entities"])
        assert answer.json["message"] == ""
        return [one["id"] for one in answer.json["entities"]]

    assert taken() == ["GLOBAL", "aa", "bb", "cc"]
    assert taken(include_filters=[[{"type": "GLOBAL"}]]) == ["GLOBAL"]
    assert taken(include_filters=[[{"type": "host"}], [{"cpu": "4"}]]) == ["aa", "bb"]
    assert taken(include_filters=[[{"type": "host"}], []], exclude_filters=[[{"id": "aa"}]], local=True) == ["bb"]
    assert taken(include_filters=[{"type": "host"}, {"id": "cc"}], exclude_filters=[{"id": "bb"}]) == ["aa", "cc"]


@pytest.mark.parametrize("value", ["yes", 1, [], {}])
def test_local_is_true_or_false_or_nothing(zmon: Caller, value: object) -> None:
    assert zmon.post("/rest/entity-filters", {"local": None}).status == 200
    answer = zmon.post("/rest/entity-filters", {"local": value})
    assert (answer.status, answer.json) == (400, {"message": "local must be true or false"})


@pytest.mark.parametrize("field", ["include_filters", "exclude_filters"])
@pytest.mark.parametrize("value", [5, "a", {}, [5], [[5]], [[{"type": None}]], [[{"a": {}}]]])
def test_filters_that_are_none_are_refused_by_their_name(zmon: Caller, field: str, value: object) -> None:
    answer = zmon.post("/rest/entity-filters", {field: value})
    assert answer.status == 400 and answer.json["message"].startswith(f"{field} must "), answer.text
