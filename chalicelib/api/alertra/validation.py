"""From what a client writes of a device to the attributes of a check. Every error names the field that is wrong.

A change is merged into the device as it is, deep: what it does not name stays, null takes a value away. What an answer
shows and nobody can write (Status, LastCheckResult ...) is passed over, so that a document that was read can be sent
back.
"""

from __future__ import annotations

from typing import Any, Literal

from chalicelib import probes
from chalicelib.api.alertra import addresses, wire, words
from chalicelib.api.alertra.values import flag, names, number, text, typed
from chalicelib.core import audience, unknown
from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid
from chalicelib.core.specs import ProbeSpec, probe_of
from chalicelib.core.unknown import Unknown
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import probes as devices
from chalicelib.probes import Definition

READ_ONLY = ("device_id", "Status", "StatusSince", "LastCheckResult")
WRITABLE = (
    *("ShortName", "FullName", "Method", "URL", "Frequency", "Active", "Timeout", "Retries", "RetryDelay", "PerfWarn"),
    *("PerfCrit", "PerfDown", "Locations", "MasterDevice", "Contacts", "HostData"),
)
SHORT_NAME, FULL_NAME = 8, 100
FREQUENCY = 60
RETRIES, RETRY_DELAY = 5, 300
PERF_MAX = 60_000
# HostData, and headers in it: deeper nothing is merged.
DEPTH = 2
_FAULTS: dict[audience.Fault, str] = {
    "empty": "empty contact",
    "unknown": "invalid contact: ",
    "ambiguous": "non-unique contact: ",
}


def values(project: str, given: dict[str, Any], device: Check | None = None) -> dict[str, Any]:
    """The attributes of a check that `given` means, for a new device or a changed one; `paused` among them tells
    whether it is to be inactive. Raises Invalid."""
    unknown.refuse(given, WRITABLE, beside=READ_ONLY)
    before = wire.device(device, device.created, config=True) if device else {}
    before = {key: value for key, value in before.items() if key in WRITABLE}
    news = _news(before, {key: value for key, value in given.items() if key in WRITABLE})
    merged = _merged(_without_respelt(before, news), news)
    definition = _definition(merged, news, device)
    found: dict[str, Any] = {
        "name": text(merged, "FullName", FULL_NAME),
        "nickname": text(merged, "ShortName", SHORT_NAME),
        "period": _frequency(merged.get("Frequency"), devices.shortest_period(definition.type)),
        "spec": _spec(definition, merged),
        "master": _master(merged.get("MasterDevice")),
    }
    if "Contacts" in news:
        found["channels"] = _contacts(project, news["Contacts"])
    if "Active" in news:
        found["paused"] = news["Active"] is not None and not flag(news["Active"], "Active")
    return found


def _news(before: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What of `given` differs from what the device is: in a document that was read and is sent back, what was changed.

    What is sent back covered as it was shown is no change. An empty text where an object belongs is how XML writes an
    empty object, and says nothing.
    """
    found = {}
    for key, value in given.items():
        known = before.get(key)
        if isinstance(value, dict) and isinstance(known, dict):
            value = _news(known, value)
        same = value is not None and value == known
        covered = value == words.MASK and bool(known)
        if not (same or covered or (value in ("", {}) and key in ("HostData", "headers"))):
            found[key] = value
    return found


def _without_respelt(before: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
    """`before` without the headers that `news` names in other letters: names of headers know no case."""
    old, new = (_inner(document, "HostData", "headers") for document in (before, news))
    names_of_new = {name.lower() for name in new}
    kept = {name: value for name, value in old.items() if name.lower() not in names_of_new}
    return before if len(kept) == len(old) else before | {"HostData": {**before["HostData"], "headers": kept}}


def _inner(document: dict[str, Any], *path: str) -> dict[str, Any]:
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _merged(before: dict[str, Any], news: dict[str, Any], depth: int = DEPTH) -> dict[str, Any]:
    """`before` with `news` in it, object by object; null removes."""
    result = dict(before)
    for key, value in news.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and depth:
            known = result.get(key)
            result[key] = _merged(known if isinstance(known, dict) else {}, value, depth - 1)
        else:
            result[key] = value
    return result


def _definition(merged: dict[str, Any], news: dict[str, Any], device: Check | None) -> Definition:
    """The clean definition of the probe. Errors of its type are told in the dialect's words."""
    method = _method(merged, news)
    host_data = _host_data(merged, news, method, device)
    draft = {words.HOST_DATA[key]: typed(words.HOST_DATA[key], value) for key, value in host_data.items()}
    draft |= {"type": words.methods()[method], "timeout": number(merged.get("Timeout"), "Timeout", 1, 60, 30)}
    _keep_password(draft, device)
    draft = addresses.placed(draft, merged, news, method)
    try:
        return probes.kind_named(draft["type"]).clean(draft)
    except Unknown as error:
        known = [theirs for theirs, ours in words.HOST_DATA.items() if ours in error.known]
        raise Unknown("HostData.", words.field(error.field).removeprefix("HostData."), known) from None
    except Invalid as error:
        raise Invalid(words.field(error.field), error.message) from None


def _method(merged: dict[str, Any], news: dict[str, Any]) -> str:
    given = merged.get("Method")
    if given is None or ("Method" not in news and given in ("HTTP", "HTTPS")):
        given = _method_of(merged.get("URL"), merged.get("HostData"))
    method = given.upper() if isinstance(given, str) else ""
    if method not in words.methods():
        raise Invalid("Method", f"is not one of {', '.join(words.methods())}")
    return method


def _method_of(url: Any, host_data: Any) -> str:
    """The method that a URL implies."""
    if url is None and host_data:
        raise Invalid("Method", "is missing: HostData does not say how to look")
    if url is None:
        raise Invalid("URL", "is missing: what is to be looked at? Without one give Method and HostData")
    if not isinstance(url, str):
        raise Invalid("URL", "is not a string")
    return {"https": "HTTPS", "ws": "WS", "wss": "WS"}.get(url.partition(":")[0].lower(), "HTTP")


def _host_data(merged: dict[str, Any], news: dict[str, Any], method: str, device: Check | None) -> dict[str, Any]:
    """HostData as it is to be; what only the former method knew goes with it, but for where it was."""
    host_data = merged.get("HostData", {})
    if not isinstance(host_data, dict):
        raise Invalid("HostData", "must be an object")
    unknown.refuse(host_data, words.HOST_DATA, before="HostData.")
    if device and words.methods()[method] != probe_of(device).type:
        fresh = news.get("HostData") or {}
        host_data = {key: value for key, value in host_data.items() if key == "Host" or key in fresh}
    return {key: value for key, value in host_data.items() if key != "headers" or value not in ({}, "")}


def _keep_password(draft: dict[str, Any], device: Check | None) -> None:
    if draft.get("password") == words.MASK:
        kept = probe_of(device).definition.get("password") if device else None
        draft["password"] = kept or words.MASK


def _spec(definition: Definition, merged: dict[str, Any]) -> ProbeSpec:
    warn = number(merged.get("PerfWarn"), "PerfWarn", 0, PERF_MAX, 0)
    critical = number(merged.get("PerfCrit"), "PerfCrit", 0, PERF_MAX, 0)
    if warn and critical and critical < warn:
        raise Invalid("PerfCrit", "is below PerfWarn")
    return ProbeSpec(
        definition.document(),
        retries=number(merged.get("Retries"), "Retries", 0, RETRIES, 1),
        retry_delay=number(merged.get("RetryDelay"), "RetryDelay", 0, RETRY_DELAY, 5),
        locations=tuple(names(merged.get("Locations"), "Locations")),
        perf_warn=warn,
        perf_crit=critical,
        perf_down=_perf_down(merged.get("PerfDown")),
    )


def _perf_down(value: Any) -> Literal["", "Slow", "Critical"]:
    match value:
        case None:
            return ""
        case "" | "Slow" | "Critical" as known:
            return known
    raise Invalid("PerfDown", "is not one of Slow, Critical")


def _frequency(value: Any, shortest: int) -> int:
    seconds = number(value, "Frequency", 0, devices.PERIOD_MAX, shortest or FREQUENCY)
    if seconds < shortest:
        raise Invalid("Frequency", f"must be {shortest} or more for this Method")
    if not devices.valid_period(seconds):
        raise Invalid("Frequency", "must be 10, 30, or a whole number of minutes from 60 to 86400, in seconds")
    return seconds


def _master(value: Any) -> str:
    if value in (None, ""):
        return ""
    code = wire.code_of(value) if isinstance(value, str) else None
    if code is None:
        raise Invalid("MasterDevice", "is not a device_id")
    return code


def _contacts(project: str, value: Any) -> tuple[str, ...]:
    """Channels by their ids or names; "*" is all of them, and so is null, as for a new device."""
    known = channels.of_project(project)
    if value in ("*", ["*"], None):
        return audience.everyone(known)
    given = (part for name in names(value, "Contacts") for part in name.split(","))
    resolved = audience.resolve(known, given)
    for name, fault in resolved.wrong:
        raise Invalid("Contacts", f"cannot be used: {_FAULTS[fault]}{name}")
    return resolved.codes
