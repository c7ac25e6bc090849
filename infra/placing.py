"""The parameters of a place: those that the stage has at home, since both write into the same tables and are told the
same places."""

from __future__ import annotations

from collections.abc import Mapping

import boto3

from chalicelib.settings import load
from infra.change_set import Stack
from infra.checking import BadParameter
from infra.template import settings_of, stack_of

# What a place may have otherwise, and keeps when it is deployed again. Home's where it has none.
OWN = ("HomeRegion", "Location", "AlarmEmail", "LogDays", "AllowedNetworks", "Tracing")


def chosen(stage: str, region: str, known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The values of the stack of a place in this region: those that are `given`, its own of those that it has
    (`known`), and those of the stage at home for all others. Raises BadParameter."""
    home = given.get("HomeRegion") or known.get("HomeRegion")
    if not home:
        raise BadParameter("HomeRegion is missing: the region of the stage that the place probes for")
    stack = Stack(boto3.client("cloudformation", region_name=home), stack_of(settings_of(stage)))
    at_home = stack.parameters()
    if not at_home:
        raise BadParameter(f"there is no stack {stack.name} in {home}, which HomeRegion names: deploy the stage first")
    own = {name: known[name] for name in OWN if known.get(name)}
    values = {**at_home, "HomeRegion": home, **own, **given}
    return {**values, "Location": _location(values, region, home, given.get("Location", ""))}


def _location(values: Mapping[str, str], region: str, home: str, named: str) -> str:
    """What the place in this region is called. Raises BadParameter."""
    places = load({"TOCSIN_LOCATIONS": values.get("Locations", "")}).locations
    if not places:
        raise BadParameter("the stage has no Locations: deploy it with all its places first, home first")
    if region == home or places[0][1] != home:
        raise BadParameter(
            f"Locations begins with {places[0][0]}={places[0][1]}: a place is elsewhere than its home {home}"
        )
    here = [name for name, where in places if where == region]
    if not here or (named and named not in here):
        raise BadParameter(f"Locations has no {named or 'place'} in {region}, where you deploy: {values['Locations']}")
    if named:
        return named
    return values["Location"] if values["Location"] in here else here[0]
