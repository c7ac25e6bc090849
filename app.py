"""The application: the dialects that it serves, and every event function.

Event functions stand here because what Chalice finds in another module is deployed under a handler that never imports
this file. `chalicelib.functions` says what calls each and what it may do.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib import gateway, log, settings, store, web
from chalicelib.api import alertra, grafana, healthchecks, hostedgraphite, prometheus, zmon
from chalicelib.events import Events, Message
from chalicelib.monitor import chores
from chalicelib.monitor.clocks import deadlines, numbering, reports, rollups, sweep, tick
from chalicelib.monitor.looking import commands, judging, probing, waiting
from chalicelib.monitor.services import open_services
from chalicelib.monitor.telling import deliver, feedback
from chalicelib.store import queues

DIALECTS = (healthchecks, alertra, hostedgraphite, zmon, grafana, prometheus)
PACKAGES = (*DIALECTS, web)

SERVICES = open_services(settings.load())
log.configure(SERVICES.settings.stage)
store.connect(SERVICES.settings)

app = gateway.Application("tocsin", SERVICES, PACKAGES)
events = Events(app, SERVICES.settings, queues.hand_out_again)


@events
def sweep_due(_at: datetime) -> None:
    sweep.run(SERVICES)


@events
def tick_wheel(at: datetime) -> None:
    tick.run(SERVICES, at)


@events
def roll_up(_at: datetime) -> None:
    rollups.run(SERVICES)
    numbering.run()


@events
def decide_deadlines(messages: list[Message]) -> None:
    for message in messages:
        deadlines.work(SERVICES, message)


@events
def run_probes(messages: list[Message]) -> None:
    probing.work(SERVICES, *messages)


@events
def run_stragglers(messages: list[Message]) -> None:
    waiting.wait(SERVICES, *messages)


@events
def judge_rules(messages: list[Message]) -> None:
    for message in messages:
        judging.work(SERVICES, message)


@events
def run_commands(messages: list[Message]) -> None:
    for message in messages:
        commands.work(SERVICES, message)


@events
def deliver_news(messages: list[Message]) -> None:
    deliver.deliver_nudges(SERVICES, messages)


@events
def read_sms_log(_at: datetime) -> None:
    reports.run(SERVICES)


@events
def hear_back(messages: list[Message]) -> None:
    feedback.hear_all(SERVICES, messages)


@events
def do_chores(messages: list[Message]) -> None:
    for message in messages:
        chores.do(SERVICES, message)
