"""The Healthchecks dialect: Management API v1, v2, v3 and the Pinging API."""

from chalicelib.api.healthchecks import badges, channels, management, pinging

BLUEPRINTS = (management.blueprint, channels.blueprint, badges.blueprint, pinging.blueprint)
