"""app.py as AWS sees it: its event functions, and a table of routes that API Gateway takes and reads as we do."""

from __future__ import annotations

import itertools
import pkgutil
import re

import pytest
from chalice.config import Config
from chalice.deploy.validate import validate_configuration
from chalice.local import RouteMatcher

import app
from chalicelib import api, gateway

ROUTES = list(app.app.routes)
RESOURCES_LIMIT = 300  # Amazon API Gateway quotas, "Resources per API"
VARIABLE = re.compile(r"\{[a-zA-Z_][a-zA-Z0-9_]*\}")
PLAIN = re.compile(r"[a-zA-Z0-9._:-]+")


def parts(route: str) -> list[str]:
    return [part for part in route.split("/") if part]


def is_variable(part: str) -> bool:
    return part.startswith("{")


def test_every_event_function_is_called_through_app_py() -> None:
    handlers = {source.handler_string for source in app.app.event_sources}
    assert handlers == {
        *("app.sweep_due", "app.tick_wheel", "app.roll_up"),
        *("app.deliver_news", "app.do_chores", "app.run_probes", "app.judge_rules"),
    }


def test_every_dialect_is_served() -> None:
    known = {module.name for module in pkgutil.iter_modules(api.__path__) if module.ispkg}
    assert {dialect.__name__.rpartition(".")[2] for dialect in app.DIALECTS} == known


def test_chalice_finds_it_deployable() -> None:
    validate_configuration(Config.create(chalice_app=app.app, project_dir="."))


def test_no_route_ends_in_a_slash() -> None:
    assert [route for route in ROUTES if route != "/" and route.endswith("/")] == []


def test_a_part_of_a_route_is_a_word_or_one_whole_variable() -> None:
    odd = [part for route in ROUTES for part in parts(route) if not (PLAIN.fullmatch(part) or VARIABLE.fullmatch(part))]
    assert odd == []


def test_one_place_in_the_tree_has_one_name_for_its_variable() -> None:
    names: dict[tuple[str, ...], set[str]] = {}
    for route in ROUTES:
        for depth, part in enumerate(parts(route)):
            if is_variable(part):
                names.setdefault(tuple(parts(route)[:depth]), set()).add(part)
    assert {place: found for place, found in names.items() if len(found) > 1} == {}


def test_the_api_has_room_to_grow() -> None:
    tree = {tuple(parts(route)[:depth]) for route in ROUTES for depth in range(len(parts(route)) + 1)}
    assert len(tree) < RESOURCES_LIMIT


@pytest.mark.parametrize("route", ROUTES)
def test_every_method_and_content_type_reaches_the_dialect(route: str) -> None:
    entries = app.app.routes[route]
    assert set(entries) == set(gateway.METHODS)
    assert all(entry.content_types == ["*/*"] and entry.cors is None for entry in entries.values())


@pytest.mark.parametrize("route", ROUTES)
def test_a_path_made_from_a_route_leads_back_to_it(route: str) -> None:
    path = VARIABLE.sub("some-value", route)
    matcher = RouteMatcher(ROUTES)
    assert matcher.match_route(path).route == route
    assert matcher.match_route(f"{path}/").route == route


def test_where_two_routes_match_the_local_router_decides_as_api_gateway_does() -> None:
    # API Gateway prefers the word at the first place where one has a word and the other a variable;
    # Chalice's local router takes the route that was registered first.
    wrong = [
        (first, second)
        for first, second in itertools.combinations(ROUTES, 2)
        if overlap(first, second) and preferred(first, second) != first
    ]
    assert wrong == []


def overlap(one: str, other: str) -> bool:
    """Whether some path matches both."""
    pairs = list(zip(parts(one), parts(other), strict=False))
    same_length = len(parts(one)) == len(parts(other))
    return same_length and all(a == b or is_variable(a) or is_variable(b) for a, b in pairs)


def preferred(one: str, other: str) -> str:
    for a, b in zip(parts(one), parts(other), strict=True):
        if is_variable(a) != is_variable(b):
            return other if is_variable(a) else one
    return one


def test_the_word_is_preferred_whichever_comes_first() -> None:
    assert preferred("/checks/{code}", "/checks/all") == preferred("/checks/all", "/checks/{code}") == "/checks/all"
    assert overlap("/checks/{code}", "/checks/all")
    assert not overlap("/checks/{code}", "/checks/{code}/pause")
    assert not overlap("/checks/{code}", "/channels/all")
