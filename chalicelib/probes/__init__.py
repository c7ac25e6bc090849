"""What the house looks at: one module for each type of probe.

To add a type: a module that is a `base.Kind`, and its name in `KINDS`.
"""

from __future__ import annotations

from chalicelib.core.errors import Invalid
from chalicelib.probes import dns, domain, ftp, http, imap, mysql, ping, pop3, smtp, ssh, tcp, telnet, tls, websocket
from chalicelib.probes.base import Kind, Outcome, Phases, Task

__all__ = ["KINDS", "Kind", "Outcome", "Phases", "Task", "kind_named"]

KINDS: tuple[Kind, ...] = (http, tcp, ping, tls, dns, smtp, pop3, imap, ftp, ssh, telnet, mysql, websocket, domain)

_BY_NAME = {kind.name: kind for kind in KINDS}


def kind_named(name: object) -> Kind:
    """The kind that a definition's `type` names. Raises Invalid, which lists the known ones."""
    kind = _BY_NAME.get(name) if isinstance(name, str) else None
    if kind is None:
        raise Invalid("type", f"is not one of {', '.join(_BY_NAME)}")
    return kind
