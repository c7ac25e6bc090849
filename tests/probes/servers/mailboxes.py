"""POP3 and IMAP servers of twisted.mail. Its reactor cannot be started twice, so one serves all tests of a run."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import IRealm, Portal
from twisted.internet import ssl
from twisted.internet.protocol import Factory
from twisted.internet.threads import blockingCallFromThread
from twisted.mail import imap4, pop3
from zope.interface import implementer  # type: ignore[import-untyped]

USER, PASSWORD = "ops@example.org", 'correct "horse" \\ bättery'
PLAIN_USER, PLAIN_PASSWORD = "plain", "staple"


@cache
def reactor() -> Any:
    from twisted.internet import reactor as installed

    one: Any = installed
    started = threading.Event()
    one.callWhenRunning(started.set)
    thread = threading.Thread(target=one.run, kwargs={"installSignalHandlers": False}, daemon=True)
    thread.start()
    started.wait(10)

    def stop() -> None:
        one.callFromThread(one.stop)
        thread.join(10)

    atexit.register(stop)
    return one


@implementer(IRealm)
class Realm:
    def requestAvatar(self, avatar: Any, mind: Any, *interfaces: Any) -> Any:  # noqa: N802 - Twisted's name
        if pop3.IMailbox in interfaces:
            return pop3.IMailbox, pop3.Mailbox(), lambda: None
        return imap4.IAccount, imap4.MemoryAccount(avatar), lambda: None


def portal() -> Portal:
    checker: Any = InMemoryUsernamePasswordDatabaseDontUse()
    for user, password in ((USER, PASSWORD), (PLAIN_USER, PLAIN_PASSWORD)):
        checker.addUser(user.encode(), password.encode())
    realm: Any = Realm()
    return Portal(realm, [checker])


class Pop3(pop3.POP3):
    """Twisted's POP3 does not know STLS (RFC 2595); this one does if it has a context."""

    AUTH_CMDS = [*pop3.POP3.AUTH_CMDS, b"STLS"]  # noqa: RUF012 - Twisted's way
    context: Any = None

    def do_STLS(self) -> None:  # noqa: N802 - Twisted's name
        if self.context is None:
            self.failResponse(b"no TLS here")
            return
        self.successResponse(b"Begin TLS negotiation")
        transport: Any = self.transport
        transport.startTLS(self.context)


def _pop3(context: Any) -> Any:
    protocol: Any = Pop3()
    protocol.context, protocol.portal = context, portal()
    return protocol


def _imap(context: Any) -> Any:
    protocol: Any = imap4.IMAP4Server(contextFactory=context)
    protocol.portal = portal()
    protocol.challengers = {b"PLAIN": imap4.PLAINCredentials}
    return protocol


@contextmanager
def mailbox(kind: str, *, certificate: str = "", implicit: bool = False) -> Iterator[int]:
    """A server of "pop3" or "imap", with TLS on demand or from the start when it has a certificate. Yields its port."""
    context = ssl.DefaultOpenSSLContextFactory(certificate, certificate) if certificate else None
    make = {"pop3": _pop3, "imap": _imap}[kind]
    with listening(lambda: make(None if implicit else context), context if implicit else None) as port:
        yield port


@contextmanager
def listening(make: Callable[[], Any], context: Any = None) -> Iterator[int]:
    """Serves with what `make` makes for each connection. Yields the port."""
    factory: Any = Factory()
    open_ones: list[Any] = []

    def build(_: Any) -> Any:
        protocol = make()
        protocol.factory, lost = factory, protocol.connectionLost
        open_ones.append(protocol)

        def connection_lost(reason: Any) -> None:
            open_ones.remove(protocol)
            lost(reason)

        protocol.connectionLost = connection_lost
        return protocol

    factory.buildProtocol = build
    port = blockingCallFromThread(reactor(), _listen, factory, context)
    try:
        yield port.getHost().port
    finally:
        blockingCallFromThread(reactor(), _stop, port, open_ones)


def _listen(factory: Any, context: Any) -> Any:
    if context:
        return reactor().listenSSL(0, factory, context, interface="127.0.0.1")
    return reactor().listenTCP(0, factory, interface="127.0.0.1")


def _stop(port: Any, open_ones: list[Any]) -> Any:
    for protocol in list(open_ones):
        protocol.transport.abortConnection()
    return port.stopListening()
