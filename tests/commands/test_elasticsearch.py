"""elasticsearch(): what is asked of a cluster."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.commands import CommandError, HttpError
from tests.channels.servers import Reply, Server
from tests.commands.scene import function


@pytest.mark.parametrize(
    ("method", "args", "path", "body"),
    [
        ("health", {}, "/es/_cluster/health", None),
        ("count", {"q": "status:500"}, "/es/_count?q=status%3A500", None),
        ("count", {"indices": ["logs-*", "more"]}, "/es/logs-*,more/_count", None),
        ("search", {"q": "a b"}, "/es/_search?size=10&_source=true&q=a+b", None),
        ("search", {"source": False, "size": 100}, "/es/_search?size=100&_source=false", None),
        ("search", {"body": {"query": {}}}, "/es/_search", {"query": {}, "size": 10}),
        ("search", {"body": {}, "source": False}, "/es/_search", {"size": 10, "_source": False}),
        ("count", {"indices": ["x/../../_all"], "body": {}}, "/es/x%2F..%2F..%2F_all/_count", {}),
    ],
)
def test_a_question_becomes_a_request(
    server: Server, method: str, args: dict[str, Any], path: str, body: object
) -> None:
    server.answer(Reply(body=b'{"hits": []}'))
    assert getattr(function("elasticsearch")(server.url("/es/")), method)(**args) == {"hits": []}
    (received,) = server.received
    assert received.path == path
    assert (received.method, received.body) == (("GET", b"") if body is None else ("POST", json.dumps(body).encode()))


def test_an_error_of_the_cluster_is_one_of_the_command(server: Server) -> None:
    server.answer(Reply(400, body=b'{"error": {}}'))
    with pytest.raises(HttpError, match="400 Bad Request"):
        function("elasticsearch", {"url": server.url()})().search()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"size": 1_001}, "size must be"),
        ({"size": -1}, "size must be"),
        ({"indices": {"a": 1}}, "indices must be"),
        ({"indices": ["a"] * 11}, "indices must be"),
        ({"body": "x"}, "body must be"),
    ],
)
def test_what_cannot_be_asked_is_told(server: Server, args: dict[str, Any], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        function("elasticsearch")(server.url()).search(**args)
    assert server.received == []
