"""The ZMON dialect: entities, check definitions, alert definitions, downtimes and what is seen of them, v1."""

from chalicelib.api.zmon import (
    alert_definitions,
    check_definitions,
    dashboards,
    downtimes,
    entities,
    groups,
    history,
    search,
    status,
    trials,
    views,
)

RESOURCES = [
    *entities.RESOURCES,
    *check_definitions.RESOURCES,
    *alert_definitions.RESOURCES,
    *downtimes.RESOURCES,
    *history.RESOURCES,
    *dashboards.RESOURCES,
    *groups.RESOURCES,
    *search.RESOURCES,
    *status.RESOURCES,
    *trials.RESOURCES,
    *views.RESOURCES,
]
