"""How functions name what they make, and find the names of what they were given.

Other functions, alerts and people tell series apart by these names, so they are Graphite's to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from chalicelib.languages.graphite.series import Series

# The first name of a series within that of a result, `a.b` in `scale(sumSeries(a.b,c),2)`.
_FIRST_PATH = re.compile(r"(?:[A-Za-z_]\w*+\()*+(?P<path>(?:[^\s(){},'\"]|\{[^{}]*+\})*+)")


def short(value: float) -> str:
    """A number as it stands in a name: six digits that count, no needless noughts."""
    return f"{value:g}"


def path_of(name: str) -> str:
    """The series that a name speaks of first."""
    match = _FIRST_PATH.match(name)
    return match["path"] if match and match["path"] else name


def nodes_of(name: str) -> list[str]:
    """The parts between dots of the series that a name speaks of first, without its tags."""
    return path_of(name).partition(";")[0].split(".")


def key_of(series: Series, nodes: Iterable[int | str]) -> str:
    """Joins the wanted parts of a series' name: nodes by number, tags by name. What does not exist is an empty part."""
    parts, tags = nodes_of(series.name), series.tags
    found = []
    for node in nodes:
        if isinstance(node, str):
            found.append(tags.get(node, ""))
        else:
            found.append(parts[node] if -len(parts) <= node < len(parts) else "")
    return ".".join(found)
