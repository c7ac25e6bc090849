"""What a probe looks at or a rule judges, in words that fit everywhere. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.core.check import Check


def of_check(check: Check) -> str:
    """The address that a probe looks at (no secret is in it), the metric of a rule, nothing for a heartbeat."""
    if check.kind == "rule":
        return str(check.watch.get("metric", ""))
    return address(check.watch.get("probe", {})) if check.kind == "probe" else ""


def address(definition: dict[str, Any]) -> str:
    """A probe's definition as an address: its URL without what follows a question mark, a domain, or host and port."""
    port = None if definition.get("url") else definition.get("port")
    return f"{place(definition)}:{port}" if port else place(definition)


def place(definition: dict[str, Any]) -> str:
    """The same without the port that stands beside a host. What follows a question mark may be a secret."""
    return str(definition.get("url") or definition.get("host") or definition.get("domain") or "").partition("?")[0]
