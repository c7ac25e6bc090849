"""What may be a web address, and how it is taken apart."""

from __future__ import annotations

import pytest

from chalicelib.net.urls import host_name, parse
from tests.cases import each


@each(
    ("url", "plain"),
    [
        ("http://example.org", "http://example.org/"),
        ("HTTPS://Example.ORG:443/A?b=C#frag", "https://example.org/A?b=C"),
        ("http://example.org:8080/a//b/../c", "http://example.org:8080/a//b/../c"),
        ("http://example.org./x", "http://example.org/x"),
        ("http://bücher.example/straße?q=ü", "http://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC"),
        ("http://example.org/%20%zz?a=%26", "http://example.org/%20%zz?a=%26"),
        ("http://10.0.0.1/", "http://10.0.0.1/"),
        ("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/"),
        ("http://my_host.example.org/", "http://my_host.example.org/"),
        ("http://user:secret@example.org/x", "http://example.org/x"),
        ("http://example.org?x=1", "http://example.org/?x=1"),
    ],
)
def test_a_web_address_is_brought_into_one_form(url: str, plain: str) -> None:
    assert parse(url).url == plain


@each(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:///path",
        "http://",
        "http://:80/",
        "http://exa mple.org/",
        "http://example.org/a b",
        "http://example.org/\r\nX: y",
        "http://example.org/\0",
        "http://example.org\\@evil.example/",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://example.org:x/",
        "http://-example.org/",
        "http://exa$mple.org/",
        "http://$NAME/",
        "http://a..b/",
        "http://" + "a" * 64 + ".org/",
        "http://" + "a." * 127 + "org/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://[not:an:address]/",
        "http://exam%70le.org/",
        "http://\u2100.example/",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(must|is not|does not)"):
        parse(url)


@each(
    ("url", "why"),
    [
        ("http://a b/", "must not hold spaces, control characters or backslashes"),
        ("http://[::1/", "is not a valid web address"),
        ("http://example.org:0/", "is not a valid web address"),
        ("ws://example.org/", "must begin with http:// or https://"),
        ("http:///path", "does not hold a host"),
        ("http://:80/", "does not hold a host"),
        ("http://-example.org/", "does not hold a valid host name"),
    ],
)
def test_a_refusal_says_what_is_wrong(url: str, why: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(url)
    assert str(caught.value) == why


def test_other_schemes_are_taken_where_they_are_asked_for() -> None:
    target = parse("WSS://example.org/feed", ("ws", "wss"))
    assert (target.url, target.port, target.encrypted) == ("wss://example.org/feed", 443, True)
    assert parse("ws://example.org:80/", ("ws", "wss")).url == "ws://example.org/"
    with pytest.raises(ValueError, match=r"^must begin with ws:// or wss://$"):
        parse("http://example.org/", ("ws", "wss"))


@each(
    ("url", "authority"),
    [
        ("https://example.org/", "example.org"),
        ("https://example.org:443/", "example.org"),
        ("https://example.org:80/", "example.org:80"),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://[2001:db8::1]:8080/", "[2001:db8::1]:8080"),
    ],
)
def test_the_authority_names_the_port_unless_it_is_the_usual_one(url: str, authority: str) -> None:
    target = parse(url)
    assert (target.authority, target.site) == (authority, f"{target.scheme}://{authority}")


@pytest.mark.parametrize(
    ("url", "user", "password"),
    [
        ("http://example.org/", None, None),
        ("http://us%40er:p%3Ass@example.org/", "us%40er", "p%3Ass"),
        ("http://user@example.org/", "user", None),
        ("http://:@example.org/", "", ""),
    ],
)
def test_a_user_name_and_a_password_are_kept_as_they_are_spelt(
    url: str, user: str | None, password: str | None
) -> None:
    target = parse(url)
    assert (target.user, target.password) == (user, password)
    assert (target.url, "p%3Ass" in repr(target)) == ("http://example.org/", False)


def test_a_host_name_has_one_form() -> None:
    assert host_name("Bücher.Example.") == "xn--bcher-kva.example"
    assert host_name("2001:DB8:0::1") == "2001:db8::1"
    for wrong in ("", "a b", "[::1]", "fe80::1%eth0", "a..b"):
        with pytest.raises(ValueError, match=r"^does not hold a valid host name$"):
            host_name(wrong)
