"""The demo goes on: its heartbeats are pinged, its hosts measured, and sites, alerts and definitions made by the APIs,
as anybody would make them."""

from __future__ import annotations

import heapq
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from chalicelib.core import pages
from chalicelib.core.check import Project
from chalicelib.monitor.intake import points
from chalicelib.monitor.managing import checks
from chalicelib.monitor.services import Services
from chalicelib.monitor.views import overview
from infra.local import demo, shop
from infra.local.stopping import Stopping
from infra.local.stories import STORIES, Beat

MEASURED = timedelta(seconds=10)
PATIENCE = 30.0
KINDS = {"heartbeat": "Heartbeat", "probe": "Site", "rule": "Metric", "evaluation": "Hosts"}

logger = logging.getLogger("infra.local")
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


# What the service answers to a method, a path and a document; None where it refuses.
Ask = Callable[[str, str, Any], Any]


def over_http(root: str, key: str) -> Ask:
    """Asks the service at `root`, as anybody does. What it refuses is told in the terminal."""

    def ask(method: str, path: str, document: Any) -> Any:
        body = None if document is None else json.dumps(document).encode()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = urllib.request.Request(root + path, body, headers, method=method)
        try:
            with _opener.open(request, timeout=PATIENCE) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            logger.error("the demo was refused %s %s: %s %s", method, path, error.code, error.read().decode())
        except OSError as error:
            logger.error("the demo could not ask for %s %s: %s", method, path, error)
        return None

    return ask


class Living:
    """Keeps the demo in one project alive. `ask` has its APIs; without it nothing is made that is not there."""

    def __init__(self, services: Services, project: Project, ask: Ask | None) -> None:
        self._services, self._project, self._ask = services, project, ask
        self._root = services.settings.site_root

    def begin(self, stopping: Stopping) -> None:
        stopping.thread("demo", lambda: self.feed(stopping))
        ask = self._ask
        if ask:
            stopping.thread("demo: sites and alerts", lambda: self.furnish(ask))

    def feed(self, stopping: Stopping) -> None:
        """Does what happens, when it does, for ever."""
        clock = self._services.clock
        for at, code, beat in self._coming(clock()):
            stopping.sleep((at - clock()).total_seconds())
            try:
                self._do(code, beat)
            except Exception:
                # The next ping is another chance, as it is for any client.
                logger.exception("the demo could not go on with %s", code or "its metrics")

    def _coming(self, start: datetime) -> Iterator[tuple[datetime, str, Beat | None]]:
        """What happens to which check, in the order of time; without a check the hosts are measured."""
        codes = {check.name: check.code for check in checks.of_project(self._project)}
        told = [_told(codes[story.name], story.live(start)) for story in STORIES if story.name in codes]
        measured = ((start + MEASURED * number, "", None) for number in count())
        return heapq.merge(measured, *told, key=lambda one: one[0])

    def _do(self, code: str, beat: Beat | None) -> None:
        if beat:
            demo.ping(self._services, code, beat)
        else:
            points.take(self._services, self._project.code, shop.points(self._services.clock()))

    def furnish(self, ask: Ask) -> None:
        """Makes what is not there of sites, alerts and definitions, by its name."""
        devices = ask("GET", "/v1.1/devices", None) or []
        _make(ask, "/v1.1/devices", shop.devices(self._root), "FullName", devices)
        alerts = ask("GET", "/v2/alerts/", None) or {"alerts": []}
        _make(ask, "/v2/alerts/", shop.alerts(), "name", alerts["alerts"])
        for entity in shop.entities(self._root):
            ask("PUT", "/api/v1/entities", entity)
        command = ask("POST", "/api/v1/check-definitions", shop.COMMAND)
        if command:
            known = ask("GET", "/api/v1/checks/all-active-alert-definitions", None) or {"alert_definitions": []}
            wanted = [shop.definition(command["id"])]
            _make(ask, "/api/v1/alert-definitions", wanted, "name", known["alert_definitions"])

    def listed(self) -> list[dict[str, str]]:
        """What the start page shows of it: each check with its kind, its state and the address of its page."""
        alerts = overview.of_project(self._project, lambda _: True, self._services.clock())
        return [
            {
                "name": alert.name,
                "kind": KINDS.get(alert.check.kind, alert.check.kind),
                "state": alert.state,
                "page": pages.url_of(self._root, self._project, alert.check) or "",
            }
            for alert in alerts
        ]


def _told(code: str, beats: Iterator[Beat]) -> Iterator[tuple[datetime, str, Beat | None]]:
    return ((beat.at, code, beat) for beat in beats)


def _make(ask: Ask, path: str, wanted: list[dict[str, Any]], name: str, there: list[dict[str, Any]]) -> None:
    names = {one[name] for one in there}
    for one in wanted:
        if one[name] not in names:
            ask("POST", path, one)
