"""Proves a deployed stage alive, from the outside: a project of its own, a check, a ping, and all of it gone again.

    make smoke STAGE=prod
    python -m infra.smoke --stage prod [--url https://...]

The project is made in the stage's tables with the credentials in the environment, everything else goes through the
stage's address: that of the stack, or another that leads there. The exit code is 0 when every step went well, else 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import store
from chalicelib.core.errors import TocsinError
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.store.faults import StoreFault
from infra import account
from infra.change_set import Stack
from infra.template import BadStage, settings_of, stack_of

PATIENCE = 30.0  # seconds; API Gateway gives up after 29
# Keys are read as DynamoDB has them at the moment, which may be a moment old.
SOON = 10.0


class Wrong(Exception):
    """A step did not end as it must; the message says what came instead."""


@dataclass(frozen=True)
class Site:
    """The API at `root`, without a slash at the end, as one project sees it."""

    root: str
    key: str = ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, *, expect: int = 200) -> Any:
        """The JSON of the answer, or its text. Raises Wrong for another status than the expected one, or no answer."""
        url = path if path.startswith("http") else self.root + path
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"X-Api-Key": self.key}, method=method)
        status, text = _fetch(request)
        if status != expect:
            raise Wrong(f"{method} {url} answered {status} instead of {expect}: {text[:300]}")
        try:
            return json.loads(text)
        except ValueError:
            return text


def _fetch(request: urllib.request.Request) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        raise Wrong(f"{request.method} {request.full_url} got no answer: {error}") from error


@contextmanager
def step(what: str) -> Iterator[None]:
    """One line for a step: how it went and how long it took. What went wrong goes on to the caller."""
    began = time.monotonic()
    word = "FAILED"
    try:
        yield
        word = "ok"
    finally:
        print(f"{word:6} {time.monotonic() - began:6.2f} s  {what}", flush=True)


def soon(attempt: Callable[[], object]) -> None:
    """Tries until it goes well. Raises Wrong when it still does not after SOON."""
    end = time.monotonic() + SOON
    while True:
        try:
            attempt()
            return
        except Wrong:
            if time.monotonic() > end:
                raise
        time.sleep(0.5)


def run(services: Services, root: str) -> None:
    """Every step. Raises Wrong, or the store's errors; whatever happens, the project goes in the end."""
    with step(f"{root} answers, and reaches its tables"):
        Site(root).call("GET", "/api/v3/status/")
    with step("without a key, nothing is told"):
        Site(root).call("GET", "/api/v3/checks/", expect=401)
    with step("a project of its own is made"):
        keyring = projects.create(services, "smoke test")
    site = Site(root, keyring.keys["write"])
    try:
        with step("its key opens it"):
            soon(lambda: site.call("GET", "/api/v3/checks/"))
        follow_a_check(site)
    finally:
        with step("the project is deleted"):
            projects.delete(services, keyring.project.code)
    with step("its key opens nothing any more"):
        soon(lambda: site.call("GET", "/api/v3/checks/", expect=401))


def follow_a_check(site: Site) -> None:
    """Makes a check, pings it, and sees both."""
    with step("a check is made"):
        made = site.call("POST", "/api/v3/checks/", {"name": "smoke", "timeout": 3600, "grace": 3600}, expect=201)
        code = made["ping_url"].rpartition("/")[2]
    with step("a ping is taken in"):
        site.call("POST", f"/ping/{code}")
    with step("the check is up"):
        found = site.call("GET", f"/api/v3/checks/{code}")
        if (found["status"], found["n_pings"]) != ("up", 1):
            raise Wrong(f"the check is {found['status']} after {found['n_pings']} pings")
    with step("the check is deleted"):
        site.call("DELETE", f"/api/v3/checks/{code}")
        site.call("GET", f"/api/v3/checks/{code}", expect=404)


def address_of(stack: Stack) -> str:
    """Where the stage is to be found. Raises Wrong when it is not deployed."""
    root = stack.parameters().get("SiteRoot") or stack.outputs().get("EndpointURL", "")
    if not root:
        raise Wrong(f"there is no stack {stack.name} in this account and region")
    return root


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.smoke", description="prove a deployed stage alive")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--url", help="where the stage is to be found, if not where its stack says")
    arguments = parser.parse_args()
    account.choose_region()
    try:
        settings = settings_of(arguments.stage)
        root = arguments.url or address_of(Stack(boto3.client("cloudformation"), stack_of(settings)))
        store.connect(settings)
        run(Services(settings), root.rstrip("/"))
    except (BadStage, Wrong, TocsinError, StoreFault, ClientError, BotoCoreError) as reason:
        sys.exit(f"infra.smoke: {reason}")
    print(f"{arguments.stage} is alive")


if __name__ == "__main__":
    main()
