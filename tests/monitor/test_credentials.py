"""Commands that log in, from the worker: what they may use, and that no password is kept, logged or sent elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from chalicelib.core.check import Check
from chalicelib.core.credentials import Credential
from chalicelib.monitor.looking import commands
from chalicelib.monitor.managing import channels, credentials, projects
from chalicelib.monitor.messages import RunCommands
from chalicelib.store import credentials as stored
from tests.channels.servers import Reply, serving
from tests.commands import servers
from tests.commands.postgresql import postgresql
from tests.conftest import Story
from tests.monitor.test_projects import everything_kept
from tests.park import Park
from tests.probes.authority import Authority
from tests.probes.servers.mysql import mysql

SECRET = "correct-horse-battery"
HERE = ("127.0.0.1",)
ROLE = "arn:aws:iam::123456789012:role/watch"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def park(story: Story) -> Park:
    ops = channels.create(story.services, story.keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    made = Park(story, (ops.code,))
    made.command()
    return made


def give(park: Park, kind: str, hosts: tuple[str, ...] = HERE, **more: Any) -> None:
    given: dict[str, Any] = {"user": "" if kind in ("oauth2", "aws") else "watch", "password": SECRET} | more
    credentials.add(park.story.services, park.project, Credential(kind, hosts, "uid", **given))


@pytest.fixture
def start() -> Iterator[Callable[[Any], Any]]:
    """Starts servers, which end with the test."""
    with ExitStack() as stack:
        yield stack.enter_context


Start = Callable[[Any], Any]


def of_postgresql(park: Park, start: Start, *, lets_in: bool) -> str:
    """A server that answers what it was told, or wants the password where all can read it."""
    give(park, "postgresql")
    port, _ = start(postgresql(["n"], [[f"is {SECRET}"]], method=0 if lets_in else 3))
    return f"sql({{'one': '127.0.0.1:{port}/shop'}}).execute('SELECT 1').result()"


def of_mysql(park: Park, start: Start, *, lets_in: bool) -> str:
    give(park, "mysql")
    port, _ = start(mysql(password=SECRET if lets_in else "another"))
    return f"mysql({{'one': '127.0.0.1:{port}/shop'}}).execute('SELECT 1 AS n').result()"


def of_redis(park: Park, start: Start, *, lets_in: bool) -> str:
    give(park, "redis")
    said = b"+OK\r\n" if lets_in else f"-ERR {SECRET} is no password\r\n".encode()
    port, _ = start(servers.redis({f"AUTH watch {SECRET}": said, "GET requirepass": f"+is {SECRET}\r\n".encode()}))
    return f"redis('127.0.0.1', {port}).get('requirepass')"


def of_oauth2(park: Park, start: Start, *, lets_in: bool, authority: Authority) -> str:
    """A server that answers with the request's headers, as some do to be tried with."""
    give(park, "oauth2", verify=False)
    server = start(serving(authority.context("127.0.0.1")))
    server.answer(Reply(200 if lets_in else 401, body=f'{{"Authorization": "is {SECRET}"}}'.encode()))
    return f"http('{server.url(scheme='https')}', oauth2=True, verify=False).json()"


@contextmanager
def aws() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def of_aws(park: Park, start: Start, *, lets_in: bool) -> str:
    give(park, "aws", (), user=ROLE)
    if lets_in:
        address = start(aws())
    else:
        refusing = start(serving())
        words = f"<ErrorResponse><Error><Code>AccessDenied</Code><Message>{SECRET}</Message></Error></ErrorResponse>"
        refusing.answer(Reply(403, {"Content-Type": "text/xml"}, words.encode()))
        address = refusing.url("").rstrip("/")
    services = park.story.services
    services.settings = replace(services.settings, aws_region="eu-central-1", aws_endpoint_url=address)
    return "str(cloudwatch().alarms())"


KINDS = {"postgresql": of_postgresql, "mysql": of_mysql, "redis": of_redis, "oauth2": of_oauth2, "aws": of_aws}
# The servers of these repeat what they were told.
REPEATING = ("postgresql", "redis", "oauth2")


@pytest.fixture
def command(park: Park, start: Start, authority: Authority) -> Callable[..., str]:
    def make(kind: str, *, lets_in: bool) -> str:
        more = {"authority": authority} if kind == "oauth2" else {}
        return KINDS[kind](park, start, lets_in=lets_in, **more)  # type: ignore[operator]

    return make


def seen(park: Park, caplog: pytest.LogCaptureFixture) -> str:
    """All that was kept, but for the settings themselves, logged and sent."""
    stored.delete(park.project, "uid")
    logged = [f"{one.getMessage()} {one.__dict__}" for one in caplog.records]
    return "\n".join([everything_kept(), *logged, *map(repr, park.story.sent.mails)])


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_logs_in_and_what_the_server_repeats_is_hidden(
    park: Park, command: Callable[..., str], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="tocsin")
    park.command(command(kind, lets_in=True))
    alert = park.alert("capture(found=str(value)) != ''", name="Found {found}")
    park.entity("web1")
    park.run()
    (found,) = park.values("web1")
    assert not is_error(found)
    assert ("is ***" in str(found)) is (kind in REPEATING)
    assert park.states(alert)["web1"] == "down"
    assert SECRET not in seen(park, caplog)


@pytest.mark.parametrize("kind", KINDS)
def test_a_login_that_fails_is_told_without_it(
    park: Park, command: Callable[..., str], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="tocsin")
    park.command(command(kind, lets_in=False))
    alert: Check = park.alert()
    park.entity("web1")
    park.run()
    assert is_error(park.values("web1")[0])
    assert park.states(alert) == {"web1": "down", "": "down"}
    assert len(park.story.sent.mails) > 0
    assert SECRET not in seen(park, caplog)


def is_error(found: Any) -> bool:
    return isinstance(found, str) and found.startswith(("CommandError", "HttpError"))


def test_a_login_is_read_once_for_a_message_and_forgotten_with_it(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []
    read = stored.of_project

    def counted(project: str) -> list[Credential]:
        reads.append(project)
        return read(project)

    monkeypatch.setattr(stored, "of_project", counted)
    park.command(number=2)
    park.alert()
    park.alert(number=2, check_definition_id=2)
    for number in range(5):
        park.entity(f"web{number}")
    message = RunCommands(0, ((park.project, "m#1"), (park.project, "m#2"))).to_message()
    commands.work(park.story.services, message)
    assert reads == [park.project]
    commands.work(park.story.services, message)
    assert reads == [park.project] * 2


def test_a_login_that_was_removed_is_used_no_more(park: Park, start: Start) -> None:
    park.command(of_redis(park, start, lets_in=True))
    park.alert("value is None")
    park.entity("web1")
    park.run()
    credentials.remove(park.project, "uid")
    park.run()
    # Without it the server here is asked all the same, and says what it says to everybody.
    assert park.values("web1") == [f"is {SECRET}", "is ***"]


def test_the_login_that_is_for_the_fewest_hosts_is_the_one(park: Park, start: Start) -> None:
    credentials.add(park.story.services, park.project, Credential("redis", ("*",), "all", password="another-word"))
    park.command(of_redis(park, start, lets_in=True))
    park.alert("value is None")
    park.entity("web1")
    park.run()
    assert park.values("web1") == ["is ***"]


def test_logins_of_another_project_are_none_of_this_one(park: Park, start: Start) -> None:
    other = projects.create(park.story.services, "Other").project
    program = of_redis(park, start, lets_in=False)
    credentials.remove(park.project, "uid")
    credentials.add(park.story.services, other.code, Credential("redis", HERE, "uid", "watch", SECRET))
    park.command(program)
    park.alert("value is None")
    park.entity("web1")
    park.run()
    assert not is_error(park.values("web1")[0])


def test_they_are_gone_with_their_project(park: Park) -> None:
    give(park, "redis")
    assert SECRET in everything_kept()
    projects.delete(park.story.services, park.project)
    assert SECRET not in everything_kept()
