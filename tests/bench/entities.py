"""What it costs to choose among many entities."""

from __future__ import annotations

import argparse
import time
from typing import Any

from chalicelib.core.entities import Index, Selection, read

ENTITIES, DEFINITIONS = 100_000, 10
TEAMS, APPLICATIONS = 40, 500


def entities(_arguments: argparse.Namespace) -> None:
    """100,000 entities chosen from by ten definitions, and by a thousand: the time grows with what they take alone."""
    inventory = [_entity(number) for number in range(ENTITIES)]
    for count in (DEFINITIONS, 1_000):
        began = time.process_time()
        index = Index({number: _selection(number) for number in range(count)})
        made = time.process_time()
        taken = sum(map(len, index.taken(inventory).values()))
        seconds = time.process_time() - made
        print(f"{ENTITIES} entities, {count} definitions: {1e3 * seconds:.0f} ms", end=" ")
        print(f"({1e6 * seconds / ENTITIES:.2f} us an entity), {taken} taken; index {1e3 * (made - began):.1f} ms")


def _entity(number: int) -> dict[str, Any]:
    return {
        "id": f"web-{number}-i{number:08x}[aws:123456789012:eu-central-1]",
        "type": ("instance", "host", "database")[number % 3],
        "team": f"team-{number % TEAMS}",
        "application_id": f"app-{number % APPLICATIONS}",
        "infrastructure_account": "aws:123456789012",
        "ip": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        "ports": {"8080": 8080},
        "created_by": "agent",
    }


def _selection(number: int) -> Selection:
    check = [{"type": "instance", "application_id": f"app-{number % APPLICATIONS}"}, {"type": "database"}]
    alert = [{"team": f"team-{number % TEAMS}", "application_id": f"app-{number % APPLICATIONS}"}]
    return Selection(
        read(check, "entities", typed=True),
        read(alert, "entities"),
        read([{"ip": f"10.0.0.{number % 256}"}], "entities_exclude"),
    )
