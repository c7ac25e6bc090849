"""What is shown of settings that may hold secrets."""

from __future__ import annotations

import pytest

from chalicelib.channels import fields
from chalicelib.channels.fields import MASK, masked
from chalicelib.core.errors import Invalid
from tests.cases import each


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", ""),
        (
            "https://user:secret@hooks.example.org:8443/T1/secret?key=secret#secret",
            f"https://hooks.example.org:8443/{MASK}",
        ),
        ("https://hooks.example.org/", f"https://hooks.example.org/{MASK}"),
        ("not a web address: secret", MASK),
    ],
)
def test_a_masked_address_shows_where_it_leads_and_nothing_else(url: str, shown: str) -> None:
    assert masked(url) == shown


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://ntfy.example.org", "https://ntfy.example.org"),
        (" http://ntfy.example.org:8080/base// ", "http://ntfy.example.org:8080/base"),
    ],
)
def test_the_address_of_a_server_has_no_slash_at_its_end(given: str, kept: str) -> None:
    assert fields.server({"url": given}, "url") == kept


@each(
    ("url", "said"),
    [
        ("https://a.example/?b=c", "must not hold a query or a fragment"),
        ("https://a.example/#b", "must not hold a query or a fragment"),
        ("https://me:secret@a.example", "must not hold a user or a password"),
        ("ftp://a.example", "must begin with http:// or https://"),
        ("", "is empty"),
    ],
)
def test_what_is_no_address_of_a_server_is_refused(url: str, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        fields.server({"url": url}, "url")
    assert (caught.value.field, caught.value.message) == ("settings.url", said)


def test_a_user_may_come_with_the_address_of_a_server_where_it_is_a_secret() -> None:
    assert fields.server({"url": "https://a:b@c.example/"}, "url", with_user=True) == "https://a:b@c.example"


@each("value", ["", None, "2", 2.0, True, 0, 6, 10**30])
def test_a_number_outside_its_bounds_or_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(Invalid) as caught:
        fields.number({"priority": value}, "priority", 1, 5, 3)
    assert (caught.value.field, caught.value.message) == ("settings.priority", "is not a whole number from 1 to 5")


@pytest.mark.parametrize(("given", "kept"), [({}, 3), ({"priority": 1}, 1), ({"priority": 5}, 5)])
def test_a_number_within_its_bounds_is_kept(given: dict[str, object], kept: int) -> None:
    assert fields.number(given, "priority", 1, 5, 3) == kept


@each("token", ["a b", "a\tb", "ключ", "a\x7f", "a\r\nX-Evil: 1"])
def test_a_token_that_cannot_stand_in_a_header_is_refused(token: str) -> None:
    with pytest.raises(Invalid) as caught:
        fields.token({"token": token}, "token")
    assert token not in str(caught.value)


def test_what_is_covered_shows_that_it_is_there() -> None:
    settings = {"token": "s3cret", "url": "https://a.example/s3cret", "none": "", "open": "x"}
    shown = fields.covered(settings, ("token", "url", "none"))
    assert shown == {"token": MASK, "url": f"https://a.example/{MASK}", "none": "", "open": "x"}
