"""What a check is called."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.check import Check

URL = "https://example.org/a?token=secret"


@pytest.mark.parametrize(
    ("name", "watch", "label"),
    [
        ("Web", {"short_name": "W", "probe": {"url": URL}}, "Web"),
        ("", {"short_name": "W", "probe": {"url": URL}}, "W"),
        ("", {"short_name": "", "probe": {"url": URL}}, "https://example.org/a"),
        ("", {"probe": {"domain": "example.org"}}, "example.org"),
        ("", {"probe": {"host": "mail.example.org", "port": 25}}, "mail.example.org"),
        ("", {}, "c0de"),
    ],
)
def test_a_check_is_called_by_its_name_or_by_what_it_looks_at(name: str, watch: dict[str, Any], label: str) -> None:
    assert Check("p", "c0de", datetime(2026, 11, 21, tzinfo=UTC), name=name, watch=watch).label == label
