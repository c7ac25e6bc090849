"""Dashboards as their owners describe them: ZMON's own, by number, and Grafana's, by uid. They are kept, not drawn."""

from __future__ import annotations

from typing import Any

from chalicelib.core.check import Project
from chalicelib.core.errors import Conflict, Missing
from chalicelib.monitor.managing import papers
from chalicelib.monitor.managing.papers import Data
from chalicelib.monitor.services import Services
from chalicelib.store import documents, numbers
from chalicelib.store.documents import Document


def of_project(project: Project) -> list[Document]:
    return documents.of_project(project.code, "dashboard")


def find(project: Project, number: int) -> Document:
    """Raises Missing."""
    return documents.get(project.code, "dashboard", number)


def create(services: Services, project: Project, data: dict[str, Any], author: str) -> Document:
    """Raises Invalid for what is too large, Busy."""
    documents.require_small("dashboard", data)
    number = numbers.take(project.code, "dashboard")
    return papers.change(services, project, "dashboard", str(number), lambda _data: data, author)


def replace(services: Services, project: Project, number: int, data: dict[str, Any], author: str) -> Document:
    """Raises Missing, Invalid for what is too large, Busy."""

    def replaced(before: Data | None) -> Data:
        if before is None:
            raise Missing(f"dashboard {number}")
        return data

    return papers.change(services, project, "dashboard", str(number), replaced, author)


def of_grafana(project: Project) -> list[Document]:
    return documents.of_project(project.code, "grafana")


def find_grafana(project: Project, uid: str) -> Document:
    """Raises Missing."""
    return documents.get(project.code, "grafana", uid)


def put_grafana(
    services: Services, project: Project, uid: str, data: dict[str, Any], author: str, *, overwrite: bool
) -> Document:
    """Raises Conflict when there is one of this uid that is not to be overwritten; Invalid for what is too large,
    Busy."""

    def replaced(before: Data | None) -> Data:
        if before is not None and not overwrite:
            raise Conflict(f"there is a dashboard of the uid {uid} already")
        return {**data, "version": before["version"] + 1 if before else 1}

    return papers.change(services, project, "grafana", uid, replaced, author)
