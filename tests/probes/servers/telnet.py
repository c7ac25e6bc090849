"""A Telnet server of twisted.conch that asks for a name."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from twisted.conch.telnet import AuthenticatingTelnetProtocol, TelnetTransport

from tests.probes.servers.mailboxes import listening, portal


def telnet() -> AbstractContextManager[int]:
    def make() -> Any:
        return TelnetTransport(AuthenticatingTelnetProtocol, portal())

    return listening(make)
