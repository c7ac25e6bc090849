"""An error that nobody foresaw while a target is computed: the query fails, as it does for a reason of its own, and the
owner of the installation is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib import log
from chalicelib.core.errors import TocsinError
from chalicelib.languages.graphite import Broken
from chalicelib.store.faults import Contended, Refused, StoreFault

# These say nothing of the target: the first are meant for the caller, the others are AWS's, and a later try may work.
_FORESEEN = (TocsinError, StoreFault, Contended, Refused)


@contextmanager
def fails_the_query(told: set[str], **about: Any) -> Iterator[None]:
    """Inside, an error that nobody foresaw becomes Broken, a GraphiteError. The owner is told of each that is not among
    those that he has been `told` of; `about` goes into the log."""
    try:
        yield
    except Exception as error:
        if isinstance(error, _FORESEEN) and not isinstance(error, Broken):
            raise
        _tell(told, error, about)
        if isinstance(error, Broken):
            raise
        raise Broken(f"it cannot be computed, for a fault in this service ({type(error).__name__})") from error


def _tell(told: set[str], error: Exception, about: dict[str, Any]) -> None:
    what = f"{type(error).__name__} {error}"
    if what not in told:
        told.add(what)
        log.fault("a query fails by a fault of ours", **about)
