"""results(): what other checks of the project have found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from chalicelib.commands.base import CommandError, Context, text, whole
from chalicelib.languages.conditions.exposed import Exposed

# So many results of a check on an entity are kept.
KEPT = 20


def make(context: Context) -> Callable[..., Results]:
    def results(check: object) -> Results:
        """`check` is the id of the check."""
        if isinstance(check, bool) or not isinstance(check, (int, str)):
            raise CommandError("check must be the id of a check")
        return Results(context, str(check))

    return results


class Results(Exposed):
    """Of the entity that the command runs on, unless another is named."""

    names: ClassVar[frozenset[str]] = frozenset({"last", "value", "values", "by_entity"})

    def __init__(self, context: Context, check: str) -> None:
        self._context, self._check = context, check

    def last(self, entity: object = None) -> dict[str, Any] | None:
        """The newest result: ts, td and value. None where there is none."""
        found = self._read(entity, 1)
        return dict(found[0]) if found else None

    def value(self, entity: object = None) -> Any:
        """The value of the newest, None where there is none."""
        found = self._read(entity, 1)
        return found[0]["value"] if found else None

    def values(self, n: object = KEPT, entity: object = None) -> list[Any]:
        """The values of the newest, newest first."""
        return [one["value"] for one in self._read(entity, whole(n, "n", 1, KEPT))]

    def by_entity(self) -> dict[str, Any]:
        """The newest value of every entity."""
        return {one["entity"]: one["value"] for one in self._context.readers.results(self._check, None, 1)}

    def _read(self, entity: object, count: int) -> list[Mapping[str, Any]]:
        name = str(self._context.entity["id"]) if entity is None else text(entity, "entity")
        return list(self._context.readers.results(self._check, name, count))
