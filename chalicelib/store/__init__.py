"""DynamoDB and SQS: what is kept and what is handed on. The only package that knows pynamodb.

`connect` must be called once before anything else; it makes no call to AWS.
"""

from __future__ import annotations

from chalicelib import functions
from chalicelib.settings import Settings
from chalicelib.store import connection, limits, queues, series_names
from chalicelib.store.models import MODELS

TABLES = ("checks", "directory", "definitions", "history", "outbox", "series")


def connect(settings: Settings) -> None:
    """Points the store at this installation's tables and queues, sets how long history is kept, and drops what the
    process remembered of the tables and queues that it was connected to before."""
    names = {noun: settings.resource(noun) for noun in (*TABLES, *functions.fed())}
    connection.connect(names, MODELS, settings.home_region, lean=settings.lean_transport)
    limits.read(settings)
    queues.forget()
    series_names.forget()
