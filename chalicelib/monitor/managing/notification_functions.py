"""The functions that the notifications of an alert definition may call, and what each takes (ZMON, Notifications). One
is our own, `notify_channel`, by which channels of the project are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# By this an alert names channels of the project.
NAMING = "notify_channel"
_GONE = "the service is no more"
_NO_ACCOUNT = "there is no account for it here: send_sms, notify_pagerduty and notify_opsgenie reach telephones"


@dataclass(frozen=True, slots=True)
class Function:
    """A function that notifications may call. `takes` are its arguments beside addresses, in their order, with their
    types; `secret` those that open something. One `of_many` takes any number of addresses before them. `kind` is that
    of the channels, empty for none, and `why` says why. One that `names` channels of the project makes none."""

    takes: Mapping[str, tuple[type, ...]]
    kind: str = ""
    of_many: bool = False
    secret: frozenset[str] = frozenset()
    whole: bool = False
    names: bool = False
    why: str = ""


_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "flag": (bool,),
    "number": (int, float),
    "list": (list, str),
    "table": (dict,),
    "any": (str, bool, int, float, list, dict),
}


def _takes(*words: str) -> dict[str, tuple[type, ...]]:
    """Arguments, each as `name:type`."""
    return {name: _TYPES[kind] for name, _, kind in (one.partition(":") for text in words for one in text.split())}


_INCLUDE = "include_value:flag include_definition:flag include_captures:flag include_entity:flag"
_MAIL = Function(
    _takes("subject:text cc:list html:flag hide_recipients:flag", _INCLUDE, "per_entity:flag repeat:number"),
    "email",
    of_many=True,
)
_SMS = Function(_takes("message:text per_entity:flag repeat:number"), "sms", of_many=True)
_SLACK = Function(
    _takes("webhook:text channel:text message:text per_entity:flag repeat:number"),
    "slack",
    secret=frozenset({"webhook"}),
)
_GOOGLE = Function(
    _takes("webhook_link:text message:text multiline:flag per_entity:flag repeat:number"),
    "googlechat",
    secret=frozenset({"webhook_link"}),
)
_HTTP = Function(
    _takes(
        "url:text body:any params:table headers:table timeout:number oauth2:flag include_alert:flag",
        "per_entity:flag repeat:number",
    ),
    "webhook",
    secret=frozenset({"url", "body", "params", "headers"}),
)
_PAGERDUTY = Function(
    _takes(
        "message:text per_entity:flag include_alert:flag routing_key:text alert_class:text alert_group:text",
        "repeat:number region:text",
    ),
    "pagerduty",
    secret=frozenset({"routing_key"}),
    whole=True,
)
_OPSGENIE = Function(
    _takes(
        "message:text teams:list per_entity:flag priority:text include_alert:flag include_captures:flag",
        "description:text custom_fields:table repeat:number api_key:text region:text",
    ),
    "opsgenie",
    secret=frozenset({"api_key"}),
    whole=True,
)
_DEAD = Function({}, of_many=True, why=_GONE)

FUNCTIONS: Mapping[str, Function] = {
    **dict.fromkeys(("send_mail", "send_email", "notify_mail", "notify_email"), _MAIL),
    **dict.fromkeys(("send_sms", "notify_sms"), _SMS),
    **dict.fromkeys(("send_slack", "notify_slack"), _SLACK),
    "notify_http": _HTTP,
    "notify_pagerduty": _PAGERDUTY,
    "notify_opsgenie": _OPSGENIE,
    "send_google_hangouts_chat": _GOOGLE,
    NAMING: Function({}, of_many=True, names=True),
    **dict.fromkeys(("send_hipchat", "notify_hipchat", "notify_hubot", "send_push", "notify_push"), _DEAD),
    "notify_twilio": Function({}, of_many=True, why=_NO_ACCOUNT),
}
