"""The Alertra dialect: REST API v1.1, devices that are probed from outside, their uptime, outages and results."""

from chalicelib.api.alertra import checks, devices, maintenance, places, uptime

RESOURCES = [
    *devices.RESOURCES,
    *maintenance.RESOURCES,
    *uptime.RESOURCES,
    *checks.RESOURCES,
    *places.RESOURCES,
]
