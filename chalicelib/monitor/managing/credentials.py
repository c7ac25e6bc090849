"""What commands of a project may log in with: settings of the installation's owner."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.core import credentials as rules
from chalicelib.core.credentials import Credential
from chalicelib.core.errors import Invalid
from chalicelib.monitor.services import Services
from chalicelib.store import credentials, directory

COUNT_MAX = 100


def add(services: Services, project: str, made: Credential) -> Credential:
    """Keeps a credential, in the place of the one that has its name. Raises Invalid naming the field, Missing."""
    kept = rules.checked(replace(made, created=services.clock()))
    others = [one for one in of_project(project) if one.name != kept.name]
    if len(others) >= COUNT_MAX:
        raise Invalid("name", f"is one too many: a project has at most {COUNT_MAX} credentials")
    credentials.save(project, kept)
    return kept


def of_project(project: str) -> list[Credential]:
    """The credentials of a project by name. Raises Missing for no project."""
    return credentials.of_project(directory.project(project).code)


def remove(project: str, name: str) -> None:
    """Raises Missing for no project, or nothing of that name."""
    credentials.delete(directory.project(project).code, name)
