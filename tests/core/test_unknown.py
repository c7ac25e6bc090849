"""core.unknown: a field that nobody knows is refused with the nearest one and all that there are."""

import pytest

from chalicelib.core import unknown
from chalicelib.core.errors import Invalid

KNOWN = ("FullName", "URL", "Frequency")
LIST = "there are FullName, URL, Frequency"


def test_the_nearest_field_is_suggested_in_any_case_and_none_that_is_far() -> None:
    cases: dict[object, str] = {
        "fullname": f"fullname is unknown (is FullName meant?); {LIST}",
        "Ful Name": f"Ful Name is unknown (is FullName meant?); {LIST}",
        "url": f"url is unknown (is URL meant?); {LIST}",
        "colour": f"colour is unknown; {LIST}",
        "": f'"" is unknown; {LIST}',
        "\r\nč": f"\\r\\n\\u010d is unknown; {LIST}",
        "x" * 100_000: f"{'x' * 60} is unknown; {LIST}",
        7: f"7 is unknown; {LIST}",
    }
    for key, words in cases.items():
        with pytest.raises(Invalid) as refused:
            unknown.refuse([key], KNOWN)
        assert str(refused.value) == words


def test_what_is_known_or_passed_over_goes_through() -> None:
    unknown.refuse(["URL", "Status"], KNOWN, beside=("Status",))
    with pytest.raises(Invalid, match=r"^HostData\.Prt is unknown \(is Port meant"):
        unknown.refuse(["Prt"], ["Port"], before="HostData.")
