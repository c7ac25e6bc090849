"""app.py as AWS sees it: its event functions, its dialects and the table of their resources."""

from __future__ import annotations

import pkgutil
import re

from chalice.config import Config
from chalice.deploy.validate import validate_configuration
from chalice.local import LocalGateway

import app
from chalicelib import api, functions
from tests.cases import each

ROUTES = [one.path for one in app.app.resources]
VARIABLE = re.compile(r"\{[a-zA-Z_][a-zA-Z0-9_]*\}")
PLAIN = re.compile(r"[a-zA-Z0-9._:-]+")


def parts(route: str) -> list[str]:
    return [part for part in route.split("/") if part]


def test_every_event_function_is_called_through_app_py() -> None:
    handlers = {source.handler_string for source in app.app.event_sources}
    assert handlers == {f"app.{function.name}" for function in functions.FUNCTIONS if function.every or function.queue}


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


@each("route", ROUTES)
def test_a_path_made_from_a_resource_leads_back_to_it(route: str) -> None:
    values = VARIABLE.sub("some-value", route)
    found = app.app.paths.find(parts(values))
    assert found is not None
    assert (found[0].path, set(found[1].values())) == (route, {"some-value"} if "{" in route else set())


@each("route", ROUTES)
def test_every_resource_lies_below_a_prefix_of_its_voice(route: str) -> None:
    (found,) = (one for one in app.app.resources if one.path == route)
    assert any(f"{route}/".startswith(f"{prefix}/") for prefix in found.voice.prefixes)


def test_every_depth_of_a_path_is_known_to_chalices_own_local_server() -> None:
    deepest = max(len(parts(route)) for route in ROUTES)
    assert max(len(parts(route)) for route in app.app.routes) > deepest
    answer = LocalGateway(app.app, Config()).handle_request("BREW", "/v1.1" + "/x" * deepest, {}, b"")
    assert answer["statusCode"] == 404 and "NotFound" in answer["body"]
