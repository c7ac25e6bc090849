"""What the document of the API says of this dialect: its objects, the parts of its paths and its query parameters.

Only what writes the document imports this; the tests hold every answer against it.
"""

from __future__ import annotations

from chalicelib.api.hostedgraphite import criteria, muting, notifications, schedules, validation, wire
from chalicelib.api.hostedgraphite.metrics import LIMIT_MAX, TARGETS_MAX
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
    unchecked,
    whole,
    word,
)

TITLE = "Hosted Graphite Alerts API v2, sink, metrics and tags"

# What stands for the caller, each by itself.
SECURITY = {
    "basic": {"type": "http", "scheme": "basic", "description": "The key is the user name; no password."},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "keyInQuery": {"type": "apiKey", "in": "query", "name": "api_key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}

PARTS = {
    "alert": text("The id of the alert."),
    "notification": text("The id of the channel."),
    "schedule": text("The id of the scheduled mute."),
    "tag": text("The name of the tag."),
}

_TYPE = text(f"One of {', '.join(criteria.names())}.")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

QUERY = {
    "name": text("Only those of this name; may be repeated."),
    "id": text("Only those of this id; may be repeated."),
    "alert_id": text("The same as id."),
    "search": text("Only alerts that this search string fits."),
    "page": whole("Which page; 1.", 1),
    "max": whole("How many there are on a page.", 1, wire.PAGE_MAX),
    "days": whole("Over how many days.", 1, muting.DAYS_MAX),
    "status": word(*muting.STATUS, about="Only events of this kind."),
    "type": text("Only channels of this type; may be repeated."),
    "description": text("Only channels with this description; may be repeated."),
    "descriptions": text("The same as description."),
    "start_time": text("Only those that begin then."),
    "duration": text("Only those that last so many minutes."),
    "timezone": text("Only those by these clocks."),
    "repeat": text("Only those of this day."),
    "pattern": text("A name of a series, with * ? [] {a,b}."),
    "with_times": word("1", "true", "yes", "0", "", about="1: with the Unix times of the newest points."),
    "only_updated_after": whole("Only series with a point after this Unix time."),
    "only_updated_before": whole("Only series without a point after this Unix time."),
    "filter": text("A regular expression that the beginning must match."),
    "limit": whole("At most so many.", 1, LIMIT_MAX),
    "expr": text("A condition as in name=value, name!=value, name=~regex; may be repeated."),
    "path": text("A name of a series."),
    "target": text(f"A Graphite target; may be repeated, at most {TARGETS_MAX} times."),
    "from": text("A Unix time, or a time before now as in -24h."),
    "until": text("A Unix time, or a time before now."),
    "format": word("json"),
}

_CRITERION: dict[str, Schema] = {
    "type": _TYPE,
    "above_value": number("For above and outside_bounds."),
    "below_value": number("For below and outside_bounds."),
    "time_period": whole("For how many minutes it must be so."),
}
_BOUNDS = ("above_value", "below_value", "time_period")
_NUMBER = or_null(either(number(), text(), about="A number, as text too."))
_GIVEN: dict[str, Schema] = {"type": _TYPE, **dict.fromkeys(_BOUNDS, _NUMBER)}
_LISTED = or_null(either(listed(text()), text(), about="Ids or names."))
_EVERY = either(
    word("state_change", "", None),
    listed({}, most=2),
    about='["state_change"], or ["every", minutes]; every hour.',
)

_CRITERIA = {
    "metric": text("A name, a pattern, or any Graphite target."),
    "alert_criteria": record(_CRITERION, optional=_BOUNDS, about="The criterion that is called a."),
    "additional_criteria": table(
        record({**_CRITERION, "metric": text()}, optional=_BOUNDS), "Further criteria, by their letters."
    ),
    "expression": text("How they are joined, as in a && (b || !c)."),
    "on_query_failure": or_null(word("ignore", "notify", about="What is done when a target cannot be computed.")),
}
_ALERT_FIELDS: dict[str, Schema] = {
    "name": text(maxLength=validation.NAME_MAX),
    "metric": text("A name, a pattern, or any Graphite target.", maxLength=validation.METRIC_MAX),
    "alert_criteria": fields(_GIVEN, required=("type",), about="The criterion that is called a."),
    "additional_criteria": or_null(
        either(
            table(fields({**_GIVEN, "metric": text()}, required=("type", "metric"))),
            text(maxLength=0),
            about="Further criteria, by their letters.",
        )
    ),
    "expression": or_null(text("How they are joined, as in a && (b || !c).")),
    "scheduled_mutes": _LISTED,
    "info": or_null(text("A text that goes with every message.", maxLength=validation.INFO_MAX)),
    "notification_channels": _LISTED,
    "notification_type": _EVERY,
    "on_query_failure": word("ignore", "notify", None, about="What is done when a target cannot be computed."),
}
_ALERT_BODY = {name: _ALERT_FIELDS[name] for name in validation.FIELDS} | unchecked(*validation.READ_ONLY)

_MINUTES = either(whole("", 1, muting.MUTE_MAX), text(pattern="^[0-9]+$"), about="Minutes.")
_WHICH = {
    "ids": or_null(either(listed(text()), text(maxLength=0), about="Ids of alerts.")),
    "search": or_null(text("A search string.")),
}

_CHANNEL: dict[str, Schema] = {
    "type": text(f"{', '.join(notifications.DESTINATIONS)} can be made here; others are shown."),
    "destination": text("An address, a number, a key or a web address, as the type wants it."),
    "description": text("What the channel is called.", maxLength=notifications.DESCRIPTION_MAX),
    "auto_resolve": truth("Whether the end of a problem is told."),
}
_CHANNEL_BODY = {name: _CHANNEL[name] for name in notifications.FIELDS} | {
    "id": {},
    "auto_resolve": or_null(_CHANNEL["auto_resolve"]),
}

_SCHEDULE: dict[str, Schema] = {
    "name": text(maxLength=schedules.NAME_MAX),
    "start_time": text("When it begins, as in 22:30.", pattern="^[0-9]{2}:[0-9]{2}$"),
    "duration": whole("Minutes."),
    "timezone": text("By whose clocks: UTC+2, or Europe/Helsinki."),
    "repeat": listed(word(*_DAYS), "On which days; once if there are none."),
}
_SCHEDULE_BODY: dict[str, Schema] = {
    "name": _SCHEDULE["name"],
    "start_time": text("When it begins, as in 22:30."),
    "duration": either(whole(), text(pattern="^[0-9]+$"), about="Minutes."),
    "timezone": or_null(text("By whose clocks: UTC+2, or Europe/Helsinki; UTC.")),
    "repeat": or_null(listed(text(), "On which days; once if there are none.")),
}

_EVENT = record(
    {
        "status": word("alerting", "healthy"),
        "value": or_null(number()),
        "time": text("Unix time."),
        "metric": or_null(text()),
    }
)
_NEXT = either(whole(), word(False), about="The number of the next page; false if there is none.")

# Bodies that may also come as a form.
FORMS = ("Pattern", "Path")

_WARNINGS = listed(text(), "Why the alert cannot fire as things are; not there if it can.")

SCHEMAS = {
    "Error": record({"error": text("What is wrong."), "field": text("The field that is wrong.")}, optional=("field",)),
    "Nothing": record({}),
    "Made": record({"id": text(), "url": text("Its path."), "warnings": _WARNINGS}, optional=("warnings",)),
    "Page": record({"page_url": or_null(text("Where it is; null while it is switched off.", format="uri"))}),
    "Alert": record(
        {
            "name": text(),
            "id": text(),
            **_CRITERIA,
            "notification_channels": listed(text(), "Ids."),
            "notification_type": listed({}, '["state_change"], or ["every", minutes].', most=2),
            "scheduled_mutes": listed(text(), "Ids."),
            "currently_triggered_metrics": listed(text(), "The series that breach."),
            "muted": truth(),
            "status": word("alerting", "healthy"),
            "info": or_null(text()),
            "warnings": _WARNINGS,
        },
        optional=("warnings",),
    ),
    "Alerts": record({"alerts": listed(named("Alert")), "next_page": _NEXT}),
    "AlertFields": fields(
        _ALERT_BODY, about=f"{', '.join(validation.READ_ONLY)} are passed over: an alert may be read and sent back."
    ),
    "NewAlert": fields(_ALERT_BODY, required=("name", "metric", "alert_criteria")),
    "BacktestFields": fields(
        {
            "alert": fields(_ALERT_BODY, about="What creating an alert takes; its name may be left out."),
            "from": or_null(either(whole(), text(), about="Unix time; a day before until.")),
            "until": or_null(either(whole(), text(), about="Unix time; now.")),
        },
        required=("alert",),
    ),
    "Backtest": record(
        {
            "flips": listed(
                record(
                    {
                        "status": word("alerting", "healthy"),
                        "time": text("Unix time."),
                        "value": or_null(number()),
                        "metric": or_null(text()),
                        "reason": text(),
                    }
                )
            ),
            "step": whole("After how many seconds it was judged again."),
            "judged": whole("How often it was judged."),
        }
    ),
    "History": table(listed(_EVENT), "By the ids of alerts, newest first."),
    "Duration": record({"duration": whole("Minutes.")}),
    "MuteOne": fields({"duration": _MINUTES}, required=("duration",)),
    "MuteMany": fields({**_WHICH, "duration": _MINUTES}, required=("duration",)),
    "UnmuteMany": fields(_WHICH),
    "Muted": record({"ids": listed(text()), "duration": whole("Minutes.")}),
    "Unmuted": record({"ids": listed(text())}),
    "Mute": record(
        {
            "id": text(),
            "name": text(),
            "muted": truth(),
            "duration": or_null(
                either(whole(), number(), about="How many minutes are left; null while the alert is paused.")
            ),
            "scheduled_mutes": listed(text()),
        }
    ),
    "Channel": record({**_CHANNEL, "id": text()}),
    "Channels": record({"notifications": listed(named("Channel")), "next_page": _NEXT}),
    "ChannelFields": fields(_CHANNEL_BODY),
    "NewChannel": fields(_CHANNEL_BODY, required=("type", "description", "destination")),
    "Schedule": record({**_SCHEDULE, "id": text(), "alerts": listed(text(), "The alerts that have it.")}),
    "Schedules": record({"scheduled_mutes": listed(named("Schedule")), "next_page": _NEXT}),
    "ScheduleFields": fields(_SCHEDULE_BODY),
    "NewSchedule": fields(_SCHEDULE_BODY, required=("name", "start_time", "duration")),
    "Found": record(
        {
            "results": listed(text()),
            "metrics_matched": whole(),
            "total_metrics": whole(),
            "next_page": _NEXT,
            "times": listed(whole(), "Unix times."),
        },
        optional=("times",),
    ),
    "Pattern": fields({"pattern": text("A name of a series, with * ? [] {a,b}.")}),
    "Path": fields({"path": text("A name of a series.")}),
    "Deleted": record({"deleted": listed(text(), "The names of the series that are gone.")}),
    "Done": truth(),
    "Tags": listed(record({"tag": text()})),
    "TagValues": record({"tag": text(), "values": listed(record({"value": text(), "count": whole()}))}),
    "Names": listed(text()),
    "Rendered": listed(
        record(
            {
                "target": text(),
                "tags": table(text()),
                "datapoints": listed(
                    {"type": "array", "prefixItems": [or_null(number("The value.")), whole("Unix time.")]}
                ),
            }
        )
    ),
}
