"""What the document of the API says of this dialect: its objects, the parts of its paths and its query parameters.

Only what writes the document imports this; the tests hold every answer against it.
"""

from __future__ import annotations

from chalicelib.gateway.schemas import Schema, listed, record, text, whole

TITLE = "ZMON REST API"

# What stands for the caller, each by itself.
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic", "description": "The key is the password, the user is the author."},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "keyInQuery": {"type": "apiKey", "in": "query", "name": "api_key"},
}

PARTS: dict[str, Schema] = {}

QUERY: dict[str, Schema] = {}

SCHEMAS: dict[str, Schema] = {
    "Error": record({"message": text("What is wrong.")}),
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
