"""Graphite's functions, one module a family. A family that is not listed here does not exist."""

from chalicelib.languages.graphite.functions import combine

FAMILIES = (combine,)
