from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from infra.lanes import walk
from infra.lanes.emulator import Emulator
from infra.lanes.process import LaneFailed
from infra.lanes.stack import Stack

DOWN = {"To": [walk.READER], "Subject": "DOWN | lane", "Source": "a@b", "BodyText": "t", "BodyHtml": "h"}


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(Emulator, "mails", lambda self: sent)
    return sent


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(Stack, "logs", lambda self: "\n".join(lines))
    return lines


@pytest.fixture
def stack(mails: list[dict[str, Any]], logs: list[str]) -> Stack:
    return Stack(Emulator("http://127.0.0.1:1", Path("log")), "tocsin-dev", {})


def test_a_mail_is_known_by_its_reader_and_a_word_of_its_subject(stack: Stack, mails: list[dict[str, Any]]) -> None:
    others = ("Downtown of lane is up", "DOWN | another")
    mails += [{**DOWN, "To": ["somebody@else"]}, *({**DOWN, "Subject": subject} for subject in others), DOWN]
    assert walk.mail_about(stack, "down", 1) is DOWN


@pytest.mark.parametrize("part", ["Source", "BodyText", "BodyHtml"])
def test_a_mail_without_a_part_fails_the_lane(stack: Stack, mails: list[dict[str, Any]], part: str) -> None:
    mails.append({**DOWN, part: ""})
    with pytest.raises(LaneFailed, match=f"has no {part}"):
        walk.mail_about(stack, "down", 1)


def test_a_mail_that_does_not_come_is_told_with_those_that_did(stack: Stack, mails: list[dict[str, Any]]) -> None:
    mails.append(DOWN)
    with pytest.raises(LaneFailed, match=r"no up mail within 0 s; the mails are \['DOWN \| lane'\]"):
        walk.mail_about(stack, "up", 0)


@pytest.mark.parametrize("line", ["ClientError: ... (AccessDeniedException) ...", "Task timed out after 25.00 seconds"])
def test_a_failing_function_ends_the_wait(stack: Stack, logs: list[str], line: str) -> None:
    logs += ["START RequestId: 1", line]
    with pytest.raises(LaneFailed, match="a function's log had") as failed:
        walk.mail_about(stack, "down", 60)
    assert line in str(failed.value)


def test_quiet_functions_are_no_trouble(stack: Stack, logs: list[str]) -> None:
    logs += ["START RequestId: 1", '{"message": "swept", "due": 0}', "REPORT RequestId: 1\tDuration: 2 ms"]
    assert walk.trouble(stack) == ""


class Buckets:
    def __init__(self, code: str) -> None:
        self.code = code

    def list_buckets(self) -> None:
        if self.code:
            raise botocore.exceptions.ClientError({"Error": {"Code": self.code}}, "ListBuckets")


@pytest.mark.parametrize(("code", "refused"), [("AccessDenied", True), ("", False), ("InvalidAccessKeyId", False)])
def test_only_a_refusal_by_the_policy_counts_as_one(code: str, refused: bool) -> None:
    assert walk.refused(Buckets(code)) is refused
