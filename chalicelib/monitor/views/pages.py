"""The page of a check: which check an address means."""

from __future__ import annotations

from chalicelib.core import pages
from chalicelib.core.check import Check
from chalicelib.core.errors import Missing
from chalicelib.store import checks, directory


def check_behind(address: str) -> Check:
    """The check whose page has this address. Raises Missing: for one that the page had before it was made new, or until
    it was switched off, as for one that no page ever had."""
    found = pages.parsed(address)
    if found is None:
        raise Missing("page")
    project = directory.project(found.project)
    check = checks.get(project.code, pages.code_of(project, found))
    if not pages.opens(project, check, address):
        raise Missing("page")
    return check
