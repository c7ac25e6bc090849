"""Projects and their keys. A key is shown once, when it is made; what is kept is its hash."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.core import commands
from chalicelib.core.check import Access, Key, Project
from chalicelib.core.errors import Invalid, Missing
from chalicelib.monitor import transitions
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import series
from chalicelib.monitor.messages import EmptyProject, Purge
from chalicelib.monitor.services import ALPHANUMERIC, Services
from chalicelib.store import checks, definitions, directory, documents, wheel

KINDS: tuple[Access, ...] = ("write", "read", "ping")
NAME_MAX = 100
HINT = 8
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Keyring:
    """A project with keys in the clear, at the one moment when they exist."""

    project: Project
    keys: dict[Access, str]


def hash_of(key: str) -> str:
    """How a key is kept. Keys are long and random, so a plain hash cannot be turned back."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def opened_by(key: str) -> Key | None:
    """The project key behind what a request presented, None for an unknown one."""
    return directory.key(hash_of(key))


def create(services: Services, name: str, *, limit: int | None = None) -> Keyring:
    """A new project with one key of each kind. Raises Invalid for a name that is empty or too long."""
    if not name.strip() or len(name) > NAME_MAX:
        raise Invalid("name", f"must have 1 to {NAME_MAX} characters")
    code = services.random_text(12, _LOWER)
    badge, secret = services.random_text(22, ALPHANUMERIC), services.random_text(40, ALPHANUMERIC)
    project = Project(code, name, services.clock(), limit, badge=badge, secret=secret)
    clear = {kind: _new_key(services, kind) for kind in KINDS}
    directory.create_project(project, [_key(services, project.code, kind, text) for kind, text in clear.items()])
    return Keyring(project, clear)


def _new_key(services: Services, kind: Access) -> str:
    if kind == "ping":
        return services.random_text(22, _LOWER)
    return ("hcw_" if kind == "write" else "hcr_") + services.random_text(28, ALPHANUMERIC)


def _key(services: Services, project: str, kind: Access, clear: str) -> Key:
    return Key(hash_of(clear), project, kind, clear[:HINT], services.clock())


def keys(project: Project) -> list[Key]:
    """The project's keys as they are kept, oldest first."""
    found = [key for hashed in project.keys if (key := directory.key(hashed, strongly=True))]
    return sorted(found, key=lambda key: (key.created, key.access))


def rotate(services: Services, code: str, kinds: tuple[Access, ...] = KINDS, *, keep_old: bool = False) -> Keyring:
    """New keys of these kinds; the old ones stop working at the same moment unless they are kept. Raises Missing."""
    clear = {kind: _new_key(services, kind) for kind in kinds}
    new = [_key(services, code, kind, text) for kind, text in clear.items()]

    def attempt() -> Project:
        project = directory.project(code)
        old = [] if keep_old else [key for key in keys(project) if key.access in kinds]
        return directory.replace_keys(project, new, old)

    # Nothing may fail after this: the new keys are known to nobody else.
    return Keyring(transitions.retrying(services, attempt), clear)


def delete(services: Services, code: str) -> Project:
    """Removes a project and all that it holds; nobody is told. Raises Missing, Busy, StoreFault.

    It is closed first, so that nothing is made in it any more and its keys open nothing, then emptied. The chore that
    was queued before empties it once more, of what requests that were under way have left, or after a death; with it
    the project itself goes.
    """
    directory.closing(code)
    manage.finish_later(EmptyProject(code))
    closed = transitions.retrying(services, lambda: _closed(services, code))
    _empty(services, closed)
    return closed


def _closed(services: Services, code: str) -> Project:
    project = directory.closing(code)
    if not project.closed:
        directory.close_project(project, services.clock())
    return project


def empty(services: Services, code: str) -> None:
    """Removes what is left of a project that was closed."""
    try:
        project = directory.closing(code)
    except Missing:
        return
    if project.closed:
        _empty(services, project)
        directory.delete_project(project)


def _empty(services: Services, project: Project) -> None:
    """Removes all that a project holds. The channels go first: a project that is deleted tells nobody of it. Whose
    history is to be purged is said before, as nobody knows it after a death."""
    known, found = definitions.channels(project.code), checks.of_project(project.code)
    owners = [*(channel.code for channel in known), *(check.code for check in found)]
    manage.finish_later(*(Purge(owner) for owner in owners))
    for channel in known:
        definitions.delete_channel(channel)
    for check in found:
        with suppress(Missing):
            # Somebody else was faster.
            manage.delete(services, check)
    definitions.clear(project.code)
    wheel.clear(project.code, commands.MEMBER)
    documents.forget(project.code)
    series.delete_all(services, project.code)
