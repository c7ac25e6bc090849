"""What the document of the API says of this dialect: its objects, the parts of its paths and its query parameters.

Only what writes the document imports this; the tests hold every answer against it.
"""

from __future__ import annotations

from chalicelib.api.zmon import (
    alert_definitions,
    check_definitions,
    dashboards,
    downtimes,
    entities,
    history,
    schema_of_alerts,
    search,
)
from chalicelib.api.zmon import fields as readers
from chalicelib.core.windows import DAYS, DURATION_MAX
from chalicelib.gateway.schemas import (
    Schema,
    either,
    fields,
    key_in_any_place,
    listed,
    named,
    number,
    or_null,
    record,
    table,
    text,
    truth,
    whole,
    word,
)
from chalicelib.monitor.managing import validity

TITLE = "ZMON REST API"

SECURITY = key_in_any_place("The key is the password, the user is the author.")

PARTS: dict[str, Schema] = {
    "entity": text("The id of the entity."),
    "check": text("The number of the check definition."),
    **schema_of_alerts.PARTS,
    "dashboard": text("The number of the dashboard."),
    "downtime": text("The id of the downtime."),
    "uid": text("The uid of the dashboard."),
    "group": text("The name of the group."),
    "person": text("The name or address of the person."),
    "phone": text("The telephone number."),
    "name": text("The name."),
}

QUERY: dict[str, Schema] = {
    "id": whole("The number of the alert definition."),
    "query": text(
        "Of entities: a JSON object that one must contain, or a list of those, of which it must contain one. Of the "
        "search: the beginning of an id, or a part of a name."
    ),
    "exclude": text("Without the entities that carry this tag; may be repeated."),
    "limit": whole(
        f"At most so many: all entities without it; of the search {search.LIMIT}, at most {search.LIMIT_MAX}.",
        1,
        entities.LIMIT_MAX,
    ),
    "teams": text("Only what is these teams', with commas between them."),
    "after": text("Only those behind this id."),
    "alert_definition_id": text("Only those of this alert; of downtimes it may be repeated."),
    "from": text("Nothing from before this second (Unix time)."),
    "to": text("Nothing from after this second (Unix time)."),
    "downtime_id": text("The id of an entity of an alert in a downtime; may be repeated."),
    **schema_of_alerts.QUERY,
}

_DASHBOARD = {
    "name": text(),
    "view_mode": word(*dashboards.VIEWS),
    **{name: listed(text()) for name in dashboards.LISTS},
    "widget_configuration": listed({}, "Whatever the web interface keeps of its widgets."),
}
_GRAFANA = table({}, "As Grafana has it, with uid and title.")
_RESULTS = listed(record({"id": text(), "title": text(), "team": text(), "url": text("Where it is read.")}))

# The filters of definitions: of a list of them one must hold.
_FILTERS = listed(table({}))
_SEVERAL = (listed(_FILTERS), _FILTERS)

_MODIFIED = {"last_modified": whole("Milliseconds of Unix time."), "last_modified_by": text()}
_CHECK = {
    "name": text(),
    "description": text(),
    **{name: or_null(text()) for name in check_definitions.TEXTS},
    "owning_team": text(),
    "entities": listed(
        table({}), "Which entities it is run for: of the objects, of which each names a type, one holds."
    ),
    "interval": whole("Seconds from one run to the next.", 1, validity.INTERVAL_MAX),
    "command": text("One expression or one function."),
    "status": word(*readers.STATUSES),
    "source_url": or_null(text()),
    "runtime": or_null(word(*check_definitions.RUNTIMES)),
    "criticality": or_null(text()),
}
_PARAMETER = record(
    {"value": {}, "comment": or_null(text()), "type": or_null(word(*validity.TYPES))},
)
_ALERT = {
    "name": or_null(text("May hold captures in braces.")),
    "description": or_null(text()),
    "team": text(),
    "responsible_team": text(),
    "entities": or_null(_FILTERS),
    "entities_exclude": or_null(_FILTERS),
    "condition": or_null(text()),
    "notifications": or_null(listed(text())),
    "check_definition_id": or_null(whole()),
    "status": word(*readers.STATUSES),
    "priority": or_null(whole("1 red, 2 orange, 3 yellow.", 1, 3)),
    "period": or_null(text()),
    "template": truth("It is not evaluated, others inherit from it."),
    "parent_id": or_null(whole()),
    "parameters": or_null(table(_PARAMETER)),
    "tags": or_null(listed(text())),
}
_SPAN = {
    "comment": text("Why.", maxLength=downtimes.COMMENT_MAX),
    "start_time": or_null(number("Seconds since 1970; now without it.")),
    "end_time": or_null(number("Seconds since 1970, within a year. Only one that comes again may have none.")),
}
_IDS = listed(text("The id of an entity."), most=downtimes.ENTITIES_MAX)
_RECURRING = {
    "at": text("The time of day at which it begins, as 02:30."),
    "duration": whole("In minutes.", 1, DURATION_MAX),
    "days": listed(word(*DAYS), "Weekdays; every day without any."),
    "timezone": text("As Europe/Berlin or UTC+2; UTC without it."),
}

SCHEMAS: dict[str, Schema] = {
    **schema_of_alerts.SCHEMAS,
    "Error": record({"message": text("What is wrong.")}),
    "Entity": {
        "type": "object",
        "properties": {"id": text(), "type": text()},
        "required": ["id", "type"],
        "additionalProperties": True,
        "description": "Whatever its owner says of it.",
    },
    "Entities": listed(named("Entity"), "In lists each has `last_modified`, the moment at which it was put, as text."),
    "EntityFilters": fields(
        {
            "include_filters": or_null(
                either(listed(_FILTERS), _FILTERS, about="Each of the lists must take an entity.")
            ),
            "exclude_filters": or_null(either(listed(_FILTERS), _FILTERS, about="None of the lists may take it.")),
            "local": or_null(truth("Passed over.")),
        }
    ),
    "Matching": record(
        {
            "count": whole(),
            "entities": listed(record({"id": text(), "type": text()})),
            "message": text("Always empty: what is wrong is an error."),
        }
    ),
    "CheckDefinition": record({"id": whole(), **_CHECK, **_MODIFIED, "deleted": truth("Always false.")}),
    "CheckDefinitions": record(
        {
            "snapshot_id": whole("Another number after every change."),
            "check_definitions": listed(named("CheckDefinition")),
        }
    ),
    "CheckDefinitionFields": fields(
        {"id": {}, **{name: {} for name in _CHECK}},
        required=("name", "description", "owning_team", "entities", "interval", "command", "status"),
    ),
    "AlertDefinition": record({"id": whole(), **_ALERT, **_MODIFIED}),
    "AlertNotifications": listed(
        record(
            {
                "notification": text("As it was written; who may only read sees no keys."),
                "delivered_as": or_null(text("The kind of channel.")),
                "trouble": or_null(text("Why it is not delivered, or was not the last time.")),
            }
        )
    ),
    "AlertDefinitionNodes": listed(named("AlertDefinition")),
    "AlertDefinitions": record(
        {
            "snapshot_id": whole("Another number after every change."),
            "alert_definitions": listed(named("AlertDefinition")),
        }
    ),
    "AlertDefinitionFields": fields(
        {"id": {}, **{name: {} for name in alert_definitions.FIELDS}},
        required=("team", "responsible_team", "status", "template"),
    ),
    "Downtime": record(
        {
            "comment": or_null(text()),
            "start_time": or_null(whole("Seconds since 1970.")),
            "end_time": or_null(whole("Seconds since 1970.")),
            "created_by": or_null(text()),
            "id": text(),
            "entities": listed(text(), "Those that any of the alerts is about."),
            "alert_definitions": listed(whole(), "Those that are about any of the entities."),
            "entity_filters": listed(table({}), "Our own."),
            "recurring": record(_RECURRING, about="Our own."),
        },
        optional=("entity_filters", "recurring"),
        about="Of one that is not there all is null or empty but its id.",
    ),
    "DowntimeFields": fields(
        {
            **_SPAN,
            "entities": or_null(_IDS),
            "alert_definitions": or_null(listed({}, "Numbers of alerts; all that are active without any.")),
            "entity_filters": or_null(
                listed(table({}), "Our own: entities that fit one of these, those that come later as well.")
            ),
            "recurring": or_null(fields(_RECURRING, required=("at", "duration"))),
        },
        required=("comment",),
    ),
    "Downtimes": listed(
        record(
            {
                "id": text(),
                "group_id": text("The id of the downtime."),
                "alert_id": whole(),
                "entity": text(),
                "comment": text(),
                "start_time": whole("Seconds since 1970."),
                "end_time": or_null(whole("Seconds since 1970.")),
                "created_by": text(),
            }
        )
    ),
    "DowntimesFields": fields(
        {
            **_SPAN,
            "recurring": or_null(fields(_RECURRING, required=("at", "duration"))),
            "downtime_entities": listed(fields({"alert_definition_id": {}, "alert_id": {}, "entity_ids": _IDS})),
        },
        required=("comment", "downtime_entities"),
    ),
    "Ids": listed(text()),
    "History": listed(
        record(
            {
                "time": number("Seconds since 1970."),
                "type_id": whole(),
                "type_name": word(*history.TYPES),
                "attributes": table(text()),
            }
        )
    ),
    "Number": whole(),
    "Dashboard": record(
        {
            "id": whole(),
            **_DASHBOARD,
            "last_modified": whole("Milliseconds of Unix time."),
            "last_modified_by": text(),
        }
    ),
    "DashboardFields": fields({name: {} for name in dashboards.FIELDS}, required=("name",)),
    "Grafana": record(
        {"dashboard": _GRAFANA, "meta": record({"folderId": whole(), "version": whole("How often it was put.")})}
    ),
    "GrafanaFields": either(
        fields(
            {
                "dashboard": _GRAFANA,
                "overwrite": truth("Whether one of the same uid is replaced."),
                "folderId": or_null(whole()),
            },
            required=("dashboard",),
        ),
        text("The same as a text of JSON."),
    ),
    "GrafanaKept": record({"status": word("success"), "uid": text(), "version": whole(), "url": text()}),
    "Groups": listed(
        record({"name": text(), "id": text(), "members": listed(text()), "active": listed(text(), "Who is on duty.")})
    ),
    "SearchResult": record(
        {"alerts": _RESULTS, "checks": _RESULTS, "dashboards": _RESULTS, "grafana_dashboards": _RESULTS}
    ),
    "Status": record(
        {
            "alerts_active": whole("How many alerts are active."),
            "workers_active": whole(),
            "workers_total": whole(),
            "check_invocations": whole(),
            "queue_size": whole(),
            "workers": listed({}),
            "queues": listed({}),
            "service_level_status": record(
                {
                    "ingest_max_check_tier": whole("3: every check."),
                    "query_max_check_tier": whole("3: every check."),
                    "query_distance_hours_limit": whole("0: every distance."),
                }
            ),
        }
    ),
}
