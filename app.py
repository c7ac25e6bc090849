"""The application: the dialects that it serves, and every event function.

Event functions stand here because what Chalice finds in another module is deployed under a handler that never imports
this file.
"""

from __future__ import annotations

import json
from datetime import datetime

from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib import gateway, log, settings, store, web
from chalicelib.api import alertra, healthchecks, hostedgraphite
from chalicelib.monitor import chores
from chalicelib.monitor.clocks import rollups, sweep, tick
from chalicelib.monitor.looking import judging, probing
from chalicelib.monitor.services import open_services
from chalicelib.monitor.telling import deliver

DIALECTS = (healthchecks, alertra, hostedgraphite)

SERVICES = open_services(settings.load())
log.configure(SERVICES.settings.stage)
store.connect(SERVICES.settings)

app = gateway.Application("tocsin", SERVICES, (*DIALECTS, web))


@app.schedule("rate(1 minute)")
def sweep_due(event: CloudWatchEvent) -> None:
    log.begin(event.event_id)
    sweep.run(SERVICES)


@app.schedule("rate(1 minute)")
def tick_wheel(event: CloudWatchEvent) -> None:
    log.begin(event.event_id)
    tick.run(SERVICES, datetime.fromisoformat(event.time))


@app.on_sqs_message(queue=SERVICES.settings.resource("probes"), batch_size=1)
def run_probes(event: SQSEvent) -> None:
    log.begin(getattr(event.context, "aws_request_id", ""))
    for record in event:
        probing.work(SERVICES, json.loads(record.body))


@app.on_sqs_message(queue=SERVICES.settings.resource("rules"), batch_size=10)
def judge_rules(event: SQSEvent) -> None:
    log.begin(getattr(event.context, "aws_request_id", ""))
    for record in event:
        judging.work(SERVICES, json.loads(record.body))


@app.schedule("rate(1 hour)")
def roll_up(event: CloudWatchEvent) -> None:
    log.begin(event.event_id)
    rollups.run(SERVICES)


@app.on_sqs_message(queue=SERVICES.settings.resource("news"), batch_size=10)
def deliver_news(event: SQSEvent) -> None:
    log.begin(getattr(event.context, "aws_request_id", ""))
    deliver.deliver_nudges(SERVICES, [json.loads(record.body) for record in event])


@app.on_sqs_message(queue=SERVICES.settings.resource("chores"), batch_size=1)
def do_chores(event: SQSEvent) -> None:
    log.begin(getattr(event.context, "aws_request_id", ""))
    for record in event:
        chores.do(SERVICES, json.loads(record.body))
