"""Names of series and the patterns that choose among them: `* ? [] {a,b}`, each part between dots by itself.

Source: Graphite, The Render URL API (paths and wildcards).
"""

from __future__ import annotations

import re
from functools import lru_cache

from chalicelib.languages.graphite.errors import TargetError

BRANCHES_MAX = 1_000
_WILD = re.compile(r"[*?\[{]")
# The innermost braces, which hold no others.
_BRACES = re.compile(r"\{([^{}]*)\}")
_CLASS = re.compile(r"\[(!?)([^\]]*)\]")


def is_pattern(text: str) -> bool:
    """Whether a name may mean several series: it has wildcards, or chooses by tags."""
    return bool(_WILD.search(text)) or text.lstrip().startswith("seriesByTag(")


def literal_prefix(pattern: str) -> str:
    """What every name that matches begins with, up to the first wildcard."""
    wild = _WILD.search(pattern)
    return pattern[: wild.start()] if wild else pattern


def expanded(pattern: str) -> list[str]:
    """The patterns without braces that one with braces stands for. Raises TargetError when they are too many."""
    found, open_ = [], [pattern]
    while open_:
        text = open_.pop()
        braces = _BRACES.search(text)
        if braces is None:
            found.append(text)
            continue
        open_.extend(text[: braces.start()] + one + text[braces.end() :] for one in reversed(braces[1].split(",")))
        if len(open_) + len(found) > BRANCHES_MAX:
            raise TargetError(f"{pattern[:80]} stands for more than {BRANCHES_MAX} patterns")
    return found


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern, or a name as it is, means the series of that name."""
    return pattern == name or bool(_compiled(pattern).fullmatch(name))


@lru_cache(maxsize=4_096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("|".join(_regex(one) for one in dict.fromkeys(expanded(pattern))), re.DOTALL)


def _regex(pattern: str) -> str:
    return r"\.".join(map(_node, pattern.split(".")))


def _node(node: str) -> str:
    """One part between dots. What stands between two stars is taken at the first place where it fits and never tried
    at a later one, which would change nothing but take for ever."""
    first, *others = _pieces(node)
    if not others:
        return first
    middle = "".join(f"(?>[^.]*?{piece})" for piece in others[:-1] if piece)
    return f"{first}{middle}[^.]*{others[-1]}"


def _pieces(node: str) -> list[str]:
    """The regular expressions of what stands before, between and behind the stars."""
    found, at = [""], 0
    while at < len(node):
        group = _CLASS.match(node, at)
        if group:
            found[-1] += _class(group[1], group[2])
        elif node[at] == "*":
            found.append("")
        else:
            found[-1] += "[^.]" if node[at] == "?" else re.escape(node[at])
        at = group.end() if group else at + 1
    return found


def _class(negated: str, members: str) -> str:
    """One character out of (or, after !, not out of) those that are listed, singly or as a range; never a dot."""
    if not members:
        return "(?!)"
    ranges = [
        member for member in re.findall(r".-.|.", members, re.DOTALL) if len(member) == 1 or member[0] <= member[2]
    ]
    listed = "".join("-".join(re.escape(end) for end in (member[0], member[-1])) for member in ranges)
    if not listed:
        return "[^.]" if negated else "(?!)"
    return f"[^.{listed}]" if negated else f"(?!\\.)[{listed}]"
