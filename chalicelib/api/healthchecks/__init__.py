"""The Healthchecks dialect: Management API v1, v2, v3 and the Pinging API."""

from chalicelib.api.healthchecks import badges, channels, management, pinging

RESOURCES = [*management.RESOURCES, *channels.RESOURCES, *badges.RESOURCES, *pinging.RESOURCES]
