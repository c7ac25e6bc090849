"""bgrafana-api, whose values are models: {"model": "PauseAlertCommand", "paused": true} is one here."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import bgrafana_api

from tests.clients.grafana.within.answering import answer


def given(value: Any) -> Any:
    if not isinstance(value, dict) or "model" not in value:
        return value
    fields = {name: one for name, one in value.items() if name != "model"}
    return getattr(bgrafana_api, value["model"])(**fields)


def shown(value: Any) -> Any:
    if isinstance(value, list):
        return [shown(one) for one in value]
    if isinstance(value, bgrafana_api.ApiResponse):
        return value.raw_data.decode()
    return {"model": type(value).__name__, **value.to_dict()}


url, key, user = sys.argv[1:]
settings = bgrafana_api.Configuration(host=f"{url}/api", api_key={"api_key": key}, api_key_prefix={"api_key": "Bearer"})
if user:
    settings = bgrafana_api.Configuration(host=f"{url}/api", username=user, password=key)
api = bgrafana_api.ApiClient(settings)
client = SimpleNamespace(
    alerts=bgrafana_api.LegacyAlertsApi(api),
    channels=bgrafana_api.LegacyAlertsNotificationChannelsApi(api),
    admin=bgrafana_api.AdminApi(api),
    dashboards=bgrafana_api.DashboardsApi(api),
    search=bgrafana_api.SearchApi(api),
)
answer(client, given=given, shown=shown)
