"""The functions of the language: those that every program has, and those of conditions beside them."""

from __future__ import annotations

from types import MappingProxyType

from chalicelib.languages.conditions.library import (
    containers,
    functional,
    jsonpaths,
    kinds,
    moments,
    numbers,
    patterns,
    scene,
    texts,
    urls,
)
from chalicelib.languages.conditions.library.registry import FUNCTIONS

# The modules that fill the tables of functions and methods.
_FAMILIES = (containers, functional, jsonpaths, kinds, moments, numbers, patterns, texts, urls)

COMMANDS = MappingProxyType(FUNCTIONS)
CONDITIONS = MappingProxyType({**FUNCTIONS, **scene.FUNCTIONS})
