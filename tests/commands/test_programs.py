"""Commands as people write them, read by the language and run with the functions of this package."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib import commands
from chalicelib.commands import Credential, Readers
from chalicelib.languages.conditions import Failed, Malformed, command, run
from tests.cases import each
from tests.channels.servers import Reply, Server
from tests.commands import servers
from tests.commands.postgresql import postgresql
from tests.commands.scene import context


def ran(text: str, entity: dict[str, Any] | None = None, **more: Any) -> Any:
    """What a command comes to; it speaks of no name that nobody knows."""
    about = context(entity, **more)
    program, names = command(text), {**commands.bound(about), "entity": dict(about.entity)}
    assert program.unknown(names) == {}
    return run(program, names)


RENAMED = """
def check():
    first = http('/numbers', timeout=8).json()[0]
    return {'people': first['peopleCount'], 'stars': first['starsCount']}
"""
DISKS = """
def check():
    page = http('/metrics').prometheus()
    free = sum([pair[1] for pair in page['fs_free'] if pair[0]['device'] == 'rootfs'])
    size = sum([pair[1] for pair in page['fs_size'] if pair[0]['device'] == 'rootfs'])
    return {'used_percent': round(100 - (free / size * 100), 2)}
"""


@pytest.mark.parametrize(
    ("text", "body", "found"),
    [
        ("http(entity['url'], timeout=4).time() < 5", b"", True),
        ("http('/', verify=False, timeout=4).code()", b"", 200),
        ("http('/heartbeat', timeout=4).text().strip() == 'OK'", b"OK\n", True),
        ("http('/health').json(raise_error=False)['a'][0]", b'{"a": [7]}', 7),
        (RENAMED, b'[{"peopleCount": 3, "starsCount": 4}]', {"people": 3, "stars": 4}),
        (DISKS, b'fs_free{device="rootfs"} 10\nfs_size{device="rootfs"} 40\n', {"used_percent": 75.0}),
        ("counter('requests').per_second(http('/metrics').json()['requests'])", b'{"requests": 60}', 6.0),
        ("{k: v * 2 for k, v in http('/').json().items()}", b'{"a": 1}', {"a": 2}),
    ],
)
def test_a_page_is_read_and_reckoned_with(server: Server, text: str, body: bytes, found: Any) -> None:
    server.answer(Reply(body=body))
    readers = Readers(swap=lambda key, value, now: (0.0, now - 10))
    assert ran(text, {"url": server.url("").rstrip("/")}, readers=readers) == found


def test_rows_lists_and_entities_are_plain_values() -> None:
    login = (Credential("postgresql", ("*",), user="watch"),)
    with postgresql(["id", "n"], [["a", "1"], ["b", "2"]]) as (port, _):
        shards = {"shards": {"d": f"127.0.0.1:{port}/shop"}}
        rows = "{row['id']: int(row['n']) for row in sql().execute('SELECT id, n FROM t').results()}"
        assert ran(rows, shards, credentials=login) == {"a": 1, "b": 2}
    with servers.redis({"LLEN jobs:waiting": b":3\r\n"}) as (port, _):
        assert ran(f"redis(port={port}).llen('jobs:waiting')") == 3
    readers = Readers(entities=lambda: [{"id": "a", "type": "instance", "application_id": "web"}])
    assert ran("len(entities().search_local(type='instance', application_id='web'))", readers=readers) == 1


def test_times_are_subtracted_and_compared() -> None:
    assert ran("time() - time('-5m')") == 300
    assert ran("time('-1m') < time() and str(time())") == "2026-11-28 12:00:00"


@each(
    ("text", "said"),
    [
        (
            "http('http://127.0.0.2/x').code()",
            "HttpError: HTTP request failed for http://127.0.0.2/x: address not allowed",
        ),
        ("http('/x', color=1)", "CommandError: http(): got an unexpected keyword argument 'color'"),
        ("http('/x').secrets()", "AttributeError: 'Page' object has no attribute 'secrets'"),
        ("snmp('h').x()", "CommandError: snmp() cannot be called here: it speaks UDP"),
        ("redis(password='x')", "CommandError: redis() takes its password from the settings of the project"),
    ],
)
def test_what_goes_wrong_is_told_with_its_place_and_nothing_of_ours(text: str, said: str) -> None:
    with pytest.raises(Failed) as caught:
        ran(text)
    assert str(caught.value).startswith(said)
    assert str(caught.value).endswith("(line 1, column 1)")
    assert "chalicelib" not in str(caught.value)


def test_a_program_can_live_with_an_error() -> None:
    assert ran("Try(lambda: http('http://127.0.0.2/').code(), lambda e: 'down')") == "down"


@pytest.mark.parametrize("text", ["http('/x')._context", "http.__class__", "redis().__init__"])
def test_nothing_behind_the_objects_can_be_read(text: str) -> None:
    with pytest.raises((Failed, Malformed)):
        ran(text)


def test_what_a_command_answers_can_be_kept_as_json(server: Server) -> None:
    server.answer(Reply(body=b'a{b="c"} 1\n'))
    page = "http('/').prometheus()"
    assert json.dumps(ran(page, {"url": server.url("").rstrip("/")})) == '{"a": [[{"b": "c"}, 1.0]]}'
