from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from chalicelib.core.check import Check
from chalicelib.monitor.managing.projects import Keyring
from tests.api.client import Api
from tests.conftest import Clock, Story

ROOT = "https://tocsin.example.org"
SVG = "{http://www.w3.org/2000/svg}"
COLOURS = {"up": "#4c1", "late": "#fe7d37", "down": "#e05d44"}
FORMATS = ["svg", "svg3", "json", "json3", "shields", "shields3"]

Maker = Callable[..., Check]


def listing(browser: Api, keyring: Keyring, kind: Any = "write", version: int = 1) -> dict[str, dict[str, str]]:
    answer = browser.get(f"/api/v{version}/badges/", key=keyring.keys[kind])
    assert answer.status == 200, answer.text
    return dict(answer.json["badges"])


def path(address: str) -> str:
    assert address.startswith(ROOT)
    return address.removeprefix(ROOT)


def picture(browser: Api, address: str) -> ElementTree.Element:
    answer = browser.get(address)
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "image/svg+xml"
    return ElementTree.fromstring(answer.text)


def title(svg: ElementTree.Element) -> str:
    return svg.findtext(f"{SVG}title", "")


# The three formats


def test_the_picture_says_what_it_shows_to_those_who_cannot_see_it(browser: Api, check: Maker) -> None:
    svg = picture(browser, f"/b/2/{check().badge}.svg")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == svg.find(f"{SVG}title").get("id")  # type: ignore[union-attr]
    assert title(svg) == "Backup: up"


@pytest.mark.parametrize(("minutes", "status"), [(0, "up"), (60, "late"), (70, "down")])
def test_the_picture_has_the_colour_of_the_status(
    browser: Api, check: Maker, ping: Callable[..., None], clock: Clock, minutes: int, status: str
) -> None:
    backup = check()
    ping(backup)
    clock.move(minutes=minutes)
    svg = picture(browser, f"/b/3/{backup.badge}.svg")
    assert title(svg) == f"Backup: {status}"
    assert [half.get("fill") for half in svg.iter(f"{SVG}path")] == ["#555", COLOURS[status]]


def test_the_picture_is_as_wide_as_its_words(browser: Api, check: Maker) -> None:
    narrow, wide = (picture(browser, f"/b/2/{check(name=name).badge}.svg") for name in ("iii", "MMM"))
    assert (narrow.get("height"), narrow.get("width")) == ("20", str(3 * 3 + 2 * 7 + 4 * 10))
    assert wide.get("width") == str(3 * 9 + 2 * 7 + 4 * 10)


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script> & 'co' \"quoted\"", "bell \a, tab \t, \ufffe", "備份 ü", "\u202e"]
)
def test_any_name_makes_a_sound_picture(browser: Api, check: Maker, name: str) -> None:
    svg = picture(browser, f"/b/2/{check(name=name).badge}.svg")
    assert title(svg).endswith(": up")
    assert [child.tag for child in svg.iter() if "script" in child.tag] == []


def test_a_long_name_is_cut_in_the_picture_alone(browser: Api, check: Maker) -> None:
    badge = check(name="x" * 100).badge
    assert title(picture(browser, f"/b/2/{badge}.svg")) == "x" * 59 + "…: up"
    assert browser.get(f"/b/2/{badge}.shields").json["label"] == "x" * 100


def test_json_counts(story: Story, browser: Api, check: Maker, ping: Callable[..., None]) -> None:
    late, down = check(tags="prod"), check(tags="prod")
    ping(late)
    story.clock.move(hours=1)
    ping(down, "fail")
    answer = browser.get(path(listing(browser, story.keyring)["prod"]["json3"]))
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {"status": "down", "total": 2, "grace": 1, "down": 1}


@pytest.mark.parametrize(
    ("minutes", "status", "color"), [(0, "up", "success"), (60, "late", "important"), (70, "down", "critical")]
)
def test_shields_has_the_words_of_its_endpoint_badge(
    browser: Api, check: Maker, ping: Callable[..., None], clock: Clock, minutes: int, status: str, color: str
) -> None:
    backup = check()
    ping(backup)
    clock.move(minutes=minutes)
    shields = browser.get(f"/b/3/{backup.badge}.shields").json
    assert shields == {"schemaVersion": 1, "label": "Backup", "message": status, "color": color}


# Addresses


@pytest.mark.parametrize(
    ("states", "status"), [("2", "up"), ("3", "late"), ("03", "late"), ("0", "up"), ("9" * 5000, "up")]
)
def test_three_states_are_asked_for_by_a_3(
    browser: Api, check: Maker, ping: Callable[..., None], clock: Clock, states: str, status: str
) -> None:
    backup = check()
    ping(backup)
    clock.move(hours=1)
    assert browser.get(f"/b/{states}/{backup.badge}.json").json["status"] == status


NO_BADGES = [
    "/b/2/{badge}.png",
    "/b/2/{badge}",
    "/b/2/{badge}.",
    "/b/two/{badge}.svg",
    "/b/-3/{badge}.svg",
    "/b/%C2%B3/{badge}.svg",
    "/b/2/{code}.svg",
    "/b/2/00000000-0000-4000-8000-00000000beef.svg",
    "/b/2/{project}.svg",
    "/badge/{project}/AAAAAAAA.svg",
    "/badge/{project}/.svg",
    "/badge/{project}/{signature}-3.svg",
    "/badge/{project}/{signature}x.svg",
    "/badge/{project}/{signature}.png",
    "/badge/{project}/{signature}/prod.svg",
    "/badge/{badge}/{signature}.svg",
    "/badge/nobody/{signature}.svg",
]


def test_what_is_no_badge_gets_404_and_a_few_words(browser: Api, check: Maker, keyring: Keyring) -> None:
    backup, project = check(), keyring.project.badge
    signature = path(listing(browser, keyring)["*"]["svg3"]).rpartition("/")[2].removesuffix(".svg")
    assert browser.get(f"/badge/{project}/{signature}.svg").status == 200
    for address in NO_BADGES:
        filled = address.format(badge=backup.badge, code=backup.code, project=project, signature=signature)
        answer = browser.get(filled)
        assert (answer.status, answer.text) == (404, "no such badge"), address
        assert answer.headers["content-type"] == "text/plain; charset=utf-8", address


def test_no_badge_is_kept_and_every_page_may_show_it(browser: Api, check: Maker) -> None:
    for address in (f"/b/2/{check().badge}.svg", "/b/2/nothing.svg"):
        headers = browser.get(address).headers
        assert "no-store" in headers["cache-control"]
        assert headers["access-control-allow-origin"] == "*"


def test_head_is_answered_like_get_without_the_picture(browser: Api, check: Maker) -> None:
    answer = browser.call("HEAD", f"/b/2/{check().badge}.svg")
    assert (answer.status, answer.text, answer.headers["content-type"]) == (200, "", "image/svg+xml")


def test_a_preflight_is_allowed_to_read(browser: Api, check: Maker) -> None:
    answer = browser.call("OPTIONS", f"/b/2/{check().badge}.json")
    assert (answer.status, answer.headers["access-control-allow-methods"]) == (204, "GET, HEAD, OPTIONS")


def test_a_badge_cannot_be_written(browser: Api, check: Maker) -> None:
    assert browser.post(f"/b/2/{check().badge}.svg", json={}).status == 405


# The list of a project's badges


def test_the_list_has_six_addresses_for_everything_and_for_each_tag(
    browser: Api, check: Maker, keyring: Keyring
) -> None:
    check(tags="prod db")
    found = listing(browser, keyring)
    assert list(found) == ["*", "db", "prod"]
    assert all(list(addresses) == FORMATS for addresses in found.values())


TAGS = ["prod", "a/b", "v1.2", "ünï", "50%25", "a?b=c#d", "..", "備份", "<b>", "+"]


def test_every_listed_address_shows_its_tag(browser: Api, check: Maker, keyring: Keyring) -> None:
    check(tags=" ".join(TAGS))
    found = listing(browser, keyring)
    assert sorted(found) == sorted(["*", *TAGS])
    for tag in TAGS:
        for name, address in found[tag].items():
            assert browser.get(path(address)).status == 200, address
            assert address.endswith("." + name.removesuffix("3"))
        assert browser.get(path(found[tag]["shields"])).json["label"] == tag


def test_everything_is_labelled_with_the_name_of_the_site(browser: Api, check: Maker, keyring: Keyring) -> None:
    check()
    assert browser.get(path(listing(browser, keyring)["*"]["shields"])).json["label"] == "Tocsin"


def test_addresses_without_a_3_know_two_states(
    story: Story, browser: Api, check: Maker, ping: Callable[..., None]
) -> None:
    ping(check(tags="prod"))
    story.clock.move(hours=1)
    for addresses in listing(browser, story.keyring).values():
        assert browser.get(path(addresses["json"])).json["status"] == "up"
        assert browser.get(path(addresses["json3"])).json["status"] == "late"


def test_the_tag_in_an_address_is_quoted_and_signed(browser: Api, check: Maker, keyring: Keyring) -> None:
    check(tags="a/b")
    start, key, signature, tag = path(listing(browser, keyring)["a/b"]["svg"]).removeprefix("/").split("/")
    assert (start, key, unquote(tag)) == ("badge", keyring.project.badge, "a/b.svg")
    assert signature.endswith("-2") and len(signature) == 10


def test_every_version_lists_them_to_both_kinds_of_key(browser: Api, keyring: Keyring) -> None:
    for version in (1, 2, 3):
        for kind in ("write", "read"):
            assert list(listing(browser, keyring, kind, version)) == ["*"]


def test_the_list_is_not_for_strangers(browser: Api, keyring: Keyring) -> None:
    assert browser.get("/api/v1/badges/").status == 401
    assert browser.get("/api/v1/badges/", key=keyring.keys["ping"]).status == 401
    assert browser.post("/api/v1/badges/", key=keyring.keys["write"]).status == 405


def test_the_badge_address_of_a_check_works(browser: Api, check: Maker, keyring: Keyring) -> None:
    check()
    (shown,) = browser.get("/api/v1/checks/", key=keyring.keys["read"]).json["checks"]
    assert title(picture(browser, path(shown["badge_url"]))) == "Backup: up"


def test_the_list_may_be_asked_for_some_tags(browser: Api, check: Maker, keyring: Keyring) -> None:
    check(tags="a b c")
    answer = browser.get("/api/v1/badges/?tag=a&tag=c&tag=x", key=keyring.keys["read"])
    assert sorted(answer.json["badges"]) == ["a", "c"]
