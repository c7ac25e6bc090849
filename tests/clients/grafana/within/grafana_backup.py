"""grafana-backup's calls, of which its commands are made; some of them no command reaches."""

from __future__ import annotations

import sys
from functools import partial
from types import SimpleNamespace

from grafana_backup import dashboardApi

from tests.clients.grafana.within.answering import answer

url, key, _ = sys.argv[1:]
headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
reached = {"grafana_url": url, "verify_ssl": False, "client_cert": None, "debug": False}
reading = ("search_alert_channels", "search_alerts")
writing = (
    *("create_alert_channel", "delete_alert_channel_by_uid", "delete_alert_channel_by_id"),
    *("pause_alert", "unpause_alert"),
)
calls = {name: partial(getattr(dashboardApi, name), http_post_headers=headers, **reached) for name in writing}
calls |= {name: partial(getattr(dashboardApi, name), http_get_headers=headers, **reached) for name in reading}
answer(SimpleNamespace(version=lambda: str(dashboardApi.get_grafana_version(url, False, headers)), **calls))
