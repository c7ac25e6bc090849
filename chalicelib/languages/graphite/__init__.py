"""Graphite targets: what they read, and what they make of it. Pure; series come from whoever evaluates.

Source: Graphite 1.1, The Render URL API and Functions.
"""

from chalicelib.languages.graphite.context import Context, Frame
from chalicelib.languages.graphite.errors import Broken, GraphiteError, TargetError, TooMany
from chalicelib.languages.graphite.evaluator import evaluate
from chalicelib.languages.graphite.moments import seconds as moment
from chalicelib.languages.graphite.parser import parse
from chalicelib.languages.graphite.patterns import is_pattern, literal_prefix, matches
from chalicelib.languages.graphite.reading import is_plain, patterns, reach
from chalicelib.languages.graphite.regexes import compiled as regex
from chalicelib.languages.graphite.series import Series
from chalicelib.languages.graphite.tags import TagTest, tag_query, tag_tests, tags_of

__all__ = [
    "Broken",
    "Context",
    "Frame",
    "GraphiteError",
    "Series",
    "TagTest",
    "TargetError",
    "TooMany",
    "evaluate",
    "is_pattern",
    "is_plain",
    "literal_prefix",
    "matches",
    "moment",
    "parse",
    "patterns",
    "reach",
    "regex",
    "tag_query",
    "tag_tests",
    "tags_of",
]
