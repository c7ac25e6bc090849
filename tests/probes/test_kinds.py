"""The names of types and the modules of the package belong together."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from types import ModuleType

import pytest

from chalicelib import probes
from chalicelib.core.errors import Invalid
from tests.cases import each


def modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.iter_modules(probes.__path__)]
    return [importlib.import_module(f"chalicelib.probes.{name}") for name in names]


def test_every_module_of_a_type_is_named_as_it_calls_itself() -> None:
    types = [module for module in modules() if hasattr(module, "clean") and hasattr(module, "run")]
    assert {(module.__name__, module.name) for module in types} == {
        (f"chalicelib.probes.{name}", name) for name in probes.NAMES
    }


def test_every_type_is_found_by_its_name() -> None:
    assert [probes.kind_named(name).name for name in probes.NAMES] == list(probes.NAMES)


def test_nothing_of_a_type_is_imported_before_it_is_asked_for() -> None:
    """A cold start pays for what is imported, and most functions probe nothing."""
    source = "import app, sys; print(*(name for name in sys.modules if name.startswith('chalicelib.')))"
    environ = {**os.environ, "AWS_DEFAULT_REGION": "eu-north-1"}
    done = subprocess.run([sys.executable, "-c", source], env=environ, capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    assert "chalicelib.probes" in found
    assert not found & {f"chalicelib.probes.{name}" for name in probes.NAMES}
    assert "chalicelib.languages.graphite.functions" not in found


@each("name", ["gopher", "", None, 7, ["http"]])
def test_an_unknown_type_is_refused_with_those_that_are_known(name: object) -> None:
    with pytest.raises(Invalid, match="http") as caught:
        probes.kind_named(name)
    assert caught.value.field == "type"
