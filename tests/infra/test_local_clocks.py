"""infra.local.clocks: schedules fire when EventBridge would, with the event a function gets there."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chalice import Chalice, Rate
from chalice.app import CloudWatchEvent

from infra.local import clocks
from infra.local.stopping import Stopped, Stopping
from tests.cases import each

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)  # a Saturday


class Days(Stopping):
    """Time that passes by sleeping, until it stops; threads are run on the spot."""

    def __init__(self, now: datetime, lasting: timedelta) -> None:
        super().__init__()
        self.now, self.end = now, now + lasting

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        if self.now > self.end:
            raise Stopped

    def thread(self, name: str, work: Callable[[], object]) -> threading.Thread:
        work()
        return threading.current_thread()


def lived(now: datetime, lasting: timedelta, expression: str, function: Callable[[Any, Any], Any]) -> None:
    days = Days(now, lasting)
    with pytest.raises(Stopped):
        clocks.Clock("job", expression, function, days).run(lambda: days.now)


@each(
    ("expression", "after", "fires"),
    [
        ("rate(1 minute)", "2026-11-21T12:00:00", "2026-11-21T12:01:00"),
        ("rate(1 minute)", "2026-11-21T12:00:59.999", "2026-11-21T12:01:00"),
        ("rate(5 minutes)", "2026-11-21T12:01:00", "2026-11-21T12:05:00"),
        ("rate(1 hour)", "2026-11-21T12:01:00", "2026-11-21T13:00:00"),
        ("rate(2 days)", "2026-11-21T12:01:00", "2026-11-23T00:00:00"),
        ("cron(15 10 * * ? *)", "2026-11-21T12:00:00", "2026-11-22T10:15:00"),
        ("cron(0/5 * * * ? *)", "2026-11-21T12:01:00", "2026-11-21T12:05:00"),
        ("cron(0 8 ? * 2-6 *)", "2026-11-21T12:00:00", "2026-11-23T08:00:00"),
        ("cron(0 8 ? * MON-FRI *)", "2026-11-21T12:00:00", "2026-11-23T08:00:00"),
        ("cron(0 8 ? * 1 *)", "2026-11-21T12:00:00", "2026-11-22T08:00:00"),
        ("cron(0 8 1 * ? *)", "2026-11-21T12:00:00", "2026-12-01T08:00:00"),
    ],
)
def test_an_expression_fires_next(expression: str, after: str, fires: str) -> None:
    found = clocks.next_firing(expression, datetime.fromisoformat(after).replace(tzinfo=UTC))

    assert found == datetime.fromisoformat(fires).replace(tzinfo=UTC)


@each(
    "expression",
    [
        "",
        "1 minute",
        "rate(0 minutes)",
        "rate(1 second)",
        "cron(* * * * *)",
        "cron(0 8 ? * 2 2027)",
        "cron(61 8 * * ? *)",
    ],
)
def test_an_expression_that_is_not_understood_is_refused_at_once(expression: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        clocks.Clock("job", expression, lambda event, context: None, Stopping())


def test_a_clock_fires_at_once_and_then_at_the_start_of_each_period() -> None:
    fired: list[str] = []

    lived(
        NOON + timedelta(seconds=20),
        timedelta(minutes=3),
        "rate(1 minute)",
        lambda event, _: fired.append(event["time"]),
    )

    assert fired == [f"2026-11-21T12:0{clock}Z" for clock in ("0:20", "1:00", "2:00", "3:00")]


def test_a_function_gets_the_event_and_the_context_of_lambda() -> None:
    app = Chalice(app_name="sample", configure_logs=False)
    got: list[CloudWatchEvent] = []

    @app.schedule(Rate(1, unit=Rate.MINUTES))
    def job(event: CloudWatchEvent) -> None:
        got.append(event)

    (clock,) = clocks.of_app(app, Days(NOON, timedelta(0)))
    clock.fire(NOON)

    assert (clock.name, clock.expression) == ("job", "rate(1 minute)")
    assert (got[0].source, got[0].detail_type, got[0].time) == ("aws.events", "Scheduled Event", "2026-11-21T12:00:00Z")
    assert got[0].resources == ["arn:aws:events:eu-north-1:123456789012:rule/job"]
    assert got[0].event_id != got[0].context.aws_request_id  # type: ignore[union-attr]


def test_a_function_that_fails_is_logged_and_called_again(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []

    def failing(_event: Any, _context: Any) -> None:
        calls.append(1)
        raise RuntimeError("no table")

    lived(NOON, timedelta(minutes=2), "rate(1 minute)", failing)

    assert len(calls) == 3
    assert "no table" in caplog.text


def test_calls_may_overlap_but_do_not_pile_up(caplog: pytest.LogCaptureFixture) -> None:
    go_on = threading.Event()
    begun = threading.Semaphore(0)
    stopping = Stopping()

    def slow(_event: Any, _context: Any) -> None:
        begun.release()
        go_on.wait(10)

    clock = clocks.Clock("job", "rate(1 minute)", slow, stopping)
    for _ in range(clocks.AT_ONCE + 1):
        clock.fire(NOON)
    overlapping = [begun.acquire(timeout=10) for _ in range(clocks.AT_ONCE)]
    go_on.set()
    stopping.join(10)
    clock.fire(NOON)
    again = begun.acquire(timeout=10)
    stopping.join(10)

    assert all(overlapping)
    assert "job is still busy" in caplog.text
    assert again
