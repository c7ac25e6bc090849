import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.lanes import emulator
from infra.lanes.emulator import Emulator

ROOMY: dict[str, Any] = {"f_bavail": 10_000_000, "f_frsize": 4096, "f_flag": 0}


@pytest.mark.parametrize(
    ("about", "good"),
    [
        (ROOMY, True),
        ({**ROOMY, "f_bavail": 16_384}, False),
        ({**ROOMY, "f_flag": os.ST_NOEXEC}, False),
    ],
)
def test_workers_unpack_in_memory_only_where_there_is_room_and_code_may_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, about: dict[str, Any], good: bool
) -> None:
    monkeypatch.setattr("os.statvfs", lambda path: SimpleNamespace(**about))
    assert emulator.workshop(tmp_path) == (tmp_path if good else emulator.CACHE)


def test_workers_unpack_in_the_checkout_where_there_is_no_such_memory(tmp_path: Path) -> None:
    assert emulator.workshop(tmp_path / "missing") == emulator.CACHE


def test_mails_of_all_accounts_come_in_the_order_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    later, first = {"Subject": "b", "Timestamp": 2.5}, {"Subject": "a", "Timestamp": 1.5}
    monkeypatch.setattr(Emulator, "read", lambda self, path: {"messages": {"1": [later], "2": [first]}})
    assert Emulator("http://127.0.0.1:1", Path("log")).mails() == [first, later]


def test_an_emulator_that_does_not_listen_is_not_healthy() -> None:
    assert not Emulator("http://127.0.0.1:1", Path("log")).healthy()


def test_a_function_sees_nothing_of_the_callers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("TOCSIN_STAGE", "mine")
    given = emulator.environment(4566, "/scratch")
    assert not {"AWS_PROFILE", "TOCSIN_STAGE"} & set(given)
    assert given["AUTH"] == "true"
