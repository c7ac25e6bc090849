"""What holds for every kind of check, and what a check is called."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalicelib import functions
from chalicelib.core import kinds
from chalicelib.core.check import Check
from chalicelib.core.specs import ProbeSpec
from tests.cases import each

URL = "https://example.org/a?token=secret"


CODE = "c0dec0de-1c5a-4a0e-9d4e-0e8f6f6a2d11"


@each(
    ("values", "label"),
    [
        ({"name": "Web", "nickname": "W", "spec": ProbeSpec({"url": URL})}, "Web"),
        ({"nickname": "W", "spec": ProbeSpec({"url": URL})}, "W"),
        ({"spec": ProbeSpec({"url": URL})}, "https://example.org/a"),
        ({"spec": ProbeSpec({"domain": "example.org"})}, "example.org"),
        ({"spec": ProbeSpec({"host": "mail.example.org", "port": 25})}, "mail.example.org"),
        ({"spec": ProbeSpec({})}, "Unnamed check"),
    ],
)
def test_a_check_is_called_by_its_name_or_by_what_it_looks_at(values: dict[str, Any], label: str) -> None:
    assert kinds.label(Check("p", CODE, datetime(2026, 11, 21, tzinfo=UTC), "probe", **values)) == label


def test_each_kind_on_the_wheel_has_a_letter_of_its_own_and_a_queue_that_exists() -> None:
    wheels = [kind.wheel for kind in kinds.KINDS.values() if kind.wheel]
    assert len({wheel.letter for wheel in wheels}) == len(wheels)
    assert {wheel.queue for wheel in wheels} <= set(functions.fed())
    assert all(kinds.wheel_of(wheel.letter) is wheel for wheel in wheels)
