"""Graphite's functions, one module a family. A family that is not listed here does not exist."""

from chalicelib.languages.graphite.functions import aliases, combine, group, nulls, rates, ratios, transform

FAMILIES = (aliases, combine, group, nulls, rates, ratios, transform)
