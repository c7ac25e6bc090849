"""The ZMON dialect: entities, check definitions, alert definitions, downtimes and what is seen of them, v1."""

from chalicelib.api.zmon import entities, status

RESOURCES = [
    *entities.RESOURCES,
    *status.RESOURCES,
]
