"""Credentials: which can be, where they may be sent, and that no result shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.credentials import HOSTS_MAX, PASSWORD_MAX, Credential, checked, without_passwords
from chalicelib.core.errors import Invalid
from tests.cases import each

SQL = Credential("postgresql", ("db.example.org",), "shop", "watch", "s3cret-word")
TOKEN = Credential("oauth2", ("*",), "uid", password="abc.DEF_~+/-123==")
ROLE = Credential("aws", (), "watch", "arn:aws:iam::123456789012:role/watch", "external-id")
REDIS = Credential("redis", ("*.example.org",), "cache", password="päss word")


@each("made", [SQL, TOKEN, ROLE, REDIS, replace(ROLE, user="", password="")])
def test_a_credential_of_each_kind_is_kept_as_it_is(made: Credential) -> None:
    assert checked(made) == replace(made, tls=made.kind in ("oauth2", "aws"))


@each(
    ("host", "kept"),
    [
        ("DB.Example.org.", "db.example.org"),
        ("*.Example.org", "*.example.org"),
        ("*", "*"),
        ("10.0.0.1", "10.0.0.1"),
        ("[2001:DB8:0::1]", "2001:db8::1"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_hosts_are_kept_as_commands_spell_them(host: str, kept: str) -> None:
    assert checked(replace(SQL, hosts=(host, host))).hosts == (kept,)


@each(
    ("made", "changes", "field"),
    [
        (SQL, {"kind": "ldap"}, "kind"),
        (SQL, {"name": ""}, "name"),
        (SQL, {"name": "a/b"}, "name"),
        (SQL, {"name": "x" * 65}, "name"),
        (SQL, {"hosts": ()}, "host"),
        (SQL, {"hosts": tuple(f"db{number}" for number in range(HOSTS_MAX + 1))}, "host"),
        *(
            (SQL, {"hosts": (host,)}, "host")
            for host in ("", "*.", "a.*.org", "a b", "https://a", "a:1", "bücher", "a..b")
        ),
        (SQL, {"user": ""}, "user"),
        (SQL, {"user": "a\nb"}, "user"),
        (SQL, {"password": ""}, "password"),
        (SQL, {"password": "two\nlines"}, "password"),
        (SQL, {"password": "\udcff"}, "password"),
        (SQL, {"password": "x" * (PASSWORD_MAX + 1)}, "password"),
        (SQL, {"verify": False}, "verify"),
        (TOKEN, {"password": "a b"}, "password"),
        (TOKEN, {"user": "me"}, "user"),
        (ROLE, {"hosts": ("*",)}, "host"),
        (ROLE, {"user": "arn:aws:iam::1:user/me"}, "role"),
        (ROLE, {"password": "x y"}, "password"),
        (ROLE, {"verify": False}, "verify"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field_and_repeats_no_password(
    made: Credential, changes: dict[str, Any], field: str
) -> None:
    given = replace(made, **changes)
    with pytest.raises(Invalid) as caught:
        checked(given)
    assert caught.value.field == field
    assert not given.password or given.password not in str(caught.value)


def test_a_credential_does_not_show_its_password() -> None:
    assert SQL.password not in repr(SQL)


@each(
    ("pattern", "host", "fits"),
    [
        ("db.example.org", "DB.example.org", True),
        ("db.example.org", "db.example.org.evil.org", False),
        ("*.example.org", "a.b.example.org", True),
        ("*.example.org", "example.org", False),
        ("*.example.org", "evilexample.org", False),
        ("*", "anything", True),
    ],
)
def test_a_credential_goes_to_its_hosts_alone(pattern: str, host: str, fits: bool) -> None:
    assert bool(replace(SQL, hosts=(pattern,)).fit(host)) is fits


def test_the_fewer_hosts_a_credential_is_for_the_better_it_fits() -> None:
    patterns = ("*", "*.org", "*.example.org", "db.example.org")
    fits = [replace(SQL, hosts=(pattern,)).fit("db.example.org") for pattern in patterns]
    assert fits == sorted(set(fits))


def test_a_password_is_hidden_wherever_it_stands_in_a_value() -> None:
    value = {"a s3cret-word": ["s3cret-word", {"b": "xs3cret-wordx"}, 1, None, True]}
    assert without_passwords(value, [SQL]) == {"a ***": ["***", {"b": "x***x"}, 1, None, True]}


def test_a_password_that_holds_another_is_hidden_whole() -> None:
    longer = replace(SQL, password="s3cret-words-and-more")
    assert without_passwords("s3cret-words-and-more", [SQL, longer]) == "***"


def test_a_password_that_is_a_part_of_usual_words_hides_nothing() -> None:
    assert without_passwords("status", [replace(SQL, password="stat")]) == "status"
