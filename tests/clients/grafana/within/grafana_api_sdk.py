"""grafana-api-sdk, whose module is called grafana_api."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

from grafana_api.alerting_notifications import AlertingNotifications
from grafana_api.dashboard import Dashboard
from grafana_api.legacy_alerting import Alerting
from grafana_api.model import APIModel
from grafana_api.search import Search

from tests.clients.grafana.within.answering import answer

url, key, user = sys.argv[1:]
given: dict[str, Any] = {"username": user, "password": key} if user else {"token": key}
model = APIModel(host=url, **given)
answer(
    SimpleNamespace(
        alerts=Alerting(model),
        channels=AlertingNotifications(model),
        dashboards=Dashboard(model),
        search=Search(model),
    )
)
