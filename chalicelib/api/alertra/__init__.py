"""The Alertra dialect: REST API v1.1, devices that are probed from outside, their uptime, outages and results."""

from chalicelib.api.alertra import checks, devices, maintenance, places, uptime

BLUEPRINTS = (devices.blueprint, maintenance.blueprint, uptime.blueprint, checks.blueprint, places.blueprint)
