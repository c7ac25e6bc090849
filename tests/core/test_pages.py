"""The addresses of pages: who can read one, and who can make one."""

from __future__ import annotations

import base64
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as some

from chalicelib.core import instances, pages
from chalicelib.core.check import Check, Project
from tests.cases import each
from tests.conftest import NOW

PROJECT = Project("k3j9x0a8b2c1", "Website", NOW, secret="S" * 40)
CHECK = Check(PROJECT.code, "2f0f6d5e-1c5a-4a0e-9d4e-0e8f6f6a2d11", NOW)
SENT = pages.address(PROJECT, CHECK)
TOKEN = SENT.partition("-")[2]


def code_in(project: Project, text: str) -> str:
    found = pages.parsed(text)
    assert found is not None
    return pages.code_of(project, found)


@given(code=some.uuids(), page=some.integers(0, 2**40), secret=some.text("abcXYZ019", min_size=1, max_size=40))
def test_an_address_leads_to_its_check_and_opens_it(code: object, page: int, secret: str) -> None:
    project, check = replace(PROJECT, secret=secret), replace(CHECK, code=str(code), page=page)
    address = pages.address(project, check)
    assert code_in(project, address) == check.code
    assert pages.opens(project, check, address)


def test_an_address_is_the_same_every_time() -> None:
    assert pages.address(PROJECT, replace(CHECK, name="Other", status="down", version=9, edition=4)) == SENT


def test_an_address_that_was_made_new_leads_to_its_check_and_does_not_open_it() -> None:
    renewed = replace(CHECK, page=1)
    assert code_in(PROJECT, SENT) == CHECK.code
    assert not pages.opens(PROJECT, renewed, SENT)
    assert pages.opens(PROJECT, renewed, pages.address(PROJECT, renewed))


def test_the_editions_of_an_address_have_nothing_in_common() -> None:
    tokens = [pages.address(PROJECT, replace(CHECK, page=page)).partition("-")[2] for page in range(200)]
    halves = [half for token in tokens for half in (token[:24], token[24:])]
    heads = {half[:8] for half in halves}
    assert len(heads) == len(halves) == 400


def test_two_checks_whose_codes_are_nearly_the_same_have_addresses_that_are_not() -> None:
    near = pages.address(PROJECT, replace(CHECK, code=CHECK.code[:-1] + "2")).partition("-")[2]
    assert sum(one == other for one, other in zip(TOKEN, near, strict=True)) < 12


def test_another_project_reads_no_code_in_an_address_and_opens_nothing_with_it() -> None:
    other = replace(PROJECT, code="other", secret="T" * 40)
    assert code_in(other, f"other-{TOKEN}") != CHECK.code
    assert not pages.opens(other, replace(CHECK, project="other"), f"other-{TOKEN}")


@given(some.integers(0, 239))
def test_an_address_with_one_bit_turned_opens_nothing(bit: int) -> None:
    raw = int.from_bytes(base64.b32decode(TOKEN.upper()), "big") ^ (1 << bit)
    text = f"{PROJECT.code}-{base64.b32encode(raw.to_bytes(30, 'big')).decode().lower()}"
    assert not pages.opens(PROJECT, replace(CHECK, code=code_in(PROJECT, text)), text)


def test_a_page_that_is_switched_off_has_no_address() -> None:
    closed = replace(CHECK, page_off=True)
    assert pages.address(PROJECT, closed) == ""
    assert not pages.opens(PROJECT, closed, SENT) and not pages.opens(PROJECT, closed, "")
    assert pages.url_of("https://tocsin.example.org", PROJECT, closed) is None


def test_a_project_without_a_secret_has_no_pages() -> None:
    bare = replace(PROJECT, secret="")
    assert pages.address(bare, CHECK) == ""
    assert not pages.opens(bare, CHECK, "")


def test_the_page_of_an_instance_is_that_of_its_check() -> None:
    instance = instances.as_told(instances.new(CHECK, "web1", NOW), CHECK)
    assert pages.address(PROJECT, instance) == SENT


NO_ADDRESSES = {
    "nothing": "",
    "a dash": "-",
    "no project": f"-{TOKEN}",
    "no token": f"{PROJECT.code}-",
    "a code": CHECK.code,
    "a token that is too short": SENT[:-1],
    "a token that is too long": f"{SENT}a",
    "capital letters": SENT.upper(),
    "letters that base32 has not": SENT[:-1] + "1",
    "letters of other alphabets": SENT[:-1] + "а",
    "a lone surrogate": SENT[:-1] + "\ud800",
    "white space before it": f" {SENT}",
    "the end of a line behind it": f"{SENT}\n",
    "a project too long for a key": f"{'a' * 5_000}-{TOKEN}",
    "padding": f"{SENT[:-2]}==",
}


@each("text", NO_ADDRESSES.values())
def test_what_is_no_address_is_not_taken_for_one(text: str) -> None:
    assert pages.parsed(text) is None
