"""The names that commands may call and the modules of the package belong together."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from chalicelib import commands
from chalicelib.commands import CommandError
from chalicelib.core.errors import Invalid
from chalicelib.languages.conditions.exposed import Exposed
from tests.cases import each
from tests.commands.scene import context, function

DOCUMENT = (Path(__file__).parents[2] / "docs" / "zmon.md").read_text()


def modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.iter_modules(commands.__path__)]
    return [importlib.import_module(f"chalicelib.commands.{name}") for name in names]


def test_every_module_that_makes_a_function_is_named() -> None:
    made = {module.__name__.rpartition(".")[2] for module in modules() if "make" in vars(module)}
    assert made == set(commands.NAMES)


def test_every_name_is_bound_and_none_twice() -> None:
    assert set(commands.bound(context())) == {*commands.NAMES, *commands.UNSERVED}
    assert len(commands.NAMES) == len(set(commands.NAMES))
    assert not set(commands.NAMES) & set(commands.UNSERVED)


def test_what_programs_may_read_of_an_object_is_there() -> None:
    exposed = [one for module in modules() for one in vars(module).values() if isinstance(one, type)]
    for one in exposed:
        if issubclass(one, Exposed):
            assert [name for name in one.names if not callable(getattr(one, name, None))] == []
            assert [name for name in one.names if name.startswith("_") and not name.endswith("__")] == []


@each("name", sorted(commands.UNSERVED))
def test_a_name_that_is_not_served_says_why_when_it_is_saved_and_when_it_is_called(name: str) -> None:
    with pytest.raises(Invalid, match=rf"^command {name}\(\) cannot be called here: ") as caught:
        commands.refuse(["len", name])
    assert caught.value.field == "command"
    with pytest.raises(CommandError, match=rf"^{name}\(\) cannot be called here: "):
        function(name)("whatever", host="x")


def test_names_that_are_served_are_saved() -> None:
    commands.refuse([*commands.NAMES, "len", "no_such_name"])


@each("name", [*commands.NAMES, *commands.UNSERVED])
def test_every_name_stands_in_the_documentation(name: str) -> None:
    assert re.search(rf"`{name}\b", DOCUMENT)


def test_a_command_that_is_not_called_is_not_imported() -> None:
    """boto3 and the drivers of databases cost more than all the rest of a cold start."""
    source = """
import sys, time
from chalicelib import commands
commands.bound(commands.Context(entity={"id": "a"}, check="1", interval=60, ends=time.monotonic() + 9))
print(*sys.modules)
"""
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", source], env=environ, capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    assert not found & {
        "boto3",
        "botocore",
        "pg8000",
        "pymysql",
        *(f"chalicelib.commands.{one}" for one in commands.NAMES),
    }
