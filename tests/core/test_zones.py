"""Zone names: today's, legacy and hostile ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core import zones
from tests.cases import each

MONTHS = [datetime(2026, month, 15, 12, tzinfo=UTC) for month in range(1, 13)]
SUMMER = MONTHS[6]


@each(
    "name",
    [
        "UTC",
        "GMT",
        "Etc/UTC",
        "Etc/GMT",
        "Etc/GMT-14",
        "Etc/Zulu",
        "Europe/Zagreb",
        "Europe/Kyiv",
        "Europe/Amsterdam",
        "America/Argentina/Buenos_Aires",
        "America/Port-au-Prince",
        "Arctic/Longyearbyen",
        "Atlantic/Reykjavik",
        "Asia/Kolkata",
    ],
)
def test_a_current_name_stays_what_it_is(name: str) -> None:
    assert zones.canonical(name) == name


@each(
    ("legacy", "today"),
    [
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("America/Godthab", "America/Nuuk"),
        ("US/Eastern", "America/New_York"),
        ("Singapore", "Asia/Singapore"),
        ("GB", "Europe/London"),
        ("Zulu", "Etc/UTC"),
        ("Universal", "Etc/UTC"),
        ("GMT+0", "Etc/GMT"),
        ("Greenwich", "Etc/GMT"),
    ],
)
def test_a_legacy_name_is_replaced_by_todays(legacy: str, today: str) -> None:
    assert zones.canonical(legacy) == today


HOSTILE = {
    "no name": "",
    "a blank": " ",
    "a way out of the database": "../../etc/passwd",
    "a way out and back in": "Europe/../Europe/Riga",
    "an absolute path": "/usr/share/zoneinfo/UTC",
    "a folder": "America",
    "a folder with a slash": "America/",
    "a file that is no zone": "zone.tab",
    "a NUL": "UTC\0",
    "a lone surrogate": "\ud800",
    "a very long name": "A" * 100_000,
    "lower case": "europe/riga",
    "another case": "Utc",
    "blanks around": " UTC ",
    "a zone of the machine": "localtime",
    "another of the machine": "posixrules",
    "a zone that is not set": "Factory",
    "an abbreviation": "CEST",
    "an offset": "+02:00",
    "Mars": "Mars/Olympus",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_unknown_name_is_refused_before_any_zone_is_loaded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> None:
        pytest.fail("the name reached the loader")

    monkeypatch.setattr(zones, "ZoneInfo", opened)
    with pytest.raises(ValueError, match=r"^not a valid timezone$"):
        zones.canonical(name)
    with pytest.raises(ValueError, match=r"^not a valid timezone$"):
        zones.zone(name)


def test_every_legacy_name_leads_to_a_current_one_with_the_same_clock() -> None:
    legacy = zones._legacy()
    assert len(legacy) > 100
    for name, today in legacy.items():
        assert zones.canonical(today) == today
        assert [month.astimezone(zones.zone(name)).utcoffset() for month in MONTHS] == [
            month.astimezone(zones.zone(today)).utcoffset() for month in MONTHS
        ], name


def test_a_zone_is_loaded_once_and_knows_its_offsets() -> None:
    riga = zones.zone("Europe/Riga")
    assert isinstance(riga, ZoneInfo)
    assert zones.zone("Europe/Riga") is riga
    assert SUMMER.astimezone(riga).utcoffset() == timedelta(hours=3)


def test_a_legacy_zone_can_still_be_loaded() -> None:
    assert SUMMER.astimezone(zones.zone("Europe/Kiev")).utcoffset() == timedelta(hours=3)
