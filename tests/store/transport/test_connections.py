"""Connections that break, clocks that are wrong, and answers that are not what was sent."""

from __future__ import annotations

import json
import select
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import botocore.session
import pytest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError, ConnectionClosedError

from chalicelib.store.transport import making, retries
from chalicelib.store.transport.client import Client
from tests.store.transport.servers import Ends, Server, answer, lean, refused, serving

ITEM = {"code": {"S": "x" * 50}}
WHOLE = answer({"Item": ITEM})
GET: tuple[str, dict[str, Any]] = ("GetItem", {"TableName": "t", "Key": {"code": {"S": "x"}}})


@pytest.fixture
def server() -> Iterator[Server]:
    with serving([]) as server:
        yield server


@pytest.fixture
def sleeps() -> list[float]:
    return []


@pytest.fixture
def client(server: Server, sleeps: list[float]) -> Iterator[Client]:
    made = lean(server.url, sleeps)
    yield made
    made.close()


def test_an_answer_that_is_cut_at_any_byte_is_asked_for_again(server: Server, client: Client) -> None:
    for length in range(len(WHOLE)):  # none of them whole
        server.answers = iter([Ends(WHOLE[:length]), WHOLE])
        assert client._make_api_call(*GET)["Item"] == ITEM, length


def test_an_answer_that_was_changed_on_its_way_is_asked_for_again(server: Server, client: Client) -> None:
    changed = WHOLE.replace(b"xxxxx", b"xxyxx", 1)
    server.answers = iter([changed, WHOLE])
    assert client._make_api_call(*GET)["Item"] == ITEM
    assert len(server.heard) == 2


def test_a_connection_is_kept(server: Server, client: Client) -> None:
    server.answers = iter([WHOLE] * 3)
    for _ in range(3):
        client._make_api_call(*GET)
    assert server.connections == 1


def test_a_connection_that_was_closed_meanwhile_costs_no_attempt(
    server: Server, client: Client, sleeps: list[float]
) -> None:
    server.answers = iter([Ends(WHOLE)] * 6)
    for _ in range(6):
        client._make_api_call(*GET)
        select.select(client._wire._idle, [], [], 10)  # the end has come
    assert (sleeps, len(server.heard), server.connections) == ([], 6, 6)


def test_who_never_answers_is_given_up(server: Server, client: Client, sleeps: list[float]) -> None:
    server.answers = iter([Ends(b"")] * 9)
    with pytest.raises(ConnectionClosedError):
        client._make_api_call(*GET)
    assert (len(server.heard), len(sleeps)) == (4, 3)


def test_an_answer_that_trickles_is_not_waited_for_beyond_the_deadline(server: Server, client: Client) -> None:
    client._wire.exchange_seconds = 0.05
    server.answers = iter([WHOLE[:20]] * 9)  # and no more of it
    with pytest.raises(ConnectionClosedError) as caught:
        client._make_api_call(*GET)
    assert "TimeoutError" in str(caught.value.kwargs["error"])


def test_a_clock_that_is_wrong_is_set_by_the_answer(server: Server, client: Client) -> None:
    theirs = datetime.now(UTC) + timedelta(hours=2)
    late = {"__type": "#InvalidSignatureException", "message": "Signature expired"}
    server.answers = iter([answer(late, 400, Date=format_datetime(theirs, usegmt=True)), WHOLE, WHOLE])
    client._make_api_call(*GET)
    client._make_api_call(*GET)
    stamps = [head.split("x-amz-date: ")[1].split("\r\n")[0] for head, _ in server.heard]
    assert len(stamps) == 3
    assert stamps[1][:11] == stamps[2][:11] == f"{theirs:%Y%m%dT%H}"


def test_a_wrong_secret_is_not_tried_again(server: Server, client: Client) -> None:
    told = {"__type": "#InvalidSignatureException", "message": "The signature does not match"}
    server.answers = iter([answer(told, 400, Date=format_datetime(datetime.now(UTC), usegmt=True))])
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        client._make_api_call(*GET)
    assert len(server.heard) == 1


def test_a_transaction_keeps_its_token_through_all_attempts(server: Server, client: Client) -> None:
    server.answers = iter([Ends(b""), refused("InternalServerError", 500), answer({})])
    client._make_api_call("TransactWriteItems", {"TransactItems": []})
    tokens = {json.loads(body)["ClientRequestToken"] for _, body in server.heard}
    assert (len(tokens), len(server.heard)) == (1, 3)


def test_many_failures_spend_the_budget_of_retries_and_good_calls_fill_it(server: Server, client: Client) -> None:
    client.budget = retries.Budget(10, 10)
    server.answers = iter([refused("InternalServerError", 500)] * 9)
    for _ in range(3):
        with pytest.raises(ClientError):
            client._make_api_call(*GET)
    assert len(server.heard) == 3 + 1 + 1
    server.answers = iter([WHOLE] * 20)
    for _ in range(20):
        client._make_api_call(*GET)
    assert client.budget.left == 10


def test_what_is_no_operation_on_items_is_done_by_botocore(client: Client) -> None:
    class Other:
        def _make_api_call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
            return {"said": operation, **arguments}

    client.other = Other
    assert client._make_api_call("DescribeTable", {"TableName": "t"}) == {"said": "DescribeTable", "TableName": "t"}


def test_no_secret_shows(server: Server) -> None:
    made = lean(server.url)
    made._signer.headers(ReadOnlyCredentials("AKID", "secret", "token"), datetime.now(UTC), "x", b"")
    assert "secret" not in repr(made)
    assert "token" not in repr(made)


def test_dynamodb_is_where_botocore_finds_it_in_every_partition() -> None:
    session = botocore.session.Session()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("dynamodb", partition)[:2]:
            theirs = session.create_client("dynamodb", region, aws_access_key_id="x", aws_secret_access_key="x")
            assert making.endpoint(region) == theirs.meta.endpoint_url, region
