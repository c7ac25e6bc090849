"""entities(): the entities of the project that hold some values, and how alerts cover them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from chalicelib.commands.base import CommandError, Context
from chalicelib.core.entities import contains
from chalicelib.languages.conditions.exposed import Exposed

FOUND_MAX = 10_000


def make(context: Context) -> Callable[..., Inventory]:
    def entities(service_url: object = None, infrastructure_account: object = None) -> Inventory:
        """`service_url` told the original where its entities were; there are the project's alone here."""
        return Inventory(context, infrastructure_account)

    return entities


class Inventory(Exposed):
    names: ClassVar[frozenset[str]] = frozenset({"search_local", "search_all", "alert_coverage"})

    def __init__(self, context: Context, account: object) -> None:
        self._context = context
        self._account = account if account is not None else context.entity.get("infrastructure_account")

    def search_local(self, **kwargs: object) -> list[Mapping[str, Any]]:
        """Those with these values that are in the account of the check's own entity, if that is in one."""
        local = {} if self._account is None else {"infrastructure_account": self._account}
        return self._found(local | kwargs)

    def search_all(self, **kwargs: object) -> list[Mapping[str, Any]]:
        """Those with these values."""
        return self._found(kwargs)

    def alert_coverage(self, **kwargs: object) -> list[Any]:
        """How alerts cover those with these values."""
        return self._context.readers.coverage([kwargs])

    def _found(self, wanted: Mapping[str, object]) -> list[Mapping[str, Any]]:
        found = [entity for entity in self._context.readers.entities() if contains(entity, dict(wanted))]
        if len(found) > FOUND_MAX:
            raise CommandError(f"there are more than {FOUND_MAX} such entities")
        return found
