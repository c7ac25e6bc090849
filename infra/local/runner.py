"""Puts the parts together: address, emulated AWS, app, clocks, pollers, pages, server; and takes them apart again."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from infra.local import environ, keys, server
from infra.local.stopping import Stopping

# A stop waits so long for what is under way: a request, a delivery, a webhook that does not answer.
PATIENCE = 1.5

logger = logging.getLogger("infra.local")


def main(host: str, port: int, key_file: Path | None, *, demo: bool, verbose: bool) -> None:
    """Runs until Ctrl-C or SIGTERM. Raises CannotRun when the address or the key file cannot be had."""
    listener = server.listen(host, port)
    if key_file:
        keys.check_writable(key_file)
    url = server.url_of(host, listener)
    stopping = Stopping()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _stop(stopping))
    environ.prepare(url, os.environ)
    _run(url, listener, key_file, stopping, demo=demo, verbose=verbose)


def _stop(stopping: Stopping) -> NoReturn:
    """The first signal stops; a second one, or what hangs, ends it there and then."""
    if stopping.stopped:
        os._exit(0)
    stopping.stop()
    last_resort = threading.Timer(PATIENCE, os._exit, [0])
    last_resort.daemon = True
    last_resort.start()
    raise SystemExit(0)


def _run(
    url: str, listener: socket.socket, key_file: Path | None, stopping: Stopping, *, demo: bool, verbose: bool
) -> None:
    from chalicelib.settings import load
    from infra.local import emulator, feedback, terminal
    from infra.local.outbox import Outbox

    outbox = Outbox()
    bells: list[Callable[[], None]] = []
    told: dict[str, Callable[[], None]] = dict.fromkeys(emulator.SENT_TO_QUEUE, lambda: _ring(bells))
    coming_back = feedback.coming_back(load().resource("feedback"), environ.SMS_LOG)
    with emulator.aws(told | dict.fromkeys(emulator.SENT_OUT, outbox.collect)), coming_back:
        app = _furnished_app(stopping, verbose=verbose)
        keyrings = keys.make(app.SERVICES)
        if demo:
            _fill(app.SERVICES, keyrings[0], outbox)
        outbox.tell = terminal.say_sent
        found = keys.document(url, keyrings)
        with _until_the_end(stopping):
            running = _start_events(app.app, bells, stopping)
            serve = server.runner(_application(app, outbox, keys.start_page(found, running)), listener)
            if key_file:
                keys.write(key_file, found)
            terminal.say(keys.banner(found))
            serve()


@contextlib.contextmanager
def _until_the_end(stopping: Stopping) -> Iterator[None]:
    """The process ends with the block, and the emulation only with the process: a thread that still runs after it would
    find the real AWS in its place."""
    code = 0
    try:
        yield
    except SystemExit:
        pass  # a signal, while nobody was serving yet
    except Exception:
        logger.exception("the runner failed")
        code = 1
    finally:
        stopping.stop()
        stopping.join(PATIENCE)
        sys.stdout.flush()
        os._exit(code)


def _ring(bells: list[Callable[[], None]]) -> None:
    for bell in bells:
        bell()


def _furnished_app(stopping: Stopping, *, verbose: bool) -> Any:
    """The module app.py, with everything in AWS that it needs."""
    import app
    from infra.local import fixtures, terminal

    terminal.logs(verbose=verbose)
    app.SERVICES.sleep = stopping.sleep
    fixtures.make(app.SERVICES.settings)
    return app


def _fill(services: Any, keyring: Any, outbox: Any) -> None:
    from infra.local import demo

    logging.disable(logging.WARNING)  # that a channel fails belongs to the story
    demo.fill(services, keyring.project, outbox)
    logging.disable(logging.NOTSET)


def _start_events(app: Any, bells: list[Callable[[], None]], stopping: Stopping) -> list[str]:
    """Starts a clock for every schedule of the app and a poller for every queue; answers what runs, in words."""
    import boto3

    from infra.local import clocks, pollers

    timed, polled = clocks.of_app(app, stopping), pollers.of_app(app, boto3.client("sqs"), stopping)
    bells += [poller.ring for poller in polled]
    for start in [*(clock.start for clock in timed), *(poller.start for poller in polled)]:
        start()
    words = [f"{clock.name}: {clock.expression}" for clock in timed]
    return words + [f"{poller.name}: queue {poller.queue}" for poller in polled]


def _application(app: Any, outbox: Any, start: dict[str, Any]) -> Any:
    """The app behind its gateway; before it the runner's own pages, and the door for the administrator's commands."""
    from infra.admin import door
    from infra.local import gateway, wsgi
    from infra.local.pages import Pages

    api = gateway.Gateway(app.app)
    pages = Pages(outbox, None if app.app.paths.find([]) else start)

    def handle(environ: wsgi.Environ) -> wsgi.Answer:
        if gateway.target(environ)[0] == door.PATH:
            return wsgi.json_answer(*door.handle(app.SERVICES, environ))
        return pages.handle(environ) or api.handle(environ)

    return wsgi.application(handle)
