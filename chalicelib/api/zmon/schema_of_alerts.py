"""What the document of the API says of alerts as they are seen, of results and of trials."""

from __future__ import annotations

from chalicelib.api.zmon import trials, views
from chalicelib.gateway.schemas import (
    Schema,
    either,
    fields,
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

PARTS: dict[str, Schema] = {
    "alert": text("The number of the alert."),
    "alerts": text("The numbers of alerts, with commas between them."),
}

QUERY: dict[str, Schema] = {
    "team": text("Of one of these teams, or one that they are responsible for, with commas between them."),
    "tags": text("With one of these tags, with commas between them."),
    "id": text("The numbers of alerts, with commas between them or repeated; of a trial its id."),
    "alert_id": text("The number of the alert."),
    "check_id": text("The number of the check."),
    "entity": text("Of this entity alone."),
}

_MOMENT = number("Seconds since 1970.")
_FOUND = {
    "ts": _MOMENT,
    "td": number("How many seconds it took."),
    "value": {"description": "What the check found; the text of the error where `exc` is there."},
    "worker": text(),
    "exc": word(1),
}
RESULT = record(_FOUND, optional=("exc",))
_CAPTURES = table({}, "What was captured, by name; `exception` is why the condition cannot be evaluated.")
_ACTIVE = record(
    {
        **_FOUND,
        "captures": _CAPTURES,
        "downtimes": named("Downtimes"),
        "start_time": number("Since when it is in alert, in seconds since 1970."),
    },
    optional=("exc",),
)
_LATEST = record(
    {
        "entity": text(),
        "results": listed(named("Result"), "Newest first."),
        "active_alert_ids": listed(whole(), "The alerts on the check that it is in."),
        "entities_count": {"type": "null"},
    }
)

SCHEMAS: dict[str, Schema] = {
    "Result": RESULT,
    "ActiveEntity": _ACTIVE,
    "AlertStatus": table(table(named("ActiveEntity"), "By entity."), "By the number of the alert."),
    "Results": listed(_LATEST),
    "EntityQuery": either(table({}), listed(table({}))),
    "Coverage": listed(
        record(
            {
                "alerts": listed(record({"id": whole(), "name": text()})),
                "entities": listed(record({"id": text(), "type": text()})),
            }
        )
    ),
    "Alert": record(
        {
            "alert_definition": table({}, "The definition with what it inherits."),
            "entities": listed(
                record({"entity": text(), "result": named("ActiveEntity")}),
                f"Those in alert; in lists the first {views.ENTITIES_LISTED}.",
            ),
            "entities_count": whole("How many are in alert."),
            "message": text("The name, filled with what was captured of entities that are in no downtime."),
            "notifications_ack": word(False),
        }
    ),
    "Alerts": listed(named("Alert")),
    "TrialFields": fields(
        {
            "name": or_null(text()),
            "check_command": text("The command, as a check definition has it."),
            "alert_condition": text("The condition, as an alert definition has it."),
            "interval": or_null(whole("In seconds; a minute without it.", 1, trials.INTERVAL_MAX)),
            "entities": listed(table({}), "Filters as a check definition has them, each with a type."),
            "entities_exclude": or_null(listed(table({}))),
            "parameters": or_null(table({})),
            "period": or_null(text()),
            "check_definition_id": or_null(whole("Our own: a check whose results the condition can look back at.")),
        },
        required=("check_command", "alert_condition", "entities"),
    ),
    "TrialNamed": record({"id": text()}),
    "TrialResults": record(
        {
            "percentage": whole("Of how many entities there is a result.", 0, 100),
            "results": listed(
                record(
                    {
                        "entity": table({}),
                        "value": named("Result"),
                        "captures": _CAPTURES,
                        "is_alert": truth(),
                        "in_period": truth(),
                    }
                )
            ),
        }
    ),
    "BacktestFields": fields(
        {
            "alert_definition_id": or_null(whole("What it says holds where nothing else is given here.")),
            "condition": or_null(text()),
            "check_definition_id": or_null(whole()),
            "entities": or_null(listed(table({}))),
            "entities_exclude": or_null(listed(table({}))),
            "parameters": or_null(table({}, "In the place of those of the definition, each by itself.")),
            "entity_ids": or_null(listed(text(), "Only these entities.")),
            "from": or_null(number("Seconds since 1970; a day before until without it.")),
            "until": or_null(number("Seconds since 1970; now without it.")),
        }
    ),
    "Backtest": record(
        {
            "entities": listed(
                record(
                    {
                        "entity": text(),
                        "judged": whole("How many results were judged."),
                        "flips": listed(
                            record({"is_alert": truth(), "time": _MOMENT, "captures": _CAPTURES, "reason": text()})
                        ),
                    }
                )
            )
        }
    ),
}
