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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from infra.local import environ, keys, server
from infra.local.keeper import Keeper
from infra.local.stopping import Stopping

if TYPE_CHECKING:
    from chalicelib.monitor.managing.projects import Keyring
    from chalicelib.monitor.services import Services
    from chalicelib.settings import Settings
    from infra.local.living import Living
    from infra.local.outbox import Outbox

# A stop waits so long for what is under way: a request, a delivery, a webhook that does not answer.
PATIENCE = 1.5

logger = logging.getLogger("infra.local")


@dataclass(frozen=True, slots=True)
class Options:
    """Where to listen, the file for the keys, the directory in which everything is kept (None: in memory alone),
    whether there is a demo to see, whether the logs are shown as they are."""

    host: str
    port: int
    keys: Path | None
    data: Path | None
    demo: bool
    verbose: bool


def main(options: Options) -> None:
    """Runs until Ctrl-C or SIGTERM. Raises CannotRun when the address, the data or the key file cannot be had."""
    listener = server.listen(options.host, options.port)
    keeper = Keeper(options.data)
    if options.keys:
        keys.check_writable(options.keys)
    url = server.url_of(options.host, listener)
    stopping = Stopping()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _stop(stopping))
    environ.prepare(url, os.environ)
    _run(options, url, listener, keeper, stopping)


def _stop(stopping: Stopping) -> NoReturn:
    """The first signal stops; a second one, or what hangs, ends it there and then."""
    if stopping.stopped:
        os._exit(0)
    stopping.stop()
    last_resort = threading.Timer(PATIENCE, stopping.end_process, [0])
    last_resort.daemon = True
    last_resort.start()
    raise SystemExit(0)


def _run(options: Options, url: str, listener: socket.socket, keeper: Keeper, stopping: Stopping) -> None:
    from chalicelib.settings import load
    from infra.local import emulator, feedback, terminal
    from infra.local.outbox import Outbox

    outbox = Outbox()
    bells: list[Callable[[], None]] = [keeper.changed]
    told: dict[str, Callable[[], None]] = dict.fromkeys(emulator.SENT_TO_QUEUE, lambda: _ring(bells))
    told |= dict.fromkeys(emulator.SENT_OUT, outbox.collect) | dict.fromkeys(emulator.WRITTEN, keeper.changed)
    coming_back = feedback.coming_back(load().resource("feedback"), environ.SMS_LOG)
    with emulator.aws(told), coming_back:
        app = _furnished_app(stopping, verbose=options.verbose)
        keyrings = _projects(app.SERVICES, keeper, outbox)
        living = _demo(app.SERVICES, keyrings[0], outbox) if options.demo else None
        outbox.tell = terminal.say_sent
        found = keys.document(url, keyrings)
        with _until_the_end(stopping):
            _keep(keeper, app.SERVICES.settings, keyrings, outbox, stopping)
            running = _start_events(app.app, bells, stopping)
            start = keys.start_page(found, running, keeper.folder)
            serve = server.runner(_application(app, outbox, start, living), listener)
            if options.keys:
                keys.write(options.keys, found)
            terminal.say(keys.banner(found, keeper.folder))
            if living:
                living.begin(stopping)
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
        stopping.end_process(code)


def _projects(services: Services, keeper: Keeper, outbox: Outbox) -> list[Keyring]:
    """Those of the start that everything is kept since, with all that they held; else new ones."""
    from infra.local import contents

    if keeper.kept is None:
        return keys.make(services)
    about, documents = keeper.kept
    contents.fill(services.settings, outbox, about, documents)
    return keys.found_again(about["projects"]) or keys.make(services)


def _keep(keeper: Keeper, settings: Settings, keyrings: list[Keyring], outbox: Outbox, stopping: Stopping) -> None:
    from infra.local import contents

    about = contents.about(settings) | {"projects": keys.to_documents(keyrings)}
    keeper.begin(lambda: (about, contents.lines(settings, outbox)), stopping)
    stopping.last = keeper.keep


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


def _demo(services: Services, keyring: Keyring, outbox: Outbox) -> Living:
    """The demo in a project, which is filled where it has none yet."""
    from infra.local import audience, demo, terminal
    from infra.local.living import Living, over_http

    services.outlet.sender = audience.Collecting(outbox, services.outlet.http)  # type: ignore[assignment]
    services.outlet.__dict__.pop("http")  # it is found once
    if not demo.is_there(keyring.project):
        logging.disable(logging.WARNING)  # that a channel fails belongs to the story
        demo.fill(services, keyring.project, outbox, terminal.say)
        logging.disable(logging.NOTSET)
    key = keyring.keys.get("write")
    return Living(services, keyring.project, over_http(services.settings.site_root, key) if key else None)


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


def _application(app: Any, outbox: Any, start: dict[str, Any], living: Living | None) -> Any:
    """The app behind its gateway; before it the runner's own pages, and the door for the administrator's commands."""
    from infra.admin import door
    from infra.local import gateway, shop, wsgi
    from infra.local.pages import Pages

    api = gateway.Gateway(app.app)
    pages = Pages(outbox, None if app.app.paths.find([]) else start, living.listed if living else list)

    def handle(environ: wsgi.Environ) -> wsgi.Answer:
        path = gateway.target(environ)[0]
        if path == door.PATH:
            return wsgi.json_answer(*door.handle(app.SERVICES, environ))
        site = shop.page(path, app.SERVICES.clock()) if living else None
        return site or pages.handle(environ) or api.handle(environ)

    return wsgi.application(handle)
