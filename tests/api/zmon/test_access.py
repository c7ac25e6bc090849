"""Who may do what: every form in which a key may come, and the published answers to whoever may not."""

from __future__ import annotations

import pytest

from chalicelib.monitor.managing import projects
from tests.api.zmon.conftest import Caller, basic

NO_KEY = {"message": "Full authentication is required to access this resource"}
BAD_KEY = {"message": "Bad credentials"}
DENIED = {"message": "Access is denied"}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic !"}, {"Authorization": "Bearer"}])
def test_whoever_shows_no_key_is_told_that_one_is_required(zmon: Caller, headers: dict[str, str]) -> None:
    answer = zmon.get("/status/", key="", headers=headers)
    assert (answer.status, answer.json) == (401, NO_KEY)


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer nonsense"}, basic("hjacobs:test"), basic("test")])
def test_a_key_that_nobody_knows_is_a_bad_credential(zmon: Caller, headers: dict[str, str]) -> None:
    answer = zmon.get("/status/", key="", headers=headers)
    assert (answer.status, answer.json) == (401, BAD_KEY)


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}"])
def test_a_bearer_token_opens(zmon: Caller, form: str) -> None:
    assert zmon.get("/status/", key="", headers={"Authorization": form.format(zmon.key)}).status == 200


@pytest.mark.parametrize("form", ["hjacobs:{}", "{}:", "{}", ":{}"])
def test_basic_authentication_opens_with_the_key_on_either_side(zmon: Caller, form: str) -> None:
    assert zmon.get("/status/", key="", headers=basic(form.format(zmon.key))).status == 200


def test_a_ping_key_reads_nothing(zmon: Caller, keyring: projects.Keyring) -> None:
    answer = zmon.get("/status/", key=keyring.keys["ping"])
    assert (answer.status, answer.json) == (403, DENIED)


@pytest.mark.parametrize("path", ["/status", "/status/"])
def test_a_path_may_end_in_a_slash(zmon: Caller, path: str) -> None:
    assert zmon.get(path).json["alerts_active"] == 0


def test_what_is_unknown_and_below_a_path_of_the_dialect_is_answered_in_its_voice(zmon: Caller) -> None:
    answer = zmon.get("/entities/a/b/c")
    assert (answer.status, answer.json) == (404, {"message": "not found"})
