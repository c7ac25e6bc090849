"""The series of rules that breach, in items beside them: `t#<rule>#<number>`, which no list of checks reads.

A transaction writes them together with their rule. A reader who reads the rule first finds satellites of the same age
or younger; if they are younger, the rule has another version by then, and a decision on the two is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pynamodb.transactions import TransactWrite

from chalicelib.core import breaches
from chalicelib.core.breaches import Breach, Breaches
from chalicelib.core.check import Check
from chalicelib.core.moments import from_micros, to_micros
from chalicelib.core.watching import SeriesChange
from chalicelib.store.connection import Table
from chalicelib.store.faults import translated
from chalicelib.store.models import SatelliteItem

# BatchGetItem takes so many keys.
KEYS = 100


def of_rules(rules: Iterable[Check]) -> dict[tuple[str, str], Breaches]:
    """The series that breach, by (project, code) of those of the rules of which any does: as they are now."""
    found: dict[tuple[str, str], dict[str, Breach]] = {}
    owners = {(rule.project, key): rule for rule in rules for key in _keys(rule, rule.breaching.satellites)}
    for item in batch_get(SatelliteItem, list(owners), strongly=True):
        rule = owners[item["project"]["S"], item["code"]["S"]]
        series = SatelliteItem.series.deserialize(item["series"]["S"])
        into = found.setdefault((rule.project, rule.code), {})
        into |= {name: Breach(from_micros(since), value) for name, since, value in series}
    return dict(found)


def of_rule(rule: Check) -> Breaches:
    """The series of one rule that breach."""
    return of_rules([rule]).get((rule.project, rule.code), {})


def write(transaction: TransactWrite, before: Check, after: Check, change: SeriesChange) -> None:
    """Keeps other series than before: of the satellites, those alone in which anything is another."""
    old = breaches.spread(change.known, before.breaching.satellites)
    new = breaches.spread(change.now, after.breaching.satellites)
    same_number = len(old) == len(new)
    for number, key in enumerate(_keys(before, max(len(old), len(new)))):
        part = new[number] if number < len(new) else {}
        if same_number and part == old[number]:
            continue
        if part:
            series = [[name, to_micros(one.since), one.value] for name, one in part.items()]
            transaction.save(SatelliteItem(before.project, key, series=series))
        else:
            transaction.delete(SatelliteItem(before.project, key))


def remove(transaction: TransactWrite, rule: Check) -> None:
    """Removes what stands beside a rule that is deleted."""
    for key in _keys(rule, rule.breaching.satellites):
        transaction.delete(SatelliteItem(rule.project, key))


def _keys(rule: Check, satellites: int) -> list[str]:
    return [f"t#{rule.code}#{number}" for number in range(satellites)]


def batch_get(model: type[Table], keys: list[tuple[str, str]], *, strongly: bool) -> Iterator[dict[str, Any]]:
    """The raw items of a table of projects that have these keys (project, code), in no order."""
    connection = model._get_connection()
    for start in range(0, len(keys), KEYS):
        wanted = [{"project": {"S": project}, "code": {"S": code}} for project, code in keys[start : start + KEYS]]
        while wanted:
            request = {"RequestItems": {connection.table_name: {"Keys": wanted, "ConsistentRead": strongly}}}
            with translated():
                answer = connection.connection.dispatch("BatchGetItem", request)
            yield from answer["Responses"][connection.table_name]
            wanted = answer.get("UnprocessedKeys", {}).get(connection.table_name, {}).get("Keys", [])
