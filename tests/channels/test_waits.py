"""How long an answer asks to be left alone: Retry-After and its like, as they are really sent."""

from __future__ import annotations

from chalicelib.channels import waits
from tests.cases import each
from tests.channels.samples import AT

DATE = {"date": "Sat, 21 Nov 2026 02:00:00 GMT"}


@each(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": " 7 "}, 7.0),
        ({"retry-after": "0.65"}, 1.0),
        ({"retry-after": "0"}, 1.0),
        ({"retry-after": "9" * 15}, 86_400.0),
        ({"retry-after": "Sat, 21 Nov 2026 02:16:07 GMT"}, 59.75),
        ({**DATE, "retry-after": "Sat, 21 Nov 2026 02:01:00 GMT"}, 60.0),
        ({**DATE, "retry-after": "Fri, 20 Nov 2026 02:01:00 GMT"}, 1.0),
        ({"retry-after": "Saturday, 21-Nov-26 02:16:07 GMT"}, 59.75),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_moment(headers: dict[str, str], seconds: float | None) -> None:
    assert waits.told(headers, AT, limited=False) == seconds
    assert waits.told(headers, AT, limited=True) == seconds


@each(
    ("headers", "seconds"),
    [
        ({"ratelimit-reset": "30"}, 30.0),
        ({"x-ratelimit-reset-after": "1.25", "x-ratelimit-reset": "1795227308.5"}, 1.25),
        ({"x-ratelimit-reset": f"{AT.timestamp() + 90}"}, 90.0),
        ({"x-ratelimit-reset": "2026-11-21T02:16:07.250Z"}, 60.0),
        ({"retry-after": "5", "ratelimit-reset": "30"}, 5.0),
        ({"retry-after": "soon", "ratelimit-reset": "30"}, 30.0),
    ],
)
def test_the_end_of_a_limit_counts_where_the_limit_was_passed(headers: dict[str, str], seconds: float) -> None:
    assert waits.told(headers, AT, limited=True) == seconds
    if "retry-after" not in headers:
        assert waits.told(headers, AT, limited=False) is None


NONSENSE = [
    *("", "soon", "-5", "1e9", "٣", "0x10", "1.2.3", "1" * 400, "NaN", "Sat, 21 Nov 2026", "2026-11-21T02:16:07"),
    *(
        "Sat, 21 Nov 99999999999 02:16:07 GMT",
        "21 Nov -9999999902:16:0721 21 ",
        "Sat, 21 Nov 2026 02:16:07 +99999999999",
    ),
]


@each("text", NONSENSE)
def test_nonsense_says_nothing(text: str) -> None:
    for field in ("retry-after", "ratelimit-reset", "x-ratelimit-reset"):
        assert waits.told({field: text, "date": text}, AT, limited=True) is None
