"""What the document of the API says of this dialect: its objects, the parts of its paths and its query parameters.

Only what writes the document imports this; the tests hold every answer against it.
"""

from __future__ import annotations

from chalicelib.api.healthchecks.channels import SETTINGS_MAX
from chalicelib.api.healthchecks.management import LARGEST_MOMENT, LIST_MAX, YEAR
from chalicelib.api.healthchecks.validation import RULES
from chalicelib.gateway.schemas import (
    either,
    fields,
    listed,
    moment,
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
from chalicelib.monitor.managing.channels import NAME_MAX, REMIND_MAX

TITLE = "Healthchecks Management API and Pinging API"

# What stands for the caller, each by itself.
SECURITY = {"apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}

PARTS = {
    "code": text("The uuid of the check or channel. To read a check, its unique_key will do."),
    "n": text("The number of the ping.", pattern="^[0-9]{1,12}$"),
    "first": text("The uuid of the check, or the ping key of the project."),
    "second": text("Behind a uuid: start, fail, log or an exit status from 0 to 255. Behind a ping key: the slug."),
    "third": text("Behind a slug: start, fail, log or an exit status from 0 to 255."),
}

QUERY = {
    "tag": text("Only checks with this tag; may be repeated, and then a check has all of them."),
    "slug": text("Only checks with this slug."),
    "limit": whole("At most so many checks; all without it.", 1, LIST_MAX),
    "offset": whole("Without the first so many checks.", 0, LIST_MAX),
    "seconds": whole("Only flips of the last so many seconds.", 0, YEAR),
    "start": whole("Only flips from this Unix time on.", 0, LARGEST_MOMENT),
    "end": whole("Only flips before this Unix time.", 0, LARGEST_MOMENT),
    "create": word("1", "0", about="1: make the check if there is none of this slug."),
    "rid": text("A uuid that pairs the beginning of a run with its end.", format="uuid"),
}

_DEFINITION = {
    "name": text("What people call it."),
    "slug": text("What the addresses of its pings call it, behind the ping key."),
    "tags": text("Its tags, separated by spaces."),
    "desc": text("A description."),
    "grace": whole("How many seconds a ping may be late before anybody is told."),
}
_STATE = {
    "n_pings": whole("How many pings have come."),
    "status": word(
        *("new", "up", "grace", "down", "paused", "started"),
        about="grace: the ping is late, and nobody has been told. In v1 a check with a run under way is started.",
    ),
    "started": truth("Whether a run is under way."),
    "last_ping": or_null(moment("When the last ping came.")),
    "next_ping": or_null(moment("When the next ping is expected.")),
}
_FILTERS = {
    "manual_resume": truth("Whether a paused check stays paused when a ping comes."),
    "methods": word("", "POST", about="POST: only requests of this method are pings."),
    "subject": text("Older name of success_kw; empty unless subjects of mails are looked at."),
    "subject_fail": text("Older name of failure_kw; empty unless subjects of mails are looked at."),
    "start_kw": text("Words, separated by commas, that make a ping the beginning of a run."),
    "success_kw": text("Words, separated by commas, that make a ping a success."),
    "failure_kw": text("Words, separated by commas, that make a ping a failure."),
    "filter_subject": truth("Whether the words are looked for in the subject of a mail."),
    "filter_body": truth("Whether the words are looked for in the body of a mail."),
    "filter_http_body": truth("Whether the words are looked for in the body of a request."),
    "filter_default_fail": truth("Whether a ping with none of the words is a failure."),
}
_ADDRESSES = {
    "uuid": text("The code of the check; whoever has it can ping.", format="uuid"),
    "ping_url": text("Where its pings go.", format="uri"),
    "update_url": text("Where it is read, changed and deleted.", format="uri"),
    "pause_url": text("Where it is paused.", format="uri"),
    "resume_url": text("Where it is resumed.", format="uri"),
    "channels": text("The ids of the channels that are told, separated by commas."),
}
_RHYTHM = {
    "timeout": whole("The period in seconds, where it is simple."),
    "schedule": text("A cron or OnCalendar expression, where the period is no simple one."),
    "tz": text("The time zone of the schedule."),
}

# Nobody looks at it where the key is in the header.
_KEY = {"api_key": {"description": "The API key, where it is not in the header X-Api-Key."}}

_CHANNEL = {
    "id": text("The uuid of the channel.", format="uuid"),
    "name": text("What people call it."),
    "kind": text("email, sms, webhook, slack and so on."),
}

_FULL_CHANNEL = {
    **_CHANNEL,
    "settings": table({}, "As the kind wants them, their secrets covered."),
    "remind": whole("After how many seconds a problem is told again, 0 for never."),
    "last_error": text("Why it could not be told the last time; empty if it could."),
}

SCHEMAS = {
    "Error": record({"error": text("What is wrong.")}),
    "Check": record(
        {
            **_DEFINITION,
            **_STATE,
            **_FILTERS,
            "badge_url": text("A picture of its status.", format="uri"),
            "last_duration": whole("How many seconds the last run took, where that is known."),
            "unique_key": text("Stands in place of the uuid for keys that may only read."),
            **_ADDRESSES,
            **_RHYTHM,
        },
        optional=("last_duration", "unique_key", *_ADDRESSES, *_RHYTHM),
        about="A check as it is. A key that may only read sees no address that changes anything.",
    ),
    "CheckFields": fields({name: rule.schema for name, rule in RULES.items()} | _KEY),
    "KeyAlone": fields(_KEY),
    "Checks": record({"checks": listed(named("Check"))}),
    "Ping": record(
        {
            "type": word("success", "start", "fail", "log", "ign", about="What the ping said."),
            "date": moment("When it came."),
            "n": whole("Its number."),
            "scheme": text("http, https or email."),
            "remote_addr": text("Where it came from."),
            "method": text("The method of the request."),
            "ua": text("What sent it."),
            "rid": or_null(text("The id of its run.", format="uuid")),
            "body_url": or_null(text("Where its body is, if it has any.", format="uri")),
            "duration": number("How many seconds the run took that it ended."),
        },
        optional=("duration",),
    ),
    "Pings": record({"pings": listed(named("Ping"), "Newest first.")}),
    "Page": record({"page_url": or_null(text("Where it is; null while it is switched off.", format="uri"))}),
    "Flip": record({"timestamp": moment("When it happened."), "up": word(0, 1, about="1: up from then on.")}),
    "Flips": record({"flips": listed(named("Flip"), "Newest first.")}),
    "Badges": record(
        {
            "badges": table(
                record({name + more: text(format="uri") for name in ("svg", "json", "shields") for more in ("", "3")}),
                "By tag, * for all checks: addresses of badges with two states, and with three where the name ends so.",
            )
        }
    ),
    "Channels": record({"channels": listed(record(_CHANNEL))}),
    "Channel": record(_FULL_CHANNEL),
    "DeletedChannel": record(
        {
            **_FULL_CHANNEL,
            "checks_affected": whole("How many checks of all dialects were told through it."),
            "checks_unheard": listed(text(format="uuid"), "Those of them that nobody hears of now."),
        }
    ),
    "ChannelFields": fields(
        {
            "kind": text("email, sms, sns, webhook, slack and so on. It cannot be changed."),
            "name": text(maxLength=NAME_MAX),
            "settings": table({}, f"As the kind wants them, at most {SETTINGS_MAX} bytes."),
            "remind": whole("After how many seconds a problem is told again, 0 for never.", 0, REMIND_MAX),
            **_KEY,
        }
    ),
    "Message": record({"message": text()}),
    "Notification": record(
        {
            "check": text("The uuid of the check."),
            "status": text("The status that was told."),
            "flip": moment("When the status changed."),
            "reminder": either(whole(), truth(), about="Which reminder it was, 0 for the first telling."),
            "state": text("sending, sent, retry or failed."),
            "attempts": whole("How often it was tried."),
            "error": text("Why it could not be told."),
            "date": or_null(moment("When it was tried the last time.")),
            "next_attempt": or_null(moment("When it is tried again.")),
        }
    ),
    "Notifications": record({"notifications": listed(named("Notification"), "Newest first.")}),
}
