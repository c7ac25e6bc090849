"""What an answer of a service means for the news, as the table of `meanings` says."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.channels import bodies, waits
from chalicelib.channels.meanings import BASES, TABLE, Row, meaning
from chalicelib.core.errors import Undelivered

if TYPE_CHECKING:
    from chalicelib.channels.sender import Answer

__all__ = ["BASES", "TABLE", "Row", "is_taken", "meaning", "refused", "undelivered"]


def undelivered(message: str, row: Row, told: float | None = None, *, status: int = 0) -> Undelivered:
    """The failure that a row means.

    `told` is the number of seconds for which the service asks to be left alone, None if it does not ask. It counts with
    every error but a final one. Who answers with a `status` of 500 and more has failed on the way, and may have done
    what he was asked for before."""
    if row.outcome == "final":
        return Undelivered(message, permanent=True)
    if told is None and row.outcome == "wait":
        told = row.seconds
    return Undelivered(message, after=told, unanswered=status >= 500)


def is_taken(service: str, answer: Answer) -> bool:
    """Whether the service has taken what it was sent: some say an error in a success."""
    return answer.ok and bodies.is_taken(service, answer.body)


def refused(service: str, answer: Answer, now: datetime) -> Undelivered:
    """The failure that an HTTP answer means. The answer's words stay out of the message: they may repeat what was
    sent."""
    said = bodies.said(service, answer.body)
    row = meaning(service, str(answer.status), answer.body.decode("utf-8", "replace"), said.code)
    told = waits.told(answer.headers, now, limited=row.outcome == "wait")
    if told is None and said.wait is not None:
        told = waits.believed(said.wait)
    return undelivered(_told(answer.status, said.code, row), row, told, status=answer.status)


def _told(status: int, code: str, row: Row) -> str:
    """The error in words, with the reason where the table knows more than the status says."""
    said = f"answered {status}" + (f", error {code}" if code else "")
    return f"{said} ({row.why})" if row.service in bodies.MANNERS else said
