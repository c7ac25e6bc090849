"""The ZMON dialect: entities, check definitions, alert definitions, downtimes and what is seen of them, v1."""

from chalicelib.api.zmon import dashboards, entities, groups, search, status

RESOURCES = [
    *entities.RESOURCES,
    *dashboards.RESOURCES,
    *groups.RESOURCES,
    *search.RESOURCES,
    *status.RESOURCES,
]
