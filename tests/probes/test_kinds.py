"""The tuple of types and the modules of the package belong together."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import pytest

from chalicelib import probes
from chalicelib.core.errors import Invalid


def modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.iter_modules(probes.__path__)]
    return [importlib.import_module(f"chalicelib.probes.{name}") for name in names]


def test_every_module_of_a_type_is_in_the_tuple() -> None:
    types = [module for module in modules() if hasattr(module, "clean") and hasattr(module, "run")]
    assert {module.__name__ for module in types} == {getattr(kind, "__name__", "") for kind in probes.KINDS}


def test_every_type_has_a_name_of_its_own() -> None:
    names = [kind.name for kind in probes.KINDS]
    assert len(set(names)) == len(names)
    assert [probes.kind_named(name) for name in names] == list(probes.KINDS)


@pytest.mark.parametrize("name", ["gopher", "", None, 7, ["http"]])
def test_an_unknown_type_is_refused_with_those_that_are_known(name: object) -> None:
    with pytest.raises(Invalid, match="http") as caught:
        probes.kind_named(name)
    assert caught.value.field == "type"
