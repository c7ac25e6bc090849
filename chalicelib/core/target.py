"""What a probe looks at or a rule judges, in words that fit everywhere. Pure."""

from __future__ import annotations

from typing import Any

from chalicelib.core.check import Check


def of_check(check: Check) -> str:
    """The address that a probe looks at (no secret is in it), the metric of a rule, nothing for a heartbeat."""
    if check.kind == "rule":
        return str(check.watch.get("metric", ""))
    return address(check.watch.get("probe", {})) if check.kind == "probe" else ""


def address(definition: dict[str, Any]) -> str:
    """A probe's definition as an address: its URL without what follows a question mark, a domain, or host and port."""
    url = definition.get("url")
    if url:
        return str(url).partition("?")[0]
    host = str(definition.get("host") or definition.get("domain") or "")
    port = definition.get("port")
    return f"{host}:{port}" if port else host
