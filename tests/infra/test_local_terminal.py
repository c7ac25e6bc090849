"""infra.local.terminal: a quiet terminal, with a line for what was told and words for what went wrong."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib import log
from infra.local import terminal
from infra.local.outbox import Sent

Streams = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def loggers() -> Iterator[None]:
    """Leaves the loggers as they were."""
    kept = []
    for name in ("tocsin", "infra.local", "waitress.queue"):
        logger = logging.getLogger(name)
        kept.append((logger, list(logger.handlers), logger.level, logger.propagate))
    yield
    for logger, handlers, level, propagate in kept:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagate


def test_everyday_logs_are_not_shown(capsys: Streams) -> None:
    terminal.logs(verbose=False)
    log.info("news waiting", entries=3)
    log.count(Pings=1)

    assert capsys.readouterr() == ("", "")


def test_a_warning_is_shown_in_words(capsys: Streams) -> None:
    terminal.logs(verbose=False)
    log.warning("not notified", channel="c1", reason="answered 500")

    output = capsys.readouterr()
    assert output.out == ""
    assert output.err[8:] == "  warning: not notified  channel=c1  reason=answered 500\n"


def test_an_error_is_shown_with_its_trace(capsys: Streams) -> None:
    terminal.logs(verbose=False)
    try:
        raise ValueError("no such zone")
    except ValueError:
        log.error("deadline cannot be decided", code="x")

    first, *trace = capsys.readouterr().err.splitlines()
    assert first.endswith("error: deadline cannot be decided  code=x")
    assert trace[0].startswith("Traceback") and trace[-1] == "ValueError: no such zone"


def test_the_runner_itself_warns_in_the_same_place(capsys: Streams) -> None:
    terminal.logs(verbose=False)
    logging.getLogger("infra.local").warning("%s is busy", "sweep")

    assert capsys.readouterr().err[8:] == "  warning: sweep is busy\n"


def test_verbose_shows_the_logs_as_they_are_on_standard_error(capsys: Streams) -> None:
    terminal.logs(verbose=True)
    log.info("news waiting", entries=3)

    output = capsys.readouterr()
    assert json.loads(output.err)["entries"] == 3
    assert output.out == ""


@pytest.mark.parametrize("kind", ["webhook", "pagerduty"])
def test_a_call_that_was_made_for_real_gets_a_line(capsys: Streams, kind: str) -> None:
    terminal.logs(verbose=False)
    log.info("notified", channel="c1", kind=kind, check="k1", new="down")

    assert capsys.readouterr().out[8:] == f"  {kind:<7} called: check k1 is down\n"


def test_a_mail_is_told_of_by_the_outbox_alone(capsys: Streams) -> None:
    terminal.logs(verbose=False)
    log.info("notified", channel="c1", kind="email", check="k1", new="down")
    terminal.say_sent(Sent(1, "email", "me@example.org", "DOWN | Backup", "text", "", datetime.now(UTC)))

    assert capsys.readouterr().out[8:] == "  email   to me@example.org: DOWN | Backup\n"
