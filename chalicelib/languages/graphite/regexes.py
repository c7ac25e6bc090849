"""Regular expressions in targets, bounded as all that somebody else wrote."""

from __future__ import annotations

from functools import lru_cache

from chalicelib.languages import regexes
from chalicelib.languages.graphite.errors import GraphiteError
from chalicelib.languages.regexes import RESULT_MAX

__all__ = ["RESULT_MAX", "Regex", "Unusable", "compiled"]


class Unusable(GraphiteError, regexes.Unusable):
    """A regular expression is malformed, or would take too long."""


class Regex(regexes.Regex):
    __slots__ = ()
    error = Unusable


@lru_cache(maxsize=1_024)
def compiled(text: str) -> Regex:
    """A regular expression, ready for use. Raises Unusable."""
    return regexes.compiled(text, Regex)
