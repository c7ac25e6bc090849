"""Holds the parameters that are given against those of the template, before anything is packaged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.settings import BadSettings, load
from infra.parameters import adjustable


class BadParameter(Exception):
    """A parameter that the template does not have, or a value that it cannot take."""


def check_parameters(known: Mapping[str, Any], given: Mapping[str, str]) -> None:
    """What CloudFormation, or worse, a deployed function would refuse. Raises BadParameter."""
    for name, value in given.items():
        if name not in known:
            raise BadParameter(f"there is no parameter {name}; there are {', '.join(known)}")
        _check(name, known[name], value)
    wanted = {
        key: given[value["Ref"]] for key, value in adjustable().items() if "Ref" in value and value["Ref"] in given
    }
    try:
        load(wanted)
    except BadSettings as reason:
        raise BadParameter(str(reason)) from None


def _check(name: str, about: Mapping[str, Any], value: str) -> None:
    allowed = [str(one) for one in about.get("AllowedValues", [value])]
    if value not in allowed:
        raise BadParameter(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    pattern = about.get("AllowedPattern")
    parts = value.split(",") if about["Type"] == "CommaDelimitedList" else [value]
    if pattern and not all(re.fullmatch(pattern, part) for part in parts):
        raise BadParameter(f"{name} {about['ConstraintDescription']}, not {value!r}")
    if about["Type"] == "Number" and "MinValue" in about:
        low, high = about["MinValue"], about["MaxValue"]
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            raise BadParameter(f"{name} must be a whole number from {low} to {high}, not {value!r}")


def check_home(values: Mapping[str, str], region: str) -> None:
    """The first of the places is where the stage itself is, in this region. Raises BadParameter."""
    places = load({"TOCSIN_LOCATIONS": values.get("Locations", "")}).locations
    here = values.get("Location") or load({}).location
    if places and places[0] != (here, region):
        raise BadParameter(f"Locations must begin with the place of the stage itself, {here}={region}")
