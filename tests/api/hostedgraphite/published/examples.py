"""The examples of the Hosted Graphite Alerts API as data, with what stands in them for ids put in its place.

Every file holds one example as it is printed: a request and the answer below it. A line of curl stands as the request
that it sends; the user is the one of its address.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

# What the document calls the things that it does not name: in each group all spellings of the same one.
_ALERTS = (
    (
        *("123-456-789", "123-456-7890", "unique id of the alert"),
        *("<alert_id>", "<alert_id1>", "<id1>", "alert_id", "alert_id1", "alert_id_1"),
    ),
    ("321-654-987", "<alert_id2>", "alert_id2", "alert_id_2"),
)
_MUTES = (
    ("mute_id1", "mute_id_1", "scheduled_mute_id1", "<list of scheduled mute ids>"),
    ("mute_id2", "scheduled_mute_id2"),
    ("scheduled_mute_id3",),
)
_CHANNELS = (("channel_id1", "email"), ("channel_id2", "sms"), ("channel_id3",))
IDS = {
    spelling: f"{kind}000000{number}-0000-4000-8000-000000000000"
    for kind, things in zip("abc", (_ALERTS, _MUTES, _CHANNELS), strict=True)
    for number, spellings in enumerate(things, start=1)
    for spelling in spellings
}
NAMES = {"<alert_name1>": "alert_name1", "<alert_name2>": "alert_name2", "<search_string>": "search_string"}

# A whole string of JSON or a whole part of an address, never the name of a parameter.
_SPELLING = re.compile(
    r'(?<=["/=])(' + "|".join(re.escape(one) for one in sorted(IDS | NAMES, key=len, reverse=True)) + r')(?=["/&]|$)'
)

_CHOICE = re.compile(r"(?<=: )[^\n|]+(?: \| [^\n|]+?)+(?=,?\n)")

# Where the document's answers say what cannot be, or describe instead of showing, this is what they are read as.
READ_AS = {
    # There is no such type; outside_bounds is the one that has both values.
    '"type": "type of alert"': '"type": "outside_bounds"',
    '"type": "threshold"': '"type": "outside_bounds"',
    # Both choices at once.
    '["state_change", "every", 123]': '["every", 123]',
    # No channel at all; none is called nothing.
    '"notification_channels": [""]': '"notification_channels": []',
    # Half an hour is left of a mute that does not hold: it holds.
    '"muted": false, "duration": 30': '"muted": true, "duration": 30',
}
# Further contradictions are settled where the examples were copied: searching answers 200 though its block of HTTP says
# 201; deleting what does not exist is a 400 where everything else is a 404, and is answered so; the table's
# above_vale is above_value; two lines of curl lack their closing quote; where the sentence above a composite says
# "below 50" and its criteria say above, the criteria count; letters of an expression may be capital.


def placed(text: str) -> str:
    """The text with ids and names where the document has something that stands for them."""
    return _SPELLING.sub(lambda match: (IDS | NAMES)[match[1]], text)


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def listed(name: str) -> dict[str, Any]:
    """A file of several short examples, by their names."""
    found = json.loads(_read(f"{name}.json"))
    del found["source"]
    return dict(found)


def request(name: str, *, ids: bool = True) -> dict[str, Any]:
    """The request of an example; without `ids` as it is printed, about alerts that do not exist."""
    text = _read(f"{name}.json")
    found = dict(json.loads(text)["request"])
    return {key: placed(value) if ids and isinstance(value, str) else value for key, value in found.items()}


def response(name: str) -> tuple[int, Any]:
    """The status and the body, None where none is printed, of an example's answer."""
    found = json.loads(_read(f"{name}.json"))["response"]
    text = json.dumps(found.get("body"))
    for printed, meant in READ_AS.items():
        text = text.replace(printed, meant)
    return found["status"], json.loads(placed(text))


def request_formats() -> list[str]:
    """What the format of requests allows: documents that take each of its `this | that` at least once."""
    text = re.sub(r",(\s*})", r"\1", _read("request_format.txt"))
    most = max(len(match[0].split(" | ")) for match in _CHOICE.finditer(text))
    return [placed(_chosen(text, number)) for number in range(most)]


def _chosen(text: str, number: int) -> str:
    """The format with one of each of its choices."""

    def one(match: re.Match[str]) -> str:
        every = match[0].split(" | ")
        return every[number % len(every)]

    return _CHOICE.sub(one, text)
