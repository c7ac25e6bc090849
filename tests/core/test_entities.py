"""Entities: which documents are one, which filters hold of one, and the index beside the plain test."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import entities
from chalicelib.core.entities import THE_GLOBAL, Filter, Index, Selection, contains, matches, read
from chalicelib.core.errors import Invalid
from tests.cases import each

WEB = {"id": "web-1", "type": "host", "team": "Shop", "port": 8080, "tags": ["a", "b"], "up": True, "load": 1.5}


def filters(*given: dict[str, Any]) -> entities.Filters:
    return read(list(given), "entities")


@pytest.mark.parametrize("name", ["web-1-i123[aws:123456789012:eu-central-1]", "a1", "x@y.z", "a_b"])
def test_ids_of_agents_are_ids(name: str) -> None:
    document = {"id": name, "type": "host"}
    assert entities.check(document) is document


@each(
    ("change", "field"),
    [
        ({"id": "a"}, "id"),
        ({"id": "Web-1"}, "id"),
        ({"id": "1web"}, "id"),
        ({"id": "web 1"}, "id"),
        ({"id": "web-1\n"}, "id"),
        ({"id": "wéb"}, "id"),
        ({"id": ""}, "id"),
        ({"id": None}, "id"),
        ({"id": 17}, "id"),
        ({"id": "a" * 801}, "id"),
        ({"type": "Host"}, "type"),
        ({"type": "h"}, "type"),
        ({"type": "a.b"}, "type"),
        ({"type": "GLOBAL"}, "type"),
        ({"type": ["host"]}, "type"),
    ],
)
def test_another_id_or_type_is_refused_by_its_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        entities.check({"id": "web-1", "type": "host", **change})
    assert caught.value.field == field


@pytest.mark.parametrize("document", [None, [], "web-1", 7])
def test_what_is_no_object_is_no_entity(document: object) -> None:
    with pytest.raises(Invalid, match="must be a JSON object"):
        entities.check(document)


@each(
    "one",
    [
        {},
        {"type": "host"},
        {"type": "host", "team": "Shop"},
        {"id": "web-1"},
        {"port": "8080"},
        {"port": 8080},
        {"team": ["Pay", "Shop"]},
        {"port": [80, 8080]},
    ],
)
def test_a_filter_holds_with_all_its_names_and_values(one: dict[str, Any]) -> None:
    assert matches(filters(one), WEB)


@each(
    "one",
    [
        {"type": "database"},
        {"type": "host", "team": "Pay"},
        {"team": "shop"},
        {"team": "Sho"},
        {"team": "Shop*"},
        {"owner": "Shop"},
        {"port": "8080.0"},
        {"up": "true"},
        {"up": True},
        {"load": 1.5},
        {"load": "1.5"},
        {"tags": "a"},
        {"tags": ["a", "b"]},
        {"team": ["Pay", "Ads"]},
    ],
)
def test_values_are_compared_as_they_are_spelt_and_only_texts_and_whole_numbers_are(one: dict[str, Any]) -> None:
    assert not matches(filters(one), WEB)


def test_a_name_that_is_null_in_the_entity_is_like_nothing() -> None:
    assert not matches(filters({"team": "None"}), {"id": "web-1", "type": "host", "team": None})


def test_one_filter_of_several_is_enough_and_none_is_not() -> None:
    assert matches(filters({"type": "database"}, {"type": "host"}), WEB)
    assert not matches(filters(), WEB)


def test_the_global_entity_is_one_like_others_for_filters() -> None:
    assert matches(read([{"type": "GLOBAL"}], "entities", typed=True), THE_GLOBAL)


@each(
    ("value", "message"),
    [
        ({"type": "host"}, "list of objects"),
        ("host", "list of objects"),
        (["host"], "list of objects"),
        ([{"type": None}], "null filters not supported"),
        ([{"type": []}], "null filters not supported"),
        ([{"type": ["host", None]}], "null filters not supported"),
        ([{"type": {"a": 1}}], "for type"),
        ([{"type": [["host"]]}], "for type"),
    ],
)
def test_what_is_no_filter_is_refused(value: object, message: str) -> None:
    with pytest.raises(Invalid, match=message) as caught:
        read(value, "entities_exclude")
    assert caught.value.field == "entities_exclude"


@pytest.mark.parametrize("value", [None, [], [{}], [{"type": "host"}, {"id": "web-1"}]])
def test_the_filters_of_a_check_name_a_type_each(value: object) -> None:
    with pytest.raises(Invalid):
        read(value, "entities", typed=True)


def test_an_alert_takes_what_its_check_and_itself_choose_without_what_it_excludes() -> None:
    hosts, shop, web = filters({"type": "host"}), filters({"team": "Shop"}), filters({"id": "web-1"})
    assert Selection(hosts).takes(WEB)
    assert Selection(hosts, shop).takes(WEB)
    assert not Selection(hosts, shop, web).takes(WEB)
    assert not Selection(hosts, filters({"team": "Pay"})).takes(WEB)
    assert not Selection(filters({"type": "database"}), shop).takes(WEB)


@each(
    "wanted",
    [
        {},
        {"tags": ["a"]},
        {"tags": ["b", "a", "a"]},
        {"tags": []},
        {"up": True},
        {"load": 1.5},
        {"port": 8080.0},
        {"shards": {"one": {"host": "db"}}},
        {"shards": {"list": [{"n": 1}]}},
        {"nothing": None},
    ],
)
def test_a_query_is_contained_in_the_entity_as_json(wanted: dict[str, Any]) -> None:
    shards = {"one": {"host": "db", "port": 1}, "list": [{"n": 1, "m": 2}, {"n": 2}]}
    assert contains(WEB | {"shards": shards, "nothing": None}, wanted)


@each(
    "wanted",
    [
        {"port": "8080"},
        {"tags": ["a", "c"]},
        {"tags": "a"},
        {"up": 1},
        {"up": "true"},
        {"team": ["Shop"]},
        {"team": {}},
        {"missing": None},
        {"shards": {"n": 2}},
    ],
)
def test_what_is_of_another_type_or_not_there_is_not_contained(wanted: dict[str, Any]) -> None:
    assert not contains(WEB | {"shards": [{"n": 1}]}, wanted)


NAMES = st.sampled_from(["type", "team", "port", "id"])
VALUES = st.sampled_from(["host", "db", "1", 1, 2, True, None, ["host"], 1.0])
ENTITIES = st.dictionaries(NAMES, VALUES)
FILTERS = st.lists(
    st.dictionaries(NAMES, st.frozensets(st.sampled_from(["host", "db", "1", "2"]), min_size=1), max_size=3).map(
        lambda one: Filter(tuple(one.items()))
    ),
    max_size=3,
).map(tuple)
SELECTIONS = st.builds(Selection, FILTERS, FILTERS, FILTERS)


@given(st.lists(SELECTIONS, max_size=6), st.lists(ENTITIES, max_size=6))
def test_an_index_takes_what_each_of_its_selections_takes(
    selections: list[Selection], found: list[dict[str, Any]]
) -> None:
    index = Index(dict(enumerate(selections)))
    assert index.taken(found) == {
        name: [entity for entity in found if one.takes(entity)] for name, one in enumerate(selections)
    }
    for entity in found:
        assert len(set(index.takers(entity))) == len(index.takers(entity))
