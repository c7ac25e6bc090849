"""What the document of the API says of this dialect: its objects, the parts of its paths and its query parameters.

Only what writes the document imports this; the tests hold every answer against it.
"""

from __future__ import annotations

from chalicelib.api.zmon import entities
from chalicelib.gateway.schemas import Schema, either, fields, listed, named, record, table, text, truth, whole

TITLE = "ZMON REST API"

# What stands for the caller, each by itself.
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic", "description": "The key is the password, the user is the author."},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "keyInQuery": {"type": "apiKey", "in": "query", "name": "api_key"},
}

PARTS: dict[str, Schema] = {
    "entity": text("The id of the entity."),
}

QUERY: dict[str, Schema] = {
    "query": text("A JSON object that an entity must contain, or a list of those, of which it must contain one."),
    "exclude": text("Without the entities that carry this tag; may be repeated."),
    "limit": whole("At most so many; all without it.", 1, entities.LIMIT_MAX),
    "after": text("Only those behind this id."),
}

# The filters of definitions: of a list of them one must hold.
_FILTERS = listed(table({}))

SCHEMAS: dict[str, Schema] = {
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
            "include_filters": either(listed(_FILTERS), _FILTERS, about="Each of the lists must take an entity."),
            "exclude_filters": either(listed(_FILTERS), _FILTERS, about="None of the lists may take it."),
            "local": truth("Passed over."),
        }
    ),
    "Matching": record(
        {
            "count": whole(),
            "entities": listed(record({"id": text(), "type": text()})),
            "message": text("Always empty: what is wrong is an error."),
        }
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
