"""A project with series for tests of their store."""

from __future__ import annotations

from chalicelib import store
from chalicelib.monitor.services import Services
from chalicelib.store import connection, series_names
from chalicelib.store.series_models import SeriesItem
from tests.conftest import NOW

PROJECT = "6f0f6a3e-0000-4000-8000-000000000001"
# The tests' now, in seconds since 1970: noon.
T = int(NOW.timestamp())


def prepare(services: Services) -> None:
    """Empty tables, and a process that remembers nothing."""
    series_names.forget()
    if "series" not in store.TABLES:
        connection._Link.names["series"] = SeriesItem.Meta.table_name = services.settings.resource("series")
        SeriesItem._connection = None
        SeriesItem.create_table(wait=False)
