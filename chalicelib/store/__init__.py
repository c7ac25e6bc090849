"""DynamoDB and SQS: what is kept and what is handed on. The only package that knows pynamodb.

`connect` must be called once before anything else; it makes no call to AWS.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib import functions
from chalicelib.settings import Settings
from chalicelib.store import check_items, connection, history, outbox, queues, results, series_ages, series_names, wheel
from chalicelib.store.models import MODELS

TABLES = ("checks", "directory", "definitions", "history", "outbox", "series")


def connect(settings: Settings) -> None:
    """Points the store at this installation's tables and queues, sets how long history is kept, and drops what the
    process remembered of the tables and queues that it was connected to before."""
    names = {noun: settings.resource(noun) for noun in (*TABLES, *functions.fed())}
    connection.connect(names, MODELS, settings.home_region)
    check_items._Shards.due = settings.due_shards
    outbox._Shards.outbox = settings.outbox_shards
    history._Keep.pings = timedelta(days=settings.ping_days)
    history._Keep.flips = timedelta(days=settings.flip_days)
    results._Keep.results = timedelta(days=settings.result_days)
    series_ages._Keep.raw = timedelta(days=settings.raw_days)
    series_ages._Keep.minutes = timedelta(days=settings.minute_days)
    series_ages._Keep.hours = timedelta(days=settings.hour_days)
    wheel._Shards.wheel = settings.wheel_shards
    queues.forget()
    series_names.forget()
