"""An SSH server of asyncssh."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

import asyncssh

from tests.probes.servers.loops import Closing, running


@cache
def _key() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-ed25519")


def ssh(version: str = "Test_1.0") -> AbstractContextManager[int]:
    async def start() -> tuple[Closing, int]:
        acceptor = await asyncssh.listen("127.0.0.1", 0, server_host_keys=[_key()], server_version=version)
        return acceptor, acceptor.get_port()

    return running(start)
