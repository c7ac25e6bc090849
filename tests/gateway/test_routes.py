"""Which resource a path means, and in whose voice an unknown one is answered."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from chalicelib import gateway
from chalicelib.api import alertra, healthchecks, hostedgraphite
from chalicelib.gateway import Reply, Request, public, resource
from chalicelib.gateway.routes import Resource, Routes
from tests.cases import each
from tests.gateway.entrances import Sent, rest
from tests.gateway.sample import application, dialect

VOICE = gateway.Voice()


def routes(*paths: str) -> Routes:
    return Routes([resource(path, VOICE) for path in paths])


def meant(found: Routes, path: str) -> tuple[str, dict[str, str]] | None:
    answer = found.find([part for part in path.split("/")[1:] if path != "/"])
    return (answer[0].path, answer[1]) if answer else None


PATHS = ("/", "/checks", "/checks/{code}", "/checks/all", "/checks/{code}/pause", "/checks/all/stop", "/{any}")


@each("paths", [PATHS, PATHS[::-1], sorted(PATHS)])
@each(
    ("path", "wanted"),
    [
        ("/", ("/", {})),
        ("/checks", ("/checks", {})),
        ("/checks/7", ("/checks/{code}", {"code": "7"})),
        ("/checks/all", ("/checks/all", {})),
        ("/checks/all/stop", ("/checks/all/stop", {})),
        ("/checks/7/pause", ("/checks/{code}/pause", {"code": "7"})),
        ("/checks/all/pause", ("/checks/{code}/pause", {"code": "all"})),
        ("/other", ("/{any}", {"any": "other"})),
        ("/checks/7/stop", None),
        ("/checks/7/pause/x", None),
        ("/checks/", None),
        ("//", None),
    ],
)
def test_a_word_goes_before_a_variable_in_whatever_order_they_are_declared(
    paths: tuple[str, ...], path: str, wanted: Any
) -> None:
    assert meant(routes(*paths), path) == wanted


def test_two_dialects_may_name_one_place_differently() -> None:
    found = routes("/checks/{code}/pause", "/checks/{id}/name")
    assert meant(found, "/checks/7/pause") == ("/checks/{code}/pause", {"code": "7"})
    assert meant(found, "/checks/7/name") == ("/checks/{id}/name", {"id": "7"})


def test_a_path_is_declared_once() -> None:
    with pytest.raises(ValueError, match=r"/checks/\{id\} and /checks/\{code\} are the same path"):
        routes("/checks/{code}", "/checks/{id}")


class Other(gateway.Voice):
    prefixes = ("/api/v1/metric", "/v2")


class One(gateway.Voice):
    prefixes = ("/api/v1",)


def test_an_unknown_path_has_the_voice_of_the_longest_prefix() -> None:
    one, other = One(), Other()
    found = Routes([resource("/api/v1/checks/{code}", one), resource("/v2/alerts", other)])
    voices = {path: found.voice_of(path.split("/")[1:]) for path in ("/api/v1/x", "/api/v1/metric/x", "/v2", "/x", "/")}
    assert voices == {"/api/v1/x": one, "/api/v1/metric/x": other, "/v2": other, "/x": None, "/": None}


def test_two_voices_cannot_have_one_prefix() -> None:
    with pytest.raises(ValueError, match="two voices speak below /api/v1"):
        Routes([resource("/a", One()), resource("/b", One())])


# A dialect of two resources


class Dummy(gateway.Voice):
    prefixes = ("/dummy",)

    def broken(self, status: int, message: str, _field: str = "") -> Reply:
        return Reply(status, {"dummy": message})


def hello(_request: Request) -> Reply:
    return Reply(body={"hello": "everybody"})


def name(request: Request) -> Reply:
    return Reply(body={"hello": request.parts["name"]})


DUMMY = Dummy()
PACKAGE = dialect(
    resource("/dummy", DUMMY, GET=public(hello)),
    # Beside a resource of another dialect, and beside what others call a variable.
    resource("/api/v1/checks/all-of-them", DUMMY, GET=public(hello), POST=public(hello)),
    resource("/dummy/{name}", DUMMY, GET=public(name)),
)
PACKAGES = {"healthchecks": healthchecks, "alertra": alertra, "hostedgraphite": hostedgraphite, "dummy": PACKAGE}


@each("order", list(itertools.permutations(PACKAGES))[::5])
def test_a_dialect_is_one_package_in_whatever_place_of_the_list(order: tuple[str, ...]) -> None:
    app = application(*(PACKAGES[name] for name in order))

    def ask(method: str, path: str) -> tuple[int, Any, dict[str, str]]:
        answer = app(rest(Sent(method, path, [])), None)
        return answer["statusCode"], json.loads(answer["body"] or "null"), answer["headers"]

    assert ask("GET", "/dummy")[:2] == (200, {"hello": "everybody"})
    assert ask("GET", "/dummy/world/")[:2] == (200, {"hello": "world"})
    assert ask("GET", "/api/v1/checks/all-of-them")[:2] == (200, {"hello": "everybody"})
    assert ask("GET", "/api/v1/checks/other")[:2] == (401, {"error": "missing api key"})
    assert ask("GET", "/dummy/a/b")[:2] == (404, {"dummy": "not found"})
    status, body, headers = ask("BREW", "/api/v1/checks/all-of-them")
    assert (status, body, headers["Allow"]) == (405, {"dummy": "method not allowed"}, "GET, POST, OPTIONS")


def test_every_resource_lies_below_a_prefix_of_its_voice_or_beside_another_dialects() -> None:
    every = [*healthchecks.RESOURCES, *alertra.RESOURCES, *hostedgraphite.RESOURCES]
    assert [one.path for one in every if not is_below(one)] == []


def is_below(one: Resource) -> bool:
    return any(f"{one.path}/".startswith(f"{prefix}/") for prefix in one.voice.prefixes)


@each(
    ("path", "answer"),
    [
        ("/api/v1/nothing", {"error": "not found"}),
        ("/api/v3/checks/a/b/c/d/e", {"error": "not found"}),
        ("/v1.1/nothing", {"Error": {"Code": "NotFound", "Message": "not found"}}),
        ("/v2/nothing", {"error": "not found"}),
        ("/nothing", {"error": "not found"}),
        ("//nothing", {"error": "not found"}),
    ],
)
def test_an_unknown_path_is_answered_by_the_dialect_whose_prefix_it_has(path: str, answer: Any) -> None:
    app = application(healthchecks, alertra, hostedgraphite)
    found = app(rest(Sent("GET", path, [])), None)
    assert (found["statusCode"], json.loads(found["body"])) == (404, answer)


def test_an_unknown_path_of_the_pinging_api_is_told_in_a_line_of_text() -> None:
    found = application(healthchecks)(rest(Sent("GET", "/ping/a/b/c/d", [])), None)
    assert (found["statusCode"], found["body"]) == (404, "not found")


def test_an_unknown_path_in_xml_where_that_is_asked_for() -> None:
    found = application(alertra)(rest(Sent("GET", "/v1.1/nothing", [("Accept", "application/xml")])), None)
    assert found["body"].startswith("<?xml") and "<Code>NotFound</Code>" in found["body"]
