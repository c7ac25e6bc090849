"""Every module of functions is listed, and every function can be called by the parameters that it declares."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from chalicelib.languages.graphite import functions, registry
from chalicelib.languages.graphite.registry import function, series_list
from tests.cases import each
from tests.languages.graphite.differential.targets import LEFT_OUT


def test_every_module_of_functions_is_in_the_families() -> None:
    modules = {path.stem for path in Path(functions.__file__).parent.glob("*.py")} - {"__init__"}
    assert {family.__name__.rpartition(".")[2] for family in functions.FAMILIES} == modules


@each("name", registry.functions())
def test_a_function_takes_its_frame_and_what_it_declares(name: str) -> None:
    found = registry.functions()[name]
    assert not any(param.many for param in found.params[:-1])
    many = any(param.many for param in found.params)
    inspect.signature(found.run).bind(object(), *found.params[: len(found.params) - many])


def test_the_documentation_names_every_function_that_is_left_out() -> None:
    text = (Path(__file__).parents[4] / "docs" / "hosted-graphite.md").read_text()
    assert not registry.functions().keys() & {*LEFT_OUT}
    assert [name for name in LEFT_OUT if f"`{name}`" not in text] == []


def test_two_functions_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match="two functions are called scale"):
        function("scale", series_list())(lambda frame, found: found)
