"""What counts as one source, and when its minute ends."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.core.sources import UNKNOWN, seconds_left, source_of, window_of
from tests.cases import each


@each(
    ("address", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", UNKNOWN),
        ("192.0.2.7, 198.51.100.1", UNKNOWN),
        ("nonsense", UNKNOWN),
    ],
)
def test_a_source_is_an_address_or_the_network_that_one_customer_has(address: str, source: str) -> None:
    assert source_of(address) == source


def test_neighbours_in_the_next_network_are_another_source() -> None:
    assert source_of("2001:db8:1:2::1") != source_of("2001:db8:1:3::1")


def test_a_window_is_a_minute_of_the_clock() -> None:
    begin = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
    last = begin.replace(second=59, microsecond=999_999)
    assert window_of(begin) == window_of(last) == window_of(begin.replace(minute=1)) - 1
    assert (seconds_left(begin), seconds_left(last)) == (60, 1)
