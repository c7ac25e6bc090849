"""Conditions of Gatus as fields of a device, each `[PLACE] operator value`."""

from __future__ import annotations

import json
import math
import re
from typing import Any

_CONDITION = re.compile(r"\[([A-Z_]+)\](\S*)\s*(==|!=|<=|>=|<|>)\s*(.+)")
_OPERATORS = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_PATTERN = re.compile(r"pat\(\*([^*]+)\*\)")
_ANY = re.compile(r"any\(([0-9, ]+)\)")
_HOURS = re.compile(r"([0-9]+)h")
# What is so of every look that went well.
_IMPLIED = frozenset({("CONNECTED", "==", "true"), ("DNS_RCODE", "==", "NOERROR")})


def take(document: dict[str, Any], condition: str) -> bool:
    """Puts the condition into the device. Answers whether that could be done."""
    found = _CONDITION.fullmatch(condition.strip())
    if not found:
        return False
    place, path, operator, value = found.groups()
    if (place, operator, value) in _IMPLIED:
        return True
    takes = _TAKES.get(place)
    fields = takes(path, operator, value) if takes else {}
    host_data = document.setdefault("HostData", {})
    for name, wanted in fields.items():
        if name == "JSON":
            host_data.setdefault("JSON", []).extend(wanted)
        else:
            (document if name.startswith("Perf") else host_data)[name] = wanted
    return bool(fields)


def _status(path: str, operator: str, value: str) -> dict[str, Any]:
    several = _ANY.fullmatch(value)
    if operator == "==" and several and not path:
        return {"ExpectCodes": several[1].replace(" ", "")}
    if path or not value.isdigit():
        return {}
    code = int(value)
    spans = {"==": (code, code), "<": (100, code - 1), "<=": (100, code), ">": (code + 1, 599), ">=": (code, 599)}
    low, high = spans.get(operator, (1, 0))
    if low > high:
        return {}
    return {"ExpectCodes": str(low) if low == high else f"{low}-{high}"}


def _body(path: str, operator: str, value: str) -> dict[str, Any]:
    pattern = _PATTERN.fullmatch(value)
    if not path:
        key = {"==": "KeyPhrase", "!=": "NotKeyPhrase"}.get(operator, "")
        return {key: pattern[1]} if pattern and key else {}
    if pattern and operator == "==":
        return {"JSON": [{"path": path.lstrip("."), "op": "contains", "value": pattern[1]}]}
    if "(" in value:
        return {}
    return {"JSON": [{"path": path.lstrip("."), "op": _OPERATORS[operator], "value": _value(value)}]}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _time(path: str, operator: str, value: str) -> dict[str, Any]:
    fits = not path and operator in ("<", "<=") and value.isdigit()
    return {"PerfCrit": int(value), "PerfDown": "Critical"} if fits else {}


def _certificate(path: str, operator: str, value: str) -> dict[str, Any]:
    hours = _HOURS.fullmatch(value)
    fits = not path and operator in (">", ">=") and hours
    return {"CertDays": max(math.ceil(int(hours[1]) / 24), 1)} if fits and hours else {}


_TAKES = {"STATUS": _status, "BODY": _body, "RESPONSE_TIME": _time, "CERTIFICATE_EXPIRATION": _certificate}
