"""The types of notification channels that Grafana knows, and the kinds of channels that they are here.

Each type says what its settings mean to its kind and the other way round. What Grafana calls secure never comes back;
an update that does not say it again keeps it. Settings that a kind has no use for are kept and come back as they were.

To add a type: a `Notifier` in `EVERY`. Types whose kind does not exist here are not offered.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib import channels as kinds
from chalicelib.api.grafana.errors import BadRequest
from chalicelib.channels import opsgenie, webhook
from chalicelib.channels.payloads import grafana
from chalicelib.core.errors import Invalid

Settings = dict[str, Any]

_BODY = webhook.BODIES[grafana.name]
_DIRECTIONS = ("down", "up")
_METHODS = ("POST", "PUT")
_SEPARATORS = re.compile(r"[;,\n]")
_WHOLE = re.compile(r"-?[0-9]{1,6}", re.ASCII)
_NUMBERS = ("priority", "priority_up", "retry", "expire")


@dataclass(frozen=True, slots=True)
class Option:
    """A setting as Grafana's form shows it."""

    key: str
    label: str
    about: str = ""
    required: bool = False
    secure: bool = False
    element: str = "input"


@dataclass(frozen=True, slots=True)
class Notifier:
    """A type. `read` makes the settings of the kind of those that were sent and, for what they do not say, of those
    before, {} of a new channel; `write` makes Grafana's of them, the secure ones with them."""

    type: str
    kind: str
    name: str
    about: str
    options: tuple[Option, ...]
    read: Callable[[Settings, Settings], Settings]
    write: Callable[[Settings], Settings]

    @property
    def secure(self) -> frozenset[str]:
        return frozenset(option.key for option in self.options if option.secure)


def _needed(given: Settings, key: str, text: str) -> str:
    """A text that must be there. Raises BadRequest with Grafana's words for it."""
    value = given.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadRequest(text)
    return value.strip()


def _read_email(given: Settings, before: Settings) -> Settings:
    missing = "Could not find addresses in settings"
    addresses = [one.strip() for one in _SEPARATORS.split(_needed(given, "addresses", missing)) if one.strip()]
    if not addresses:
        raise BadRequest(missing)
    return {**before, "address": ", ".join(addresses)}


def _write_email(settings: Settings) -> Settings:
    return {"addresses": str(settings["address"]).replace(", ", ";")}


def _read_webhook(given: Settings, before: Settings) -> Settings:
    url = _needed(given, "url", "Could not find url property in settings")
    told = [one for one in _DIRECTIONS if not before or before[f"url_{one}"]]
    found: Settings = before | {f"url_{one}": url for one in told}
    method = given.get("httpMethod") or _METHODS[0]
    if method not in _METHODS:
        raise BadRequest(f"httpMethod must be one of {', '.join(_METHODS)}")
    for one in told:
        # One of another dialect goes on sending what it was made to send.
        if not before or before[f"body_{one}"]:
            found |= {f"method_{one}": method}
        if not before:
            found |= {f"body_{one}": _BODY}
        found |= {f"headers_{one}": _authorised(given, before.get(f"headers_{one}", {}))}
    return found


def _authorised(given: Settings, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with user and password of basic authentication; without a user nobody signs in."""
    rest = {name: value for name, value in headers.items() if name.lower() != "authorization"}
    user = given.get("username") or given.get("user") or ""
    if not user:
        return dict(headers) if _login(headers) is None else rest
    password = given.get("password") or ""
    if not (isinstance(user, str) and isinstance(password, str)):
        raise BadRequest("username and password must be texts")
    token = base64.b64encode(f"{user}:{password}".encode("utf-8", "replace")).decode()
    return {**rest, "Authorization": f"Basic {token}"}


def _login(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """User and password in the headers; None if none stand there."""
    found = {name.lower(): value for name, value in headers.items()}.get("authorization", "")
    scheme, _, token = found.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return user, password


def _write_webhook(settings: Settings) -> Settings:
    told = next(one for one in _DIRECTIONS if settings[f"url_{one}"])
    found = {"url": settings[f"url_{told}"], "httpMethod": settings[f"method_{told}"]}
    login = _login(settings[f"headers_{told}"])
    return found | ({"username": login[0], "password": login[1]} if login else {})


def _keyed(key: str, ours: str, missing: str) -> Callable[[Settings, Settings], Settings]:
    """How a kind is read that has one setting of its own."""
    return lambda given, before: {**before, ours: _needed(given, key, missing)}


def _read_opsgenie(given: Settings, before: Settings) -> Settings:
    found = {**before, "api_key": _needed(given, "apiKey", "Could not find api key property in settings")}
    if not given.get("apiUrl"):
        return found
    regions = {url: region for region, url in opsgenie.ENDPOINTS.items()}
    if given["apiUrl"] not in list(regions):
        raise BadRequest(f"apiUrl must be one of {', '.join(regions)}")
    return {**found, "region": regions[given["apiUrl"]]}


def _spelt(type_: str, kind: str, name: str, keys: Mapping[str, str], *options: Option) -> Notifier:
    """A type whose settings are those of its kind under other names; of some numbers Grafana keeps the text."""
    missing = {option.key: f"Could not find {option.label} in settings" for option in options if option.required}

    def read(given: Settings, before: Settings) -> Settings:
        needed = {keys[key]: _needed(given, key, text) for key, text in missing.items()}
        rest = {ours: _read(ours, given[key]) for key, ours in keys.items() if key in given and key not in missing}
        return {**{key: value for key, value in before.items() if key not in keys.values()}, **rest, **needed}

    def write(settings: Settings) -> Settings:
        found = {key: settings.get(ours) for key, ours in keys.items()}
        return {key: str(value) if isinstance(value, int) else value for key, value in found.items() if value != ""}

    return Notifier(type_, kind, name, f"Sends notifications to {name}", options, read, write)


def _read(ours: str, value: Any) -> Any:
    """A setting as its kind wants it: of a number, the number."""
    return int(value) if ours in _NUMBERS and isinstance(value, str) and _WHOLE.fullmatch(value) else value


_URL = Option("url", "Url", required=True, secure=True)
_HOOK = Option("url", "url property", required=True, secure=True)
EVERY: tuple[Notifier, ...] = (
    Notifier(
        *("email", "email", "Email", "Sends notifications using Amazon SES"),
        (Option("addresses", "Addresses", "Several with ; between them.", required=True, element="textarea"),),
        _read_email,
        _write_email,
    ),
    Notifier(
        *("slack", "slack", "Slack", "Sends notifications to Slack via an incoming webhook"),
        (_URL, Option("token", "Token", "Not used: messages go to the webhook.", secure=True)),
        _keyed("url", "url", "Could not find url property in settings"),
        lambda settings: {"url": settings["url"]},
    ),
    Notifier(
        *("webhook", "webhook", "webhook", "Sends HTTP POST or PUT requests to a URL"),
        (
            Option("url", "Url", required=True),
            Option("httpMethod", "Http Method", "POST or PUT.", element="select"),
            Option("username", "Username"),
            Option("password", "Password", secure=True),
        ),
        _read_webhook,
        _write_webhook,
    ),
    Notifier(
        *("pagerduty", "pagerduty", "PagerDuty", "Sends notifications to PagerDuty"),
        (Option("integrationKey", "Integration Key", required=True, secure=True),),
        _keyed("integrationKey", "routing_key", "Could not find integration key property in settings"),
        lambda settings: {"integrationKey": settings["routing_key"]},
    ),
    Notifier(
        *("opsgenie", "opsgenie", "OpsGenie", "Sends notifications to OpsGenie"),
        (Option("apiKey", "API Key", required=True, secure=True), Option("apiUrl", "Alert API Url")),
        _read_opsgenie,
        lambda settings: {"apiKey": settings["api_key"], "apiUrl": opsgenie.ENDPOINTS[settings["region"]]},
    ),
    Notifier(
        *("victorops", "victorops", "VictorOps", "Sends notifications to VictorOps"),
        (_URL,),
        _keyed("url", "url", "Could not find victorops url property in settings"),
        lambda settings: {"url": settings["url"]},
    ),
    _spelt(
        *("telegram", "telegram", "Telegram", {"bottoken": "token", "chatid": "chat"}),
        Option("bottoken", "Bot Token", required=True, secure=True),
        Option("chatid", "Chat Id", required=True),
    ),
    _spelt("discord", "discord", "Discord", {"url": "url"}, _HOOK),
    _spelt("teams", "msteamsw", "Microsoft Teams", {"url": "url"}, _HOOK),
    _spelt("googlechat", "googlechat", "Google Hangouts Chat", {"url": "url"}, _HOOK),
    _spelt("dingding", "dingtalk", "DingDing", {"url": "url"}, _HOOK),
    _spelt(
        *("pushover", "po", "Pushover"),
        {
            "apiToken": "token",
            "userKey": "user",
            "device": "device",
            "priority": "priority",
            "okPriority": "priority_up",
            "retry": "retry",
            "expire": "expire",
        },
        Option("apiToken", "API Token", required=True, secure=True),
        Option("userKey", "User key(s)", required=True, secure=True),
        Option("device", "Device(s)"),
        Option("priority", "Alerting priority"),
        Option("okPriority", "OK priority"),
        Option("retry", "Retry"),
        Option("expire", "Expire"),
    ),
    _spelt(
        *("kafka", "kafka", "Kafka REST Proxy", {"kafkaRestProxy": "url", "kafkaTopic": "topic"}),
        Option("kafkaRestProxy", "kafka rest proxy endpoint property", required=True),
        Option("kafkaTopic", "kafka topic property", required=True),
    ),
    _spelt(
        *("threema", "threema", "Threema Gateway"),
        {"gateway_id": "identity", "recipient_id": "to", "api_secret": "secret"},
        Option("gateway_id", "Threema Gateway ID", required=True),
        Option("recipient_id", "Threema Recipient ID", required=True),
        Option("api_secret", "Threema API secret", required=True, secure=True),
    ),
    _spelt(
        *("sensugo", "sensugo", "Sensu Go"),
        {"url": "url", "apikey": "key", "namespace": "namespace", "entity": "entity", "handler": "handlers"},
        Option("url", "URL property", required=True),
        Option("apikey", "the API key property", required=True, secure=True),
        Option("namespace", "Namespace"),
        Option("entity", "Entity"),
        Option("handler", "Handler"),
    ),
    _spelt(
        *("prometheus-alertmanager", "alertmanager", "Prometheus Alertmanager"),
        {"url": "url", "basicAuthUser": "user", "basicAuthPassword": "password"},
        Option("url", "url property", required=True),
        Option("basicAuthUser", "Basic Auth User"),
        Option("basicAuthPassword", "Basic Auth Password", secure=True),
    ),
)


def offered() -> list[Notifier]:
    """The types whose kind exists here."""
    known = {kind.name for kind in kinds.KINDS}
    return [one for one in EVERY if one.kind in known]


def named(name: object) -> Notifier:
    """The type of this name. Raises BadRequest."""
    found = next((one for one in offered() if one.type == name), None)
    if found is None:
        raise BadRequest("Unsupported notification type")
    return found


def of_kind(kind: str) -> Notifier | None:
    """The type that a kind of channel is to Grafana; None if it knows none."""
    return next((one for one in offered() if one.kind == kind), None)


def read(notifier: Notifier, given: Settings, before: Settings) -> Settings:
    """The settings of the kind: what was sent, and of those before what is secure and was not sent again. Raises
    BadRequest."""
    kept = {key: value for key, value in shown(notifier, before).items() if key in notifier.secure}
    return notifier.read({**kept, **{key: value for key, value in given.items() if value not in (None, "")}}, before)


def shown(notifier: Notifier, settings: Settings) -> Settings:
    """Grafana's settings of those of the kind, the secure ones with them."""
    return notifier.write(settings) if settings else {}


def rest(notifier: Notifier, given: Settings) -> Settings:
    """The settings for which the kind has no use. What is secure is not among them, wherever it stood."""
    known = {option.key for option in notifier.options}
    return {key: value for key, value in given.items() if key not in known}


def told(error: Invalid, notifier: Notifier) -> BadRequest:
    """What a kind says of one of its settings, said of Grafana's type."""
    return BadRequest(f"{notifier.name}: {error.message}")
