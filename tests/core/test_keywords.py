"""What a signal means: exit status, method, keywords."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.core.check import Filters, PingKind, Signal
from chalicelib.core.keywords import interpret
from tests.cases import each

NOW = datetime(2026, 11, 21, tzinfo=UTC)
WORDS = Filters(start_kw="BEGIN", success_kw="DONE, fine", failure_kw="ERROR", http_body=True)


def meaning(body: bytes, filters: Filters = WORDS, kind: PingKind = "success", **more: object) -> str:
    return interpret("", filters, Signal(kind, NOW, method="POST", body=body, **more))  # type: ignore[arg-type]


@each(
    ("body", "kind"),
    [
        (b"all DONE", "success"),
        (b"fine", "success"),
        (b"BEGIN", "start"),
        (b"ERROR", "fail"),
        (b"DONE with ERROR", "fail"),
        (b"BEGIN and DONE", "success"),
        (b"done", "ign"),
        (b"", "ign"),
        (b"\xff\xfe DONE", "success"),
    ],
)
def test_the_body_says_what_the_ping_means(body: bytes, kind: str) -> None:
    assert meaning(body) == kind


def test_a_body_without_any_keyword_means_what_the_check_says() -> None:
    assert meaning(b"hm", Filters(success_kw="DONE", http_body=True, default_fail=True)) == "fail"


@pytest.mark.parametrize("kind", ["start", "fail", "log"])
def test_a_keyword_wins_over_the_address(kind: PingKind) -> None:
    assert meaning(b"DONE", kind=kind) == "success"


def test_a_keyword_wins_over_the_exit_status() -> None:
    assert meaning(b"DONE", exitstatus=3) == "success"


def test_without_the_filter_keywords_mean_nothing() -> None:
    assert meaning(b"ERROR", Filters(failure_kw="ERROR")) == "success"


@pytest.mark.parametrize(("exitstatus", "kind"), [(0, "success"), (1, "fail"), (255, "fail"), (None, "success")])
def test_a_non_zero_exit_status_is_a_failure(exitstatus: int | None, kind: str) -> None:
    assert meaning(b"", Filters(), exitstatus=exitstatus) == kind


@pytest.mark.parametrize(("method", "kind"), [("POST", "success"), ("GET", "ign"), ("HEAD", "ign")])
def test_a_check_that_takes_post_alone_ignores_other_methods(method: str, kind: str) -> None:
    assert interpret("POST", Filters(), Signal("success", NOW, method=method)) == kind


def test_an_empty_keyword_matches_nothing() -> None:
    assert meaning(b"anything", Filters(success_kw=" , ,", http_body=True)) == "ign"
