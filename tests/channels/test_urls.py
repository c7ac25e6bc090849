"""What may be a web address, and how it is taken apart."""

from __future__ import annotations

import pytest

from chalicelib.channels.fields import MASK
from chalicelib.channels.urls import masked, parse


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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
    ids=ascii,
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(must|is not|does not)"):
        parse(url)


def test_a_user_name_and_a_password_become_a_header() -> None:
    assert parse("http://us%40er:p%3Ass@example.org/").authorization == "Basic dXNAZXI6cDpzcw=="
    assert parse("http://user@example.org/").authorization == "Basic dXNlcjo="
    assert parse("http://example.org/").authorization is None


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
