"""Which resource a path means. Words go before variables, so it is the same in whatever order they were declared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from chalicelib.core.check import Access
from chalicelib.gateway.replies import Reply
from chalicelib.gateway.voice import Voice

# What stands in paths as the version of an API, or might: a number, with or without the letter.
_VERSION = re.compile(r"[vV]?[0-9]{1,3}(\.[0-9]{1,3}){0,2}")

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")

Handler = Callable[..., Reply]


@dataclass(frozen=True, slots=True)
class Operation:
    """What a method of a resource does. `handler` takes the request, and the caller where `access` names what the
    caller's key must allow.

    The rest is for the document of the API, in names that the dialect's module `schema` explains, so that no request
    pays for it: `answers` has for each status of success (and of a refusal that has a shape of its own) the object that
    is answered, a media type where that is no object, or nothing; `query` the parameters, `body` the object that is
    sent. The document's words are those of the handler's docstring.
    """

    handler: Handler
    access: Access | None
    answers: Mapping[int, str]
    query: tuple[str, ...] = ()
    body: str = ""


class _Declaring(Protocol):
    def __call__(
        self, handler: Handler, answer: str | Mapping[int, str] = "", *, query: tuple[str, ...] = (), body: str = ""
    ) -> Operation: ...


def _declaring(access: Access | None) -> _Declaring:
    def declare(
        handler: Handler, answer: str | Mapping[int, str] = "", *, query: tuple[str, ...] = (), body: str = ""
    ) -> Operation:
        return Operation(handler, access, {200: answer} if isinstance(answer, str) else answer, query, body)

    return declare


# An operation for everybody, for callers whose key allows reading, and for those whose key allows everything. A single
# answer is that of the status 200.
public = _declaring(None)
reads = _declaring("read")
writes = _declaring("write")


@dataclass(frozen=True, slots=True)
class Resource:
    """A path, its variables in braces, and what answers each of its methods; the voice refuses all others. What stands
    for an `unknown` path has none, and may have words of its own."""

    path: str
    voice: Voice
    operations: Mapping[str, Operation]
    unknown: str = ""

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(self.operations)

    @property
    def parts(self) -> list[str]:
        return [part for part in self.path.split("/") if part]


def resource(path: str, voice: Voice, **operations: Operation) -> Resource:
    """Declares one resource: `GET=reads(handler)` and so on."""
    return Resource(path, voice, operations)


def is_variable(part: str) -> bool:
    return part.startswith("{")


@dataclass(slots=True)
class _Node:
    words: dict[str, _Node] = field(default_factory=dict)
    variable: _Node | None = None
    resource: Resource | None = None
    voice: Voice | None = None


class Routes:
    """The resources of all dialects as a tree of path parts, and whose prefix an unknown path has."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        """Raises ValueError for two resources, or two voices, at one place."""
        self._tree = _Node()
        for found in resources:
            self._add(found)

    def _add(self, found: Resource) -> None:
        node = self._node(found.parts)
        if node.resource is not None:
            raise ValueError(f"{found.path} and {node.resource.path} are the same path")
        node.resource = found
        for prefix in found.voice.prefixes:
            place = self._node([part for part in prefix.split("/") if part])
            if place.voice is not None and place.voice is not found.voice:
                raise ValueError(f"two voices speak below {prefix}")
            place.voice = found.voice

    def _node(self, parts: list[str]) -> _Node:
        node = self._tree
        for part in parts:
            if is_variable(part):
                node.variable = node.variable or _Node()
                node = node.variable
            else:
                node = node.words.setdefault(part, _Node())
        return node

    def find(self, parts: list[str]) -> tuple[Resource, dict[str, str]] | None:
        """The resource that a path means, and what stands in the places of its variables; None for an unknown path."""
        found = _found(self._tree, parts, 0)
        if found is None:
            return None
        names = found.parts
        return found, {name[1:-1]: part for name, part in zip(names, parts, strict=True) if is_variable(name)}

    def versions(self, parts: list[str]) -> dict[str, list[str]]:
        """A path that is unknown, in the versions that it is known in: /api/v9/checks is in v1, v2 and v3."""
        node = self._tree
        for place, part in enumerate(parts):
            if _VERSION.fullmatch(part):
                words = sorted(word for word in node.words if _VERSION.fullmatch(word))
                paths = {word: [*parts[:place], word, *parts[place + 1 :]] for word in words}
                return {word: path for word, path in paths.items() if self.find(path)}
            if part not in node.words:
                break
            node = node.words[part]
        return {}

    def voice_of(self, parts: list[str]) -> Voice | None:
        """The voice whose prefix the path has, of several the longest."""
        node, voice = self._tree, self._tree.voice
        for part in parts:
            if part not in node.words:
                break
            node = node.words[part]
            voice = node.voice or voice
        return voice


def _found(node: _Node, parts: list[str], depth: int) -> Resource | None:
    """The resource below `node`. A word that leads nowhere gives way to the variable beside it."""
    if depth == len(parts):
        return node.resource
    part = parts[depth]
    word = node.words.get(part)
    found = _found(word, parts, depth + 1) if word else None
    if found is None and part and node.variable:
        found = _found(node.variable, parts, depth + 1)
    return found


def of_packages(packages: Iterable[Any]) -> list[Resource]:
    """The resources that packages declare as RESOURCES."""
    return [found for package in packages for found in package.RESOURCES]
