"""Time zone names: which are known, and what a legacy name is called today.

The names and the links between them come from the IANA time zone database as the PyPI package tzdata carries it, so
that they are the same on every machine, also on one without zone files.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_NOT_A_ZONE = "Factory"  # the database's placeholder for a machine whose zone was never set
_NO_PLACES = {"UTC", "GMT"}  # zone.tab lists places, so it lacks these and all of Etc/; they are current all the same


def canonical(name: str) -> str:
    """Give today's name of a zone: `Europe/Kiev` is `Europe/Kyiv`, `Europe/Zagreb` stays.

    Raises ValueError for anything but a name of the database, spelled exactly so.
    """
    return _legacy().get(_known(name), name)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """Load the zone called `name`, legacy or not. Raises ValueError for an unknown name, before any file is opened."""
    return ZoneInfo(_known(name))


def _known(name: str) -> str:
    if name not in _names():
        raise ValueError("not a valid timezone")
    return name


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(_lines("zones")) - {_NOT_A_ZONE}


@lru_cache(maxsize=1)
def _legacy() -> dict[str, str]:
    """Map each legacy name to its target: a link that is no place in zone.tab and no zone of no place."""
    places = {line.split("\t")[2] for line in _lines("zoneinfo", "zone.tab") if not line.startswith("#")}
    links = (line.split(" ") for line in _lines("zoneinfo", "tzdata.zi") if line.startswith("L "))
    return {
        name: target for _, target, name in links if name not in places | _NO_PLACES and not name.startswith("Etc/")
    }


def _lines(*path: str) -> Iterator[str]:
    return iter(files("tzdata").joinpath(*path).read_text(encoding="utf-8").splitlines())
