"""What the notifications of an alert definition mean: calls such as `send_mail('ops@example.org', repeat=600)`, each of
which stands for a channel of its own, for channels of the project that it names, or for none where nothing delivers it
(ZMON, Notifications).

A call is read when the definition is saved, and refused with its place if it cannot be meant. A call that could be
meant and is delivered by nobody is kept: definitions come from installations that had what is missing here.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn
from urllib.parse import urlencode

from chalicelib import channels as kinds
from chalicelib import log
from chalicelib.channels.fields import MASK
from chalicelib.core.errors import Invalid
from chalicelib.languages import calls
from chalicelib.languages.calls import Argument, Call
from chalicelib.languages.conditions import Malformed
from chalicelib.languages.conditions.errors import At
from chalicelib.monitor.managing.channels import REMIND_MAX, REMIND_MIN
from chalicelib.monitor.managing.notification_functions import FUNCTIONS, Function

FIELD = "notifications"
LENGTH_MAX, CALLS_MAX, ADDRESSES_MAX = 8_000, 20, 50
GROUP, ON_DUTY = "group:", "active:"

# The people behind `group:x` or `active:x`: the addresses of a kind of channel.
People = Callable[[str, str], list[str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A channel that a call stands for: its kind, the settings of that, and what makes it another channel than others
    of its alert (`key`)."""

    kind: str
    key: tuple[str, ...]
    settings: dict[str, Any]
    remind: int = 0
    whole: bool = False

    def code(self, alert: str) -> str:
        """The code that the channel has for good, of the alert of this code."""
        return str(uuid.uuid5(uuid.UUID(alert), "\0".join((self.kind, str(self.whole), *self.key))))


@dataclass(frozen=True, slots=True)
class Notification:
    """A call that was read. `args` are its arguments by their names, `addresses` those that come before."""

    text: str
    place: int
    name: str
    function: Function
    addresses: tuple[Argument, ...] = ()
    args: Mapping[str, Argument] = field(default_factory=dict)

    def value(self, name: str, default: Any = None) -> Any:
        found = self.args[name].value if name in self.args else None
        return default if found is None else found

    def fail(self, message: str, at: At) -> NoReturn:
        line, column = at
        raise Invalid(f"{FIELD}[{self.place}]", f"{self.name}: {message} (line {line}, column {column})")

    def checked(self, kind: str, settings: dict[str, Any], at: At) -> dict[str, Any]:
        """Settings in one form. Raises Invalid."""
        try:
            return kinds.kind_named(kind).clean(dict(settings))
        except Invalid as error:
            self.fail(f"{error.field.removeprefix('settings.')} {error.message}", at)

    @property
    def masked(self) -> str:
        """The call as it is shown to those who may read and no more: without what opens something."""
        shown = [repr(one.value) for one in self.addresses]
        for name, one in self.args.items():
            shown.append(f"{name}={MASK if name in self.function.secret else repr(one.value)}")
        return f"{self.name}({', '.join(shown)})"


def read_all(texts: Iterable[str]) -> list[Notification]:
    """The notifications of a definition. Raises Invalid naming the one that cannot be meant, and where."""
    found = [read(text, place) for place, text in enumerate(texts)]
    if len(found) > CALLS_MAX:
        raise Invalid(FIELD, f"must not be more than {CALLS_MAX}")
    return found


def read(text: str, place: int = 0) -> Notification:
    if len(text) > LENGTH_MAX:
        raise Invalid(f"{FIELD}[{place}]", f"must not be longer than {LENGTH_MAX} characters")
    try:
        call = calls.parse(text)
    except Malformed as error:
        raise Invalid(f"{FIELD}[{place}]", f"cannot be read: {error}") from None
    function = FUNCTIONS.get(call.name)
    if function is None:
        raise Invalid(f"{FIELD}[{place}]", f"calls {call.name[:80]}, which is none of {', '.join(FUNCTIONS)}")
    if not (function.kind or function.names):
        return Notification(text, place, call.name, function, call.args, call.named)
    found = _bound(text, place, call, function)
    if function.names:
        _require_names(found)
        return found
    for one in _addressed(found):
        found.checked(*one)
    _settings(found)
    return found


def _bound(text: str, place: int, call: Call, function: Function) -> Notification:
    """The call with its arguments by their names. Raises Invalid for those that the function does not take."""
    bare = Notification(text, place, call.name, function)
    names = () if function.of_many else tuple(function.takes)
    if not function.of_many and len(call.args) > len(names):
        bare.fail(f"it takes {len(names)} arguments", call.args[len(names)].at)
    args = dict(zip(names, call.args, strict=False))
    for name, one in call.named.items():
        if name in args or name not in function.takes:
            bare.fail(f"there is no argument {name[:80]}, or it stands twice", one.at)
        args[name] = one
    for name, one in args.items():
        if one.value is not None and type(one.value) not in function.takes[name]:
            bare.fail(f"{name} cannot be a {type(one.value).__name__}", one.at)
    return Notification(text, place, call.name, function, call.args if function.of_many else (), args)


def _require_names(call: Notification) -> None:
    if not call.addresses:
        call.fail("it names no channel", (1, 1))
    for one in call.addresses:
        if not isinstance(one.value, str):
            call.fail("a channel is named by its id or its name", one.at)


def _addressed(call: Notification) -> Iterable[tuple[str, dict[str, Any], At]]:
    """Each address of a call as settings of its kind of channel, and where it stands."""
    if not call.function.of_many:
        return
    if not call.addresses and not call.value("cc"):
        call.fail("it names nobody", (1, 1))
    for one in _people(call):
        if not isinstance(one.value, str):
            call.fail("an address must be a text", one.at)
        if not one.value.startswith((GROUP, ON_DUTY)):
            yield call.function.kind, {_SETTING[call.function.kind]: one.value}, one.at


_SETTING = {"email": "address", "sms": "number"}


def _people(call: Notification) -> list[Argument]:
    """Whom a call names, each once."""
    copies = call.value("cc", [])
    more = [Argument(one, call.args["cc"].at) for one in ([copies] if isinstance(copies, str) else copies)]
    found = list({str(one.value): one for one in (*call.addresses, *more)}.values())
    if len(found) > ADDRESSES_MAX:
        call.fail(f"it names more than {ADDRESSES_MAX}", found[ADDRESSES_MAX].at)
    return found


# The argument that says where a call of a kind that names no people goes.
_KEYS = {
    "slack": "webhook",
    "googlechat": "webhook_link",
    "pagerduty": "routing_key",
    "opsgenie": "api_key",
    "webhook": "url",
}


def _settings(call: Notification) -> dict[str, Any] | None:
    """The settings of the one channel of a call that names no people; None where there is none, as something is left
    out that only its owner knows. Raises Invalid."""
    kind = call.function.kind
    repeat = call.value("repeat", 0)
    if not 0 <= repeat <= REMIND_MAX:
        call.fail(f"repeat must be from 0 to {REMIND_MAX} seconds", call.args["repeat"].at)
    if kind == "webhook":
        return _of_http(call)
    key = _KEYS.get(kind)
    if key is None or not call.value(key):
        return None
    settings = {"url" if kind in ("slack", "googlechat") else key: call.value(key)}
    if call.value("region"):
        settings["region"] = call.value("region")
    return call.checked(kind, settings, call.args[key].at)


def _of_http(call: Notification) -> dict[str, Any]:
    """A webhook that sends ZMON's document, with the body that its owner wrote beside it."""
    if not call.value("url"):
        call.fail("it needs a url", (1, 1))
    if call.value("oauth2"):
        call.fail("oauth2 is not served: write the token into headers", call.args["oauth2"].at)
    parts = ['"alert": $ZMON_ALERT'] if call.value("include_alert", True) else []
    body = json.dumps(call.value("body")).replace("$", "\\u0024")
    url = _with_params(call.value("url").replace("$", "%24"), call.value("params", {}))
    headers = {str(name): str(value) for name, value in call.value("headers", {}).items()}
    text = "{" + ", ".join([*parts, f'"body": {body}']) + "}"
    one = {"method": "POST", "url": url, "headers": headers, "body": text}
    settings = {f"{part}_{direction}": value for direction in ("down", "up") for part, value in one.items()}
    return call.checked("webhook", settings, call.args["url"].at)


def _with_params(url: str, params: Mapping[str, Any]) -> str:
    query = urlencode({name: str(value) for name, value in params.items()})
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


def masked(text: str) -> str:
    """A notification as it is shown to those who may read and no more; nothing of one that cannot be meant."""
    try:
        return read(text).masked
    except Invalid:
        return MASK


def wanted(call: Notification, people: People) -> list[Wanted] | str:
    """The channels that a call stands for, or why there is none."""
    function = call.function
    if not function.kind:
        return function.why
    repeat = int(call.value("repeat", 0))
    remind = max(repeat, REMIND_MIN) if repeat else 0
    whole = not call.value("per_entity", not function.whole)
    if not function.of_many:
        settings = _settings(call)
        if settings is None:
            return "it names no key: that of the service has to stand in the call"
        return [Wanted(function.kind, (str(call.value(_KEYS[function.kind])),), settings, remind, whole)]
    named = [str(one.value) for one in _people(call)]
    found = dict.fromkeys(address for one in named for address in _behind(call, one, people))
    if not found:
        return "nobody is behind the groups that it names"
    return list(_of_people(call, named, list(found), remind, whole))


def _behind(call: Notification, name: str, people: People) -> list[str]:
    """The addresses that are meant. Members of a group that have none of this kind are left out: they are people whom
    other definitions reach."""
    kind = call.function.kind
    if not name.startswith((GROUP, ON_DUTY)):
        return [name]
    return [one for one in people(name, kind) if _is_address(kind, one)]


def _is_address(kind: str, text: str) -> bool:
    try:
        kinds.kind_named(kind).clean({_SETTING[kind]: text})
    except Invalid:
        return False
    return True


def _of_people(
    call: Notification, named: list[str], addresses: list[str], remind: int, whole: bool
) -> Iterable[Wanted]:
    """One channel for all addresses of mails, one for each number."""
    kind = call.function.kind
    if kind == "email":
        settings = call.checked(kind, {"address": ", ".join(addresses)}, (1, 1))
        yield Wanted(kind, tuple(named), settings, remind, whole)
        return
    for address in addresses:
        yield Wanted(kind, (address,), call.checked(kind, {"number": address}, (1, 1)), remind, whole)


def all_wanted(texts: Iterable[str], people: People) -> list[Wanted]:
    """The channels that the notifications of a definition stand for: each once, also where two are to the same
    address."""
    found: list[Wanted] = []
    for call in _readable(texts):
        meant = wanted(call, people)
        for one in meant if not isinstance(meant, str) else ():
            same = [
                other
                for other in found
                if (other.kind, other.key[:1], other.whole) == (one.kind, one.key[:1], one.whole)
            ]
            if one not in found:
                found.append(replace(one, key=(*one.key, str(len(same)))) if same else one)
    return found


def named(texts: Iterable[str]) -> list[str]:
    """What the notifications of a definition call channels of the project."""
    return [str(one.value) for call in _readable(texts) if call.function.names for one in call.addresses]


def _readable(texts: Iterable[str]) -> Iterable[Notification]:
    """Those that can be meant: what was kept may have been written before something was asked of it."""
    for place, text in enumerate(texts):
        try:
            yield read(text, place)
        except Invalid as error:
            log.error("a notification that is kept cannot be meant", field=error.field)
