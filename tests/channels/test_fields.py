"""What is shown of settings that may hold secrets."""

from __future__ import annotations

import pytest

from chalicelib.channels.fields import MASK, masked


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
