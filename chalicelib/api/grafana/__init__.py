"""The Grafana dialect: the API of its alerting up to version 8, one view over the alerts of all dialects."""

from chalicelib.api.grafana import alerts, dashboards, house, notifications

RESOURCES = [*alerts.RESOURCES, *dashboards.RESOURCES, *notifications.RESOURCES, *house.RESOURCES]
