"""Graphite's functions, one module a family. A family that is not listed here does not exist."""

from chalicelib.languages.graphite.functions import (
    aliases,
    combine,
    forecasting,
    group,
    nulls,
    percentiles,
    rates,
    ratios,
    selecting,
    shifting,
    summaries,
    transform,
    weighted,
    windows,
)

FAMILIES = (
    aliases,
    combine,
    forecasting,
    group,
    nulls,
    percentiles,
    rates,
    ratios,
    selecting,
    shifting,
    summaries,
    transform,
    weighted,
    windows,
)
