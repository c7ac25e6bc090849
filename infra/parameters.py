"""The parameters of the deployed stack, and the variables of its functions that they set: one for each setting, and
those of the stack alone.

Parameters and their constraints as in the AWS CloudFormation User Guide, "Parameters".
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from chalicelib import settings as package_settings
from chalicelib.settings import ADDRESS, PLACES, RANGES, SHAPES, Settings, Shape
from infra.resources import SMS_LOG, name_of

Parameters = dict[str, Any]

LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)
# What Lambda runs functions on (AWS::Lambda::Function, Architectures).
ARCHITECTURES = ("x86_64", "arm64")
# Settings that name the installation: fixed when it is packaged, since its tables and queues are called by them.
_FIXED = ("stage", "prefix")
# Settings of which the stage says itself what they are. Only a place has its home elsewhere.
_GIVEN: dict[str, Any] = {"sms_log": SMS_LOG, "home_region": ""}
# What each setting is to its owner.
SENTENCES = {
    "site_name": "What the installation calls itself, also as the name of the mails' sender.",
    "site_root": "The address in mails and in the API's answers; the API's own when empty.",
    "ping_endpoint": "The address below which checks are pinged; /ping below SiteRoot when empty.",
    "mail_to": "The owner's address, for alerts that name no channel and word of an absence of the monitor itself.",
    "watched_by": "The address of a heartbeat elsewhere that is called after each sweep; none when empty.",
    "check_limit": "How many checks a project may have that has no limit of its own.",
    "ping_body_limit": "How many bytes of a ping's body are kept.",
    "ping_log_limit": "How many pings of a check are listed.",
    "ping_days": "How many days pings are kept.",
    "flip_days": "How many days changes of a status are kept.",
    "due_shards": "Over how many partitions deadlines are spread; each takes about 500 pings a second.",
    "outbox_shards": "Over how many partitions news is spread that waits to be told.",
    "wheel_shards": "Over how many partitions the probes, rules and commands of one minute are spread.",
    "result_days": "How many days the results of probes are kept.",
    "value_days": "How many days the results of check commands are kept.",
    "raw_days": "How many days the points of a metric are kept as they came.",
    "minute_days": "How many days the sums of a metric's minutes are kept.",
    "hour_days": "How many days the sums of a metric's hours are kept.",
    "location": "What results and outages call the place from which this stack probes.",
    "locations": "Every place that is probed from with its region, home first; home alone when empty.",
    "allowed_networks": "Private networks that webhooks, probes and check commands may reach, as in 10.1.0.0/16.",
    "topic_prefix": "How the names of the SNS topics begin that channels may publish to; * for all.",
    "lean_transport": "Whether tables are called by the package's own transport in place of botocore's.",
    "confirm_addresses": "Whether news goes only to those addresses and numbers whose owners have confirmed it.",
}


def parameters() -> Parameters:
    """One parameter for each setting, and those of the stack alone. Every one has a default."""
    own = {name_of(field.name): _parameter(field.name) for field in _adjustable()}
    own["SiteName"] |= _shaped(Shape(r'[^"\\<>\r\n]{0,60}', 'at most 60 characters, no " \\ < >'))
    own["MailFrom"] = _text("alerts@localhost", "The sender of every mail; an address or domain that SES has verified.")
    own["MailFrom"] |= _shaped(ADDRESS)
    own["AlarmEmail"] = _text("", "Who is told of alarms; nobody when empty.") | _shaped(_or_empty(ADDRESS))
    own["CommandRoles"] = {
        "Type": "CommaDelimitedList",
        "Default": "",
        "AllowedPattern": r"(arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=.@/-]{1,512})?",
        "ConstraintDescription": "must be ARNs of roles, separated by commas, without wildcards",
        "Description": "The roles that check commands may assume to ask AWS; none when empty.",
    }
    own["LogDays"] = {
        "Type": "Number",
        "Default": 30,
        "AllowedValues": list(LOG_DAYS),
        "Description": "How many days logs are kept.",
    }
    own["SmsReports"] = choice(
        ("yes", "no"), "Whether SNS is asked to log text messages that fail: of the whole account, in this region."
    )
    words = "Whether every table can be restored to any second of the last 35 days and is protected from deletion."
    own["Protection"] = choice(("unset", "on", "off"), words)
    words = "What the functions run on, for which the package must have been made."
    own["Architecture"] = choice(ARCHITECTURES, words)
    own["Tracing"] = choice(
        ("off", "on"),
        "Whether X-Ray traces the functions; not the gateway, whose traces would hold paths with codes in them.",
    )
    return own


def home_region() -> Parameters:
    """The parameter that a place has beside those of the stage."""
    words = "The region of the stage that the place probes for."
    return {"HomeRegion": _text("", words) | _shaped(SHAPES["home_region"])}


def choice(words: tuple[str, ...], description: str) -> Parameters:
    """One of some words, the first if nobody says."""
    return {"Type": "String", "Default": words[0], "AllowedValues": list(words), "Description": description}


def _adjustable() -> list[Any]:
    return [field for field in fields(Settings) if field.name not in (*_FIXED, *_GIVEN, *package_settings.BY_AWS)]


def _parameter(setting: str) -> Parameters:
    default = getattr(Settings(), setting)
    described = SENTENCES.get(setting, "")
    if setting in RANGES:
        low, high = RANGES[setting]
        return {"Type": "Number", "Default": default, "MinValue": low, "MaxValue": high, "Description": described}
    if isinstance(default, bool):
        return choice(("true", "false"), described) | {"Default": "true" if default else "false"}
    made = _text(default if isinstance(default, str) else " ".join(default), described)
    shape = PLACES if setting == "locations" else SHAPES.get(setting)
    return made | _shaped(_or_empty(shape)) if shape else made


def _text(default: str, description: str) -> Parameters:
    return {"Type": "String", "Default": default, "Description": description}


def _shaped(shape: Shape) -> Parameters:
    return {"AllowedPattern": shape.pattern, "ConstraintDescription": f"must be {shape.words}"}


def _or_empty(shape: Shape) -> Shape:
    return Shape(f"({shape.pattern})?", f"{shape.words}, or empty")


def fixed(settings: Settings) -> dict[str, str]:
    """The variables that name the installation."""
    return {f"TOCSIN_{name.upper()}": getattr(settings, name) for name in _FIXED}


def adjustable() -> dict[str, Any]:
    """The variables that parameters set; a variable that is empty means the setting's default."""
    values: dict[str, Any] = {f"TOCSIN_{field.name.upper()}": {"Ref": name_of(field.name)} for field in _adjustable()}
    values |= {f"TOCSIN_{name.upper()}": value for name, value in _GIVEN.items()}
    return {**values, "TOCSIN_MAIL_FROM": {"Fn::Sub": '"${SiteName}" <${MailFrom}>'}}
