"""An error that nobody foresaw while a rule is judged: its query fails, its owner and that of the installation hear."""

from __future__ import annotations

import io
import json
import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib import log
from chalicelib.core.check import Check
from chalicelib.core.criteria import BUCKET, Criterion
from chalicelib.core.specs import Part, rule_of
from chalicelib.core.status import decide
from chalicelib.core.watching import Judged
from chalicelib.languages.graphite import registry
from chalicelib.monitor.intake import points
from chalicelib.monitor.looking import judging, verdicts
from chalicelib.monitor.looking.reading import Reader
from chalicelib.monitor.managing import channels, rules
from chalicelib.monitor.messages import Judge
from chalicelib.store import checks
from chalicelib.store.faults import StoreFault
from chalicelib.store.series_cells import Grid
from tests import specs
from tests.conftest import Story
from tests.flows.conftest import trouble, unavailable
from tests.languages.graphite.functions.test_odd_series import ARGUMENTS, ODD
from tests.monitor.histories import Memory, Point, T, paces_of

MADE = datetime.fromtimestamp(T - 600, UTC)
ERRORS = (TypeError, IndexError, KeyError, ValueError, ZeroDivisionError, OverflowError, RecursionError, MemoryError)
PROGRAMS = 300


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is logged."""
    stream, logger = io.StringIO(), logging.Logger("judging", logging.INFO)
    logger.addHandler(logging.StreamHandler(stream))
    monkeypatch.setattr(log, "_logger", logger)
    return stream


def lines(written: io.StringIO, key: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in written.getvalue().splitlines()]
    return [line for line in found if key in line]


def breaks(monkeypatch: pytest.MonkeyPatch, place: str, run: Callable[..., Any]) -> None:
    """Has a place that judging comes by do something else."""
    if place == "a function":
        monkeypatch.setitem(registry.functions(), "absolute", replace(registry.functions()["absolute"], run=run))
    elif place == "the arguments":
        monkeypatch.setattr("chalicelib.languages.graphite.evaluator.bound", run)
    elif place == "the names":
        monkeypatch.setattr("chalicelib.monitor.looking.sources.meant", run)
    elif place == "the values":
        monkeypatch.setattr(Grid, "seen", run)
    else:
        monkeypatch.setattr("chalicelib.core.criteria.judge", run)


PLACES = ("a function", "the arguments", "the names", "the values", "the criterion")


def alert(story: Story, metric: str = "absolute(web.*)", *, name: str = "Load", **more: Any) -> Check:
    """An alert that tells a channel by mail, on a series that has had points for some minutes."""
    channel = channels.create(story.services, story.keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    spec = replace(specs.above(metric), **more)
    values = {"name": name, "spec": spec, "channels": (channel.code,), "remind": 0}
    made = rules.create(story.services, story.keyring.project, values)
    minutes(story, 3)
    return made


def minutes(story: Story, number: int, value: int = 1) -> None:
    """Lets minutes pass, each with a point, well within bounds unless told otherwise."""
    for _ in range(number):
        points.take(story.services, story.project, f"web.one {value}".encode())
        story.tick()
        story.sweep_for(1)


def raising(error: Exception) -> Callable[..., Any]:
    def broken(*_: object, **__: object) -> Any:
        raise error

    return broken


def status(rule: Check) -> str:
    return checks.get(rule.project, rule.code).status


@pytest.mark.parametrize(
    ("place", "error"),
    [*((PLACES[0], error) for error in ERRORS), *((place, error) for place in PLACES[1:] for error in ERRORS[:2])],
)
def test_it_is_told_as_a_query_that_fails(
    story: Story, monkeypatch: pytest.MonkeyPatch, written: io.StringIO, place: str, error: type[Exception]
) -> None:
    rule = alert(story)
    assert (status(rule), story.sent.subjects, lines(written, "trace")) == ("up", [], [])
    with monkeypatch.context() as patch:
        breaks(patch, place, raising(error("nobody thought of this")))
        minutes(story, 2)
    assert (status(rule), story.sent.subjects) == ("down", ["DOWN | Load"])
    told = story.sent.mails[0].text
    assert "query failed: " in told
    assert f"fault in this service ({error.__name__})" in told
    assert "nobody thought of this" not in told
    assert lines(written, "trace")
    assert all("nobody thought of this" in line["trace"] for line in lines(written, "trace"))
    minutes(story, 3)
    assert (status(rule), story.sent.subjects) == ("up", ["DOWN | Load", "UP | Load"])


def test_who_ignores_failed_queries_is_not_told(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = alert(story, on_query_failure="ignore")
    breaks(monkeypatch, "a function", raising(TypeError()))
    minutes(story, 2)
    assert (status(rule), story.sent.subjects) == ("down", [])


@pytest.mark.parametrize("made", [None, [None], [Ellipsis], 5.0, ["web.one"]], ids=repr)
def test_a_function_that_makes_no_series_fails_the_query(
    story: Story, monkeypatch: pytest.MonkeyPatch, made: object
) -> None:
    rule = alert(story)
    breaks(monkeypatch, "a function", lambda *_: made)
    minutes(story, 2)
    assert (status(rule), story.sent.subjects) == ("down", ["DOWN | Load"])


@pytest.mark.parametrize(
    "spec", [{"parts": (Part("a", "absolute((", Criterion("above", above=1)),)}, {"expression": "a &&"}], ids=str
)
def test_a_definition_that_cannot_be_read_any_more_fails_the_query(
    story: Story, monkeypatch: pytest.MonkeyPatch, spec: dict[str, Any]
) -> None:
    rule = alert(story)
    known = checks.get_many

    def later(keys: list[tuple[str, str]], **more: Any) -> list[Check]:
        return [replace(one, spec=replace(rule_of(one), **spec)) for one in known(keys, **more)]

    monkeypatch.setattr(checks, "get_many", later)
    minutes(story, 2)
    assert (status(rule), story.sent.subjects) == ("down", ["DOWN | Load"])


def test_the_alarm_goes_off_and_the_log_is_not_flooded(
    story: Story, monkeypatch: pytest.MonkeyPatch, written: io.StringIO
) -> None:
    same = [alert(story, name=name) for name in ("one", "two", "three", "four")]
    breaks(monkeypatch, "a function", raising(TypeError()))
    judging.work(story.services, Judge(0, tuple((rule.project, rule.code) for rule in same)).to_message())
    assert len(lines(written, "trace")) == len(lines(written, "Faults"))
    # One on the cheap reading, one on that which sees every point.
    assert 1 <= len(lines(written, "Faults")) <= 2


def test_a_rule_that_cannot_even_fail_keeps_no_other_from_it_and_raises_the_alarm(
    story: Story, monkeypatch: pytest.MonkeyPatch, written: io.StringIO
) -> None:
    rule, other = alert(story), alert(story, name="Other")
    decide = judging._decide

    def broken(batch: Any, check: Check, known: Any) -> Any:
        if check.code == rule.code:
            raise KeyError("not to be decided")
        return decide(batch, check, known)

    monkeypatch.setattr(judging, "_decide", broken)
    breaks(monkeypatch, "a function", raising(TypeError()))
    minutes(story, 2)
    assert (status(rule), status(other)) == ("up", "down")
    assert any("not to be decided" in line["trace"] for line in lines(written, "trace"))
    assert len(lines(written, "Faults")) == len(lines(written, "trace"))


def _timeout() -> Exception:
    return ReadTimeoutError(endpoint_url="https://dynamodb.example.org")


@pytest.mark.parametrize("metric", ["absolute(web.*)", "web.one", "web.*", "seriesByTag('name=web.one')"])
@pytest.mark.parametrize("error", [unavailable, _timeout])
@pytest.mark.parametrize("fresh", [False, True])
def test_what_aws_cannot_serve_fails_no_query_and_is_asked_again(
    story: Story, metric: str, error: Callable[[], Exception], fresh: bool
) -> None:
    rule = alert(story, parts=specs.above(metric).parts)
    message = Judge(0, ((rule.project, rule.code),), fresh=fresh).to_message()
    with trouble(0, unavailable, after=False) as made:
        judging.work(story.services, message)
    for call in range(1, len(made) + 1):
        with trouble(call, error, after=False), suppress(StoreFault):
            judging.work(story.services, message)
        assert status(rule) == "up"
    minutes(story, 3, value=7)
    assert status(rule) == "down"


def program(chance: random.Random) -> str:
    """A few functions around each other, with arguments that may fit."""
    target = "a.*.x"
    for _ in range(chance.randint(1, 4)):
        arguments = [target, *chance.choices(ARGUMENTS, k=chance.randint(0, 2))]
        target = f"{chance.choice(sorted(registry.functions()))}({','.join(arguments)})"
    return target


def odd_reader(chance: random.Random) -> Reader:
    """Series with odd values, at odd moments and paces."""
    points = {}
    for name in chance.sample(("a.one.x", "a.two.x", "a.b;c=d.x"), chance.randint(0, 3)):
        values = [value for value in chance.choice(list(ODD.values())) if value is not None]
        step = chance.choice((1, 7, 30, 60, 300))
        points[name] = [Point(T - step * (back + 1), value, T - step * back) for back, value in enumerate(values)][::-1]
    memory = Memory(points, {name: paces_of(of_name) for name, of_name in points.items()}, T)
    return Reader(memory, T - 150, T + BUCKET)


def criterion(chance: random.Random) -> Criterion:
    period = chance.choice((0, 1, 5))
    return chance.choice(
        (
            Criterion("above", above=chance.choice((-1e308, 0, 1.5)), period=period),
            Criterion("outside", above=5, below=-5, period=period),
            Criterion("missing", period=max(period, 1)),
        )
    )


def test_no_program_over_odd_series_raises_out_of_the_judgement(long: bool) -> None:
    seed = int(time.time()) if long else 7
    print(f"programs by the seed {seed}")
    chance, failed = random.Random(seed), 0
    for _ in range(20 * PROGRAMS if long else PROGRAMS):
        target, reader = program(chance), odd_reader(chance)
        rule = Check("project", "rule", MADE, kind="rule", spec=specs.rule(target, criterion(chance)))
        judged = verdicts.judge(reader, rule, {}, T)
        failed += judged.reason.startswith("query failed")
        assert status_of(rule, judged) in ("new", "up", "down"), target
        assert reader.told == set(), f"{target}: {judged.reason}"
    assert failed < (PROGRAMS * 19 if long else PROGRAMS * 0.95)


def status_of(rule: Check, judged: Judged) -> str:
    change = decide(rule, judged)
    return change.after.status if change else rule.status
