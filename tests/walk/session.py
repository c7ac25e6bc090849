"""Opens the application on an AWS in memory: once for a process, and a new world for every walk."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import logging
import os
import pkgutil
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from tests.walk.entrance import Entrance
from tests.walk.faults import Killed
from tests.walk.memory import Memory
from tests.walk.outside import Connection, Sites
from tests.walk.world import World

STAGE = "walk"
OWNER = "owner@walk.example.org"
_ENVIRONMENT = {
    "TOCSIN_STAGE": STAGE,
    "TOCSIN_SITE_ROOT": "https://walk.example.org",
    "TOCSIN_MAIL_FROM": "Tocsin <alerts@walk.example.org>",
    "TOCSIN_MAIL_TO": OWNER,
    "TOCSIN_ALLOWED_NETWORKS": "127.0.0.0/8",
    "TOCSIN_TOPIC_PREFIX": "walk-",
    "TOCSIN_DUE_SHARDS": "2",
    "TOCSIN_OUTBOX_SHARDS": "2",
    "TOCSIN_WHEEL_SHARDS": "1",
    "TOCSIN_PING_LOG_LIMIT": "1000",
    "AWS_ACCESS_KEY_ID": "walk",
    "AWS_SECRET_ACCESS_KEY": "walk",
    "AWS_DEFAULT_REGION": "eu-north-1",
    "AWS_REGION": "eu-north-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


class LazyFuture(Future[Any]):
    """A job that is done when its result is asked for, in the thread that asks."""

    def __init__(self, job: Callable[[], Any]) -> None:
        super().__init__()
        self._job: Callable[[], Any] | None = job

    def do(self) -> None:
        job, self._job = self._job, None
        if job is None:
            return
        try:
            self.set_result(job())
        except Killed:
            raise
        except BaseException as error:  # noqa: BLE001
            # As a pool does: whoever asks for the result meets it.
            self.set_exception(error)

    def result(self, timeout: float | None = None) -> Any:
        self.do()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self.do()
        return super().exception(timeout)


class Session:
    """The application of this process. `world` is the one that it lives in at present."""

    def __init__(self) -> None:
        os.environ.update(_ENVIRONMENT)
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"):
            os.environ.pop(name, None)
        self.world: World | None = None
        self._pools: dict[int, list[LazyFuture]] = {}
        self.entrance = Entrance(importlib.import_module("app"))
        # What is imported later would not be part of the memory that a process begins with.
        for module in pkgutil.walk_packages(importlib.import_module("chalicelib").__path__, "chalicelib."):
            importlib.import_module(module.name)
        resources = importlib.import_module("infra.template").merged(STAGE)["Resources"].values()
        self._tables = [one["Properties"] for one in resources if one["Type"] == "AWS::DynamoDB::Table"]
        self._queues = [one["Properties"] for one in resources if one["Type"] == "AWS::SQS::Queue"]
        self.memory = Memory(self.entrance.services)
        self.sites = Sites()
        logging.disable(logging.CRITICAL)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Everything inside happens in the world: calls to AWS, pools of threads, connections, naps."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(patch.object(BaseClient, "_make_api_call", self._call))
            stack.enter_context(patch.object(ThreadPoolExecutor, "submit", self._submitted))
            stack.enter_context(patch.object(ThreadPoolExecutor, "shutdown", self._shut))
            stack.enter_context(patch.object(socket, "socket", _Sockets(self)))
            stack.enter_context(patch.object(time, "sleep", lambda seconds: self._world.sleep(seconds)))
            yield

    @property
    def _world(self) -> World:
        assert self.world is not None
        return self.world

    @property
    def _call(self) -> Callable[..., Any]:
        def call(client: Any, operation: str, request: dict[str, Any]) -> Any:
            return self._world.call(client.meta.service_model.service_name, operation, request)

        return call

    @property
    def _submitted(self) -> Callable[..., Any]:
        def submit(pool: Any, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> LazyFuture:
            future = LazyFuture(lambda: function(*arguments, **named))
            self._pools.setdefault(id(pool), []).append(future)
            return future

        return submit

    @property
    def _shut(self) -> Callable[..., Any]:
        def shutdown(pool: Any, wait: bool = True, *, cancel_futures: bool = False) -> None:
            running = self._world.running
            for future in self._pools.pop(id(pool), []):
                if not cancel_futures and not (running and running.dead):
                    future.do()

        return shutdown

    def open(self, seed: int, groups: frozenset[str], rate: float) -> dict[str, str]:
        """A new world with one project in it. Answers the project's keys by their names in the API."""
        self.memory.look()
        self.memory.put(None)
        world = self.world = self._new(groups, rate)
        world.random = Random(seed)
        for table in self._tables:
            world.dynamo.create(table)
        for queue in self._queues:
            world.queues.create(queue)
        self._wire(world, Random(seed))
        keys = self._project()
        for name, period, call in self.entrance.schedules():
            world.schedule(name, period, call, world.random.uniform(0.0, 50.0 if period > 60 else 10.0))
        for queue_name, name, handle, at_most in self.entrance.listeners():
            world.listen(queue_name, name, handle, at_most)
        return keys

    def _new(self, groups: frozenset[str], rate: float) -> World:
        return World(self.memory, groups, rate)

    def _wire(self, world: World, random: Random) -> None:
        """Gives the app the world's clock, and codes and texts that the walk's seed decides."""
        services, codes = self.entrance.services, itertools.count(1)
        services.clock, services.sleep = world.clock, world.sleep
        if hasattr(services, "new_code"):
            services.new_code = lambda: f"{random.getrandbits(32):08x}-0000-4000-8000-{next(codes):012x}"
        if hasattr(services, "random_text"):
            services.random_text = lambda length, letters: "".join(random.choice(letters) for _ in range(length))

    def administered(self, *command: str) -> tuple[int, str]:
        """A command of the administrator: (exit code, what it says)."""
        code, words = importlib.import_module("infra.admin.commands").answer(self.entrance.services, command)
        return int(code), str(words)

    def _project(self) -> dict[str, str]:
        """A project as its administrator makes it."""
        code, words = self.administered("project", "create", "--name", "Walk", "--json")
        assert code == 0, words
        return dict(json.loads(words))


class _Sockets:
    """Stands for the class `socket.socket`: whatever the app opens is the world's."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, *kind: Any, **_: Any) -> Connection:
        world = self._session.world
        assert world is not None
        return Connection(world.outside, *kind)

    def __instancecheck__(self, other: object) -> bool:
        return True
