"""What the document of the API says of this dialect: its objects, the parts of its paths and its query parameters.

Only what writes the document imports this; the tests hold every answer against it.
"""

from __future__ import annotations

from chalicelib.api.alertra import checks, paging, words
from chalicelib.api.alertra.errors import CODES
from chalicelib.api.alertra.validation import (
    FULL_NAME,
    PERF_MAX,
    READ_ONLY,
    RETRIES,
    RETRY_DELAY,
    SHORT_NAME,
    WRITABLE,
)
from chalicelib.gateway.schemas import (
    Schema,
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
    unchecked,
    whole,
    word,
)

TITLE = "Alertra REST API v1.1"

# What stands for the caller, each by itself.
SECURITY = {
    "alertraKey": {"type": "apiKey", "in": "header", "name": "Alertra-API-Key"},
    "keyInQuery": {"type": "apiKey", "in": "query", "name": "api_key"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic"},
}

# In what every object can be answered besides JSON, and the parameters that ask for it.
ALSO = ("application/xml", "text/csv")
ALWAYS = ("fmt", "filename")

PARTS = {
    "device": text("The device_id of the device.", pattern="^[0-9a-fA-F]{48}$"),
    "check": text("The check_id of the result."),
    "window": text("The window_id of the maintenance."),
}

QUERY = {
    "fmt": word("json", "xml", "csv", about="The format of the answer; goes before the header Accept."),
    "filename": text("Makes the answer a download of this name."),
    "Limit": whole("At most so many.", 1, paging.LARGEST),
    "Offset": whole("Without the first so many.", 0, paging.LARGEST),
    "Timestamp1": moment("The beginning of the span; without an offset it is UTC."),
    "Timestamp2": moment("The end of the span, now at the latest."),
    "WithConfig": word("Y", "N", about="Y: with everything that can be written."),
    "StatusFormat": word("word", "code", about="code: D for down, else U."),
}

_STATE = {
    "device_id": text("48 hexadecimal digits."),
    "ShortName": text(maxLength=SHORT_NAME),
    "FullName": text(maxLength=FULL_NAME),
    "Method": text(f"How it is looked at: {', '.join(words.methods())}."),
    "URL": text("What is looked at: a web address, or a host."),
    "Frequency": whole("How many seconds lie between two looks."),
    "Status": word(*("Checking", "Up", "Retry", "Down", "Inactive", "Maintenance"), "U", "D"),
    "StatusSince": moment("Since when it is up, down or inactive."),
    "LastCheckResult": text("What was found the last time."),
}

_HOST_DATA: dict[str, Schema] = {
    "Host": text(),
    "Port": whole(),
    "Path": text(),
    "Verb": text("The method of the request."),
    "headers": table(text(), "Headers of the request."),
    "Body": text("The body of the request."),
    "User": text(),
    "Password": text("Shown as asterisks, which keep it when they are sent back."),
    "KeyPhrase": text("What must be in the answer."),
    "NotKeyPhrase": text("What must not be in the answer."),
    "ExpectCodes": text("Status codes that are good, as in 200-299,401."),
    "MinSize": whole("How many bytes the answer must have."),
    "MaxSize": whole("How many bytes the answer may have."),
    "Digest": text("The SHA-1 or SHA-256 of the answer."),
    "JSON": listed(
        record({"path": text(), "op": text(), "value": {}}, optional=("op", "value")),
        "What must be true of an answer in JSON.",
    ),
    "FollowRedirects": truth(),
    "VerifySSL": truth(),
    "CertDays": whole("Fails when the certificate has fewer days left."),
    "CertWarnDays": whole("Warns when the certificate has fewer days left."),
    "ServerName": text("The name that is asked for in TLS."),
    "DNSType": text("The type of record that is asked for."),
    "DNSExpect": listed(text(), "What must be among the answers, or all of them."),
    "DNSMatch": text("contains or exact."),
    "DNSServer": text(),
    "Send": text("What is sent after connecting."),
    "Expect": text("What must be answered."),
    "TLS": either(truth(), text("none, starttls or tls.")),
    "Domain": text("The domain whose end is looked for."),
    "Days": whole("Fails when the domain has fewer days left."),
    "WarnDays": whole("Warns when the domain has fewer days left."),
    "Database": text("The database to log in to (PostgreSQL)."),
    "Service": text("The service whose health is asked for (gRPC); none asks for the server's."),
}

_SETTINGS = {
    "Active": word("Y", "N"),
    "Timeout": whole("After how many seconds a look has failed."),
    "Retries": whole("How many further failures confirm one."),
    "RetryDelay": whole("After how many seconds a failure is looked at again."),
    "PerfWarn": or_null(whole("From how many milliseconds on a result is Slow.")),
    "PerfCrit": or_null(whole("From how many milliseconds on a result is Critical.")),
    "PerfDown": or_null(word("Slow", "Critical", about="Which of them counts as a failure.")),
    "Locations": listed(text(), "From where it is looked at; from home if there are none."),
    "MasterDevice": or_null(text("While this device is down, nobody is told of the other.")),
    "Contacts": listed(text(), "The channels that are told."),
    "HostData": fields(_HOST_DATA, about="How the host is spoken to. What there is depends on Method."),
}

_NUMBER = "A number, as text too."


def _written(schema: Schema) -> Schema:
    """A field as it may be sent: null takes it back to what a new device has."""
    return or_null(schema)


def _number(low: int, high: int, about: str) -> Schema:
    return _written(either(whole("", low, high), text(pattern="^-?[0-9]*$"), about=about))


_NAMES = either(listed(text()), text(), table(listed(text())), about="A list, or names separated by commas.")
_FIELDS = {
    "ShortName": _written(text(maxLength=SHORT_NAME)),
    "FullName": _written(text(maxLength=FULL_NAME)),
    "Method": _written(text("How it is looked at; without it, what the URL implies.")),
    "URL": _written(text("A web address; for what has none, a host, or host and port.")),
    "Frequency": _number(0, 86_400, "10, 30, or whole minutes from 60 to 86400, in seconds; 60."),
    "Active": _written(either(word("Y", "N"), truth(), text())),
    "Timeout": _number(1, 60, "After how many seconds a look has failed; 30."),
    "Retries": _number(0, RETRIES, "How many further failures confirm one; 1."),
    "RetryDelay": _number(0, RETRY_DELAY, "After how many seconds a failure is looked at again; 5."),
    "PerfWarn": _number(0, PERF_MAX, "From how many milliseconds on a result is Slow."),
    "PerfCrit": _number(0, PERF_MAX, "From how many milliseconds on a result is Critical."),
    "PerfDown": _written(word("", "Slow", "Critical", about="Which of them counts as a failure.")),
    "Locations": _written(_NAMES),
    "MasterDevice": _written(text("While this device is down, nobody is told of the other.")),
    "Contacts": _written(_NAMES),
    "HostData": _written(either(fields(unchecked(*_HOST_DATA)), text(maxLength=0), about="See Device.")),
}

_WINDOW = {
    "Start": moment("When it begins."),
    "End": or_null(moment("When it is over for good; null for never.")),
    "Days": listed(text(), "The days of the week, Mon to Sun; none for every day."),
    "At": text("When it begins on each of those days, as in 22:30.", pattern="^[0-9]{2}:[0-9]{2}$"),
    "Duration": text("How long it lasts each time, as in 02:00.", pattern="^[0-9]{2,}:[0-9]{2}$"),
    "TimeZone": text("By whose clocks."),
}
_WEEKLY = ("Days", "At", "Duration", "TimeZone")

_FIGURES = fields(
    {name: number() for name in checks.PHASES.values()}, about="Milliseconds, by the phases that there were."
)

SCHEMAS = {
    "Error": record(
        {
            "Error": record(
                {"Code": word(*CODES.values(), "Error"), "Message": text(), "Field": text("The field that is wrong.")},
                optional=("Field",),
            )
        }
    ),
    "Nothing": record({}),
    "Device": record({**_STATE, **_SETTINGS}, optional=tuple(_SETTINGS), about="The settings come with WithConfig=Y."),
    "WholeDevice": record({**_STATE, **_SETTINGS}),
    "Devices": listed(named("Device")),
    "Page": record({"PageURL": or_null(text("Where it is; null while it is switched off.", format="uri"))}),
    "DeviceFields": fields(
        {name: _FIELDS[name] for name in WRITABLE} | unchecked(*READ_ONLY),
        about=f"{', '.join(READ_ONLY)} are passed over, so that a device may be read and sent back.",
    ),
    "Start": fields({"Duration": _written(text("HH:MM, from 00:01 to 999:59."))}),
    "Window": record(
        {
            "window_id": text(),
            "device_id": text(),
            **{name: _WINDOW[name] for name in ("Start", "End")},
            "Active": word("Y", "N", about="Y: it holds now."),
            **{name: _WINDOW[name] for name in _WEEKLY},
            "Author": text("Who planned it."),
        },
        optional=(*_WEEKLY, "Author"),
    ),
    "Windows": listed(named("Window")),
    "WindowFields": fields(
        {
            "Start": _written(text("A moment; without an offset it is UTC.")),
            "End": _written(text("A moment; null until it is stopped.")),
            "Days": _written(either(listed(text()), text(), table({}), about="Mon to Sun; none for every day.")),
            "At": _written(text("When it begins on each of those days, as in 22:30.")),
            "Duration": _written(text("How long it lasts each time, as in 02:00.")),
            "TimeZone": _written(text("By whose clocks; UTC.")),
            **unchecked("window_id", "device_id", "Active", "Author"),
        },
        about="Start and End for once; Days, At, Duration and TimeZone for every week, which Start and End may bound.",
    ),
    "Result": record(
        {
            "check_id": text(),
            "Location": text("From where it was looked."),
            "Timestamp": moment("When the look began."),
            **{name: number("Milliseconds.") for name in ("BlockTime", "ConnectTime", "DNSTime", "SSLTime")},
            **{name: number("Milliseconds.") for name in ("TTFB", "TTLB", "RequestTime")},
            "Kbps": number(),
            "PerfStat": text("Ok, Slow or Critical."),
            "ResultCode": word(0, 1, 2, about="1 is good, 2 is good with a warning, 0 is failed."),
            "DataSize": whole("Bytes."),
            "CheckResult": text("What was found."),
        }
    ),
    "Results": listed(named("Result")),
    "Days": listed(
        record(
            {
                "Day": text("The day, by UTC.", format="date"),
                "Location": text(),
                "Count": whole("How many looks there were."),
                "Failures": whole("How many of them failed."),
                **dict.fromkeys(("Mean", "P50", "P95", "P99"), _FIGURES),
            }
        )
    ),
    "Uptime": record(
        {
            "Uptime": record(
                {
                    **{name: whole() for name in ("UpSeconds", "DownSeconds", "MaintenanceSeconds")},
                    "Outages": whole("How many outages touch the span."),
                    "UnknownSeconds": whole("Before the first look, or inactive."),
                }
            )
        },
        about="The seconds are the span, parted.",
    ),
    "Outages": listed(
        record(
            {
                "device_id": text(),
                "FullName": text(),
                "Start": moment(),
                "End": or_null(moment("Null while it lasts.")),
                "Seconds": whole("Within the span."),
                "MaintenanceSeconds": whole("How many of them were maintenance."),
                "Reason": text(),
                "Locations": listed(text(), "Which saw it."),
            }
        )
    ),
    "Locations": listed(record({"Location": text()})),
    "Contacts": listed(record({"contact_id": text(), "Name": text(), "Kind": text(), "LastError": text()})),
    "NotificationSchedules": listed({}, most=0),
}
