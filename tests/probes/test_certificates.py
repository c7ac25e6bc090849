"""What is read from certificates, and what is said of them."""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.probes import certificates
from tests.cases import each
from tests.probes.authority import Authority

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def der(folder: Path, now: datetime, days: float) -> bytes:
    path = Authority(folder, now).file("www.example.org", days=days)
    text = Path(path).read_text()
    return ssl.PEM_cert_to_DER_cert(text[: text.index("-----BEGIN PRIVATE")])


@pytest.mark.parametrize("year", [1975, 2026, 2049, 2051, 2999])
def test_the_span_of_a_certificate_is_read_in_either_form_of_a_year(year: int, tmp_path: Path) -> None:
    now = datetime(year, 11, 21, 12, 0, tzinfo=UTC)
    validity = certificates.validity(der(tmp_path, now, 90))
    assert (validity.begins, validity.ends) == (now - timedelta(days=30), now + timedelta(days=90))


def test_the_days_left_are_whole_days(tmp_path: Path) -> None:
    validity = certificates.validity(der(tmp_path, NOW, 10))
    assert validity.left(NOW).days == 10
    assert validity.left(NOW + timedelta(seconds=1)).days == 9
    assert validity.left(NOW + timedelta(days=10, seconds=1)).days == -1


@pytest.mark.parametrize("cut", [0, 1, 2, 20, 60])
def test_what_is_no_certificate_is_an_error(cut: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        certificates.validity(der(tmp_path, NOW, 10)[:cut])


def test_rubbish_is_an_error_and_nothing_worse() -> None:
    for _ in range(2_000):
        try:
            certificates.validity(os.urandom(64))
        except ValueError:
            continue


@each(
    ("days", "fail", "warn", "judgement"),
    [
        (30, None, None, (True, False, "certificate ends in 30 days")),
        (1, 1, 2, (True, True, "certificate ends in 1 day")),
        (0, 1, 2, (False, False, "certificate ends in 0 days")),
        (0.5, 0, 0, (True, False, "certificate ends in 0 days")),
        (-0.01, None, None, (False, False, "certificate expired less than a day ago")),
        (-1, None, None, (False, False, "certificate expired 1 day ago")),
        (-1.9, None, None, (False, False, "certificate expired 1 day ago")),
        (-9, 0, 0, (False, False, "certificate expired 9 days ago")),
    ],
)
def test_days_left_are_judged(
    days: float, fail: int | None, warn: int | None, judgement: tuple[bool, bool, str]
) -> None:
    ending = certificates.Ending("certificate", timedelta(days=days))
    assert certificates.judged(ending, fail, warn) == judgement


def test_a_code_that_has_no_words_is_a_refusal_all_the_same() -> None:
    assert certificates.verdict(4_711) == "certificate not accepted"
