"""Each thing of a check has a secret of its own: who knows one, or all that is public, knows nothing of another."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chalicelib.channels.payloads import healthchecks as payload
from chalicelib.core import pages
from chalicelib.core.check import Signal
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks
from chalicelib.monitor.views import badges
from tests.api.client import Api
from tests.channels.samples import news
from tests.conftest import Story

# So many characters of a secret in a row are no coincidence.
TELLING = 12
ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_256")
NAMESPACES = (uuid.NAMESPACE_DNS, uuid.NAMESPACE_URL, uuid.NAMESPACE_OID, uuid.NAMESPACE_X500, uuid.UUID(int=0))


@dataclass(frozen=True)
class Known:
    """What the holder of one thing is told, and the secrets that this is made with or leads to by right."""

    texts: tuple[str, ...]
    rightly: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scene:
    secrets: dict[str, str]
    known: dict[str, Known]


@pytest.fixture
def scene(story: Story, browser: Api) -> Scene:
    """A pinged check with a tag, its secrets, and everything that leaves the house about it."""
    services, project = story.services, story.keyring.project
    services.new_code = lambda: str(uuid.uuid4())
    check = checks.create(services, project, {"name": "Backup", "tags": "prod", "slug": "backup"})
    pings.receive(services, pings.Address(code=check.code), Signal("success", services.clock()))
    address = pages.address(project, check)
    renewed = pages.address(project, checks.renew_page(services, check))
    secrets = {
        "code": check.code,
        "unique key": check.unique_key,
        "badge": check.badge,
        "page": renewed.partition("-")[2],
        "old page": address.partition("-")[2],
        "project's badge": project.badge,
        "project's secret": project.secret,
        "signature": badges.signature(project, "prod"),
        **{f"{kind} key": key for kind, key in story.keyring.keys.items()},
    }
    reading = {"x-api-key": story.keyring.keys["read"]}
    of_badge = [f"/b/{states}/{check.badge}.{end}" for states in (2, 3) for end in ("svg", "json", "shields")]
    of_tags = re.findall(r'https://[^"]+', browser.get("/api/v1/badges/", headers=reading).text)
    of_tags = [url.removeprefix("https://tocsin.example.org") for url in of_tags]
    ping = f"/ping/{check.code}"
    by_reading = [f"/api/v{version}/checks/{end}" for version in (1, 2, 3) for end in ("", check.unique_key)]
    told = json.dumps(payload.document(news(check=check)))
    known = {
        "badge": Known((*of_badge, *answers(browser, of_badge)), frozenset({"badge"})),
        "tags' badges": Known((*of_tags, *answers(browser, of_tags)), frozenset({"project's badge", "signature"})),
        "page": Known((f"/status/{renewed}", *answers(browser, [f"/status/{renewed}"])), frozenset({"page"})),
        "old page": Known((f"/status/{address}",), frozenset({"old page"})),
        "ping": Known((ping, *answers(browser, [ping])), frozenset({"code", "unique key"})),
        "read-only key": Known(
            tuple(answers(browser, by_reading, reading)), frozenset({"unique key", "badge", "read key"})
        ),
        "webhook": Known((told,), frozenset({"code", "unique key"})),
    }
    return Scene(secrets, known)


def answers(browser: Api, paths: list[str], headers: dict[str, str] | None = None) -> list[str]:
    found = [browser.get(path, headers=headers) for path in paths]
    assert {answer.status for answer in found} == {200}
    return [answer.text + json.dumps(answer.headers) for answer in found]


def without_dashes(text: str) -> str:
    return text.replace("-", "").lower()


def pieces(text: str) -> set[str]:
    """Every word of a text that may be a key, for which it needs a digit: with its dots and dashes, without, and what
    stands between them."""
    words = {word for word in re.findall(r"[A-Za-z0-9_.-]{8,}", text) if re.search("[0-9]", word)}
    return {piece for word in words for piece in (word, without_dashes(word), *re.split(r"[.-]", word)) if piece}


def spellings(digest: bytes) -> Iterator[str]:
    yield digest.hex()
    yield base64.b32encode(digest).decode()
    yield base64.urlsafe_b64encode(digest).decode()
    yield base64.b64encode(digest).decode()


def derived(known: set[str]) -> Iterator[str]:
    """What a patient stranger would try: hashes of all that is known, and of one thing keyed with another."""
    for word in known:
        yield from (without_dashes(str(make(space, word))) for space in NAMESPACES for make in (uuid.uuid3, uuid.uuid5))
        for algorithm in ALGORITHMS:
            yield from map(without_dashes, spellings(hashlib.new(algorithm, word.encode()).digest()))
    for key, word in itertools.permutations(sorted(known), 2):
        yield from map(without_dashes, spellings(hmac.digest(key.encode(), word.encode(), "sha256")))


def stretches(secret: str) -> set[str]:
    """Every stretch of a secret that is long enough to tell it, or the whole if that is shorter."""
    plain = without_dashes(secret)
    return {plain[start : start + TELLING] for start in range(max(1, len(plain) - TELLING + 1))}


def test_no_secret_stands_in_what_is_told_of_another_thing(scene: Scene) -> None:
    for thing, known in scene.known.items():
        told = without_dashes(" ".join(known.texts))
        for name, secret in scene.secrets.items():
            if name not in known.rightly:
                assert not [stretch for stretch in stretches(secret) if stretch in told], (thing, name)


@pytest.mark.parametrize("thing", ["badge", "old page", "page", "ping", "read-only key", "tags' badges", "webhook"])
def test_no_secret_follows_from_what_is_told_of_another_thing(scene: Scene, thing: str) -> None:
    known = scene.known[thing]
    words = set().union(*map(pieces, known.texts)) | {scene.secrets[name] for name in known.rightly}
    hidden = {name: stretches(value) for name, value in scene.secrets.items() if name not in known.rightly}
    sought = re.compile("|".join(map(re.escape, sorted(set().union(*hidden.values())))))
    found = {match[0] for match in map(sought.search, derived(words)) if match}
    assert [name for name, some in hidden.items() if some & found] == []


def test_the_search_finds_a_secret_that_does_follow(scene: Scene) -> None:
    """The unique key is by Healthchecks' definition a hash of half of the code."""
    half = without_dashes(scene.secrets["code"])[:16]
    found = set(derived({half}))
    assert scene.secrets["unique key"] in found


def test_no_two_secrets_have_anything_in_common(scene: Scene) -> None:
    for (one, first), (other, second) in itertools.combinations(scene.secrets.items(), 2):
        if {one, other} != {"code", "unique key"}:
            assert stretches(first).isdisjoint(stretches(second)), (one, other)


def test_every_address_of_a_badge_is_no_address_of_a_page(scene: Scene, browser: Api) -> None:
    of_badges = (*scene.known["badge"].texts, *scene.known["tags' badges"].texts, *scene.known["read-only key"].texts)
    for word in set().union(*map(pieces, of_badges)):
        assert browser.get(f"/status/{word}").status == 404
