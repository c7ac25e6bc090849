"""Many calls at once: what DynamoDB leaves undone is done, and what fails is told after all others were tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.store import connection, series_calls
from chalicelib.store.faults import StoreFault
from chalicelib.store.series_calls import at_once, delete_all, get_all, item_of, key_of, put_all, query

pytestmark = pytest.mark.usefixtures("services")
Answer = dict[str, Any]
Calls = list[dict[str, Any]]


def items(count: int) -> list[dict[str, Any]]:
    return [item_of("o", f"k{number:04d}", 2**31, bytes([number % 256])) for number in range(count)]


def stored() -> list[str]:
    return [item["at_key"]["S"] for item in query("o", " ", "~")]


@pytest.fixture
def dispatched(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str, Calls], int]], list[int]]:
    """Lets DynamoDB leave undone as many items of a batch as a function says; the sizes of all batches."""
    original, sizes = connection.shared().dispatch, []

    def install(undone: Callable[[str, Calls], int]) -> list[int]:
        def dispatch(operation: str, request: dict[str, Any]) -> Answer:
            if "RequestItems" not in request:
                return original(operation, request)
            table, wanted = next(iter(request["RequestItems"].items()))
            reading = operation == "BatchGetItem"
            asked = wanted["Keys"] if reading else wanted
            sizes.append(len(asked))
            left = undone(operation, asked)
            done, rest = asked[: len(asked) - left], asked[len(asked) - left :]
            answer = (
                original(operation, {"RequestItems": {table: {"Keys": done} if reading else done}})
                if done
                else {"Responses": {}}
            )
            undone_as = ("UnprocessedKeys", {"Keys": rest}) if reading else ("UnprocessedItems", rest)
            return {**answer, undone_as[0]: {table: undone_as[1]} if rest else {}}

        monkeypatch.setattr(connection.shared(), "dispatch", dispatch)
        return sizes

    return install


def test_items_are_written_25_a_call_and_all_of_them(dispatched: Any) -> None:
    sizes = dispatched(lambda *_: 0)
    put_all(items(60))
    assert sorted(sizes) == [10, 25, 25]
    assert len(stored()) == 60


def test_what_is_left_undone_is_tried_again_at_once_and_then_ever_later(dispatched: Any) -> None:
    pauses: list[float] = []
    sizes = dispatched(lambda _, asked: len(asked) - 1)
    put_all(items(4), pauses.append)
    assert sizes == [4, 3, 2, 1]
    assert pauses == [0.05, 0.1]
    assert len(stored()) == 4


def test_what_is_never_done_is_a_fault(dispatched: Any) -> None:
    dispatched(lambda _, asked: len(asked))
    with pytest.raises(StoreFault, match="2 items left undone"):
        put_all(items(2), lambda _: None)


def test_nothing_to_write_costs_no_call(dispatched: Any) -> None:
    sizes = dispatched(lambda *_: 0)
    put_all([])
    assert sizes == []


def test_items_are_read_in_spite_of_what_is_left_undone(dispatched: Any) -> None:
    put_all(items(130))
    sizes = dispatched(lambda operation, asked: len(asked) // 4)
    found = get_all([key_of("o", f"k{number:04d}") for number in range(140)], lambda _: None)
    assert sorted(item["at_key"]["S"] for item in found) == stored()
    assert max(sizes) == 100


def test_items_are_deleted_by_their_keys() -> None:
    put_all(items(30))
    delete_all([key_of("o", f"k{number:04d}") for number in range(1, 30)])
    assert stored() == ["k0000"]


def test_pages_of_a_query_follow_on_one_another() -> None:
    put_all(items(30))
    keys = [item["at_key"]["S"] for item in query("o", "k0005", "k0024", limit=7)]
    assert keys == [f"k{number:04d}" for number in range(5, 25)]
    assert next(query("o", "k0005", "k0008", newest=True))["at_key"]["S"] == "k0008"


def test_every_part_is_tried_before_the_first_error_is_raised() -> None:
    tried = []

    def work(number: int) -> int:
        tried.append(number)
        if number % 2:
            raise StoreFault(str(number))
        return number

    with pytest.raises(StoreFault, match="1"):
        at_once(work, range(6))
    assert sorted(tried) == list(range(6))


def test_results_come_in_the_order_of_the_parts() -> None:
    assert at_once(lambda number: number * 2, range(50)) == list(range(0, 100, 2))
    assert at_once(lambda number: number, []) == []


def test_bytes_are_kept_as_they_are() -> None:
    put_all([item_of("o", "k", 2**31, bytes(range(256)))])
    assert next(query("o", "k", "k"))["data"]["B"] == bytes(range(256))
    assert series_calls.NOUN == "series"
