"""grafana-client, as it is made of an address; with a user of one that has him and the key in it."""

from __future__ import annotations

import sys
from typing import Any

from grafana_client import GrafanaApi

from tests.clients.grafana.within.answering import answer


def shown(value: Any) -> Any:
    """Plain, but for the version that it reads."""
    return value if isinstance(value, dict | list | str | None) else str(value)


url, key, user = sys.argv[1:]
there = url.replace("://", f"://{user}:{key}@") if user else url
answer(GrafanaApi.from_url(there, credential=None if user else key), shown=shown)
