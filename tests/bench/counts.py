"""AWS calls and DynamoDB units of the ways that matter: a ping, a news, an alert with many channels, lists.

Everything goes through the entrances that AWS calls (API events, schedule events, queue messages), so that the figures
of two versions can be compared however different they are inside.
"""

from __future__ import annotations

import argparse
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.client
from chalice.app import SQSEventConfig

from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from tests.api.client import Api, Entrance
from tests.bench.meter import Meter, fresh_services


@contextmanager
def _counted() -> Iterator[Meter]:
    """Counts every call of every AWS service."""
    meter, original = Meter(), botocore.client.BaseClient._make_api_call

    def counting(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name == "dynamodb":
            parameters = {"ReturnConsumedCapacity": "TOTAL", **parameters}
        answer = original(client, operation, parameters)
        meter.note(answer, client.meta.service_model.operation_model(operation))
        return answer

    botocore.client.BaseClient._make_api_call = counting
    try:
        yield meter
    finally:
        botocore.client.BaseClient._make_api_call = original


class _Hook(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class _Installation:
    """The application over empty tables, with a webhook to tell and a way to let the queues be worked on."""

    def __init__(self) -> None:
        # Importing it connects the store with the environment's settings, so it comes first.
        import app as application

        services = fresh_services("counts")
        self.app = application.app
        self.services = services
        for name in ("SERVICES", "HOUSE"):
            if hasattr(application, name):
                setattr(application, name, services)
        _serve(self.app, services)
        self.api = Api(Entrance(self.app), projects.create(services, "Bench").keys["write"])
        self.sqs = boto3.client("sqs")
        self.workers = {
            noun: self.app.handler_map[source.handler_string.removeprefix("app.")]
            for source in self.app.event_sources
            if isinstance(source, SQSEventConfig)
            for noun in [str(source.queue).rsplit("-", 1)[-1]]
        }

    def waiting(self, noun: str) -> list[dict[str, Any]]:
        """Takes what the queue holds, as records of an event."""
        url = self.sqs.get_queue_url(QueueName=self.services.settings.resource(noun))["QueueUrl"]
        records: list[dict[str, Any]] = []
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                body = message["Body"]
                records.append(
                    {"body": body, "receiptHandle": "r", "messageId": message["MessageId"], "attributes": {}}
                )
        return records

    def work(self, noun: str, records: list[dict[str, Any]]) -> Meter:
        with _counted() as meter:
            self.workers[noun]({"Records": records}, None)
        return meter


def _serve(app: Any, services: Services) -> None:
    from chalicelib import gateway

    gateway.serve(app, services)


def counts(arguments: argparse.Namespace) -> None:
    """AWS calls and units of pings, news and lists, through the entrances."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    installation = _Installation()
    _pings(installation)
    _news(installation, url, 1)
    _news(installation, url, 20)
    _lists(installation)
    server.shutdown()


def _say(what: str, meter: Meter) -> None:
    units = f"{meter.read_units:g} read and {meter.write_units:g} write units"
    print(f"{what}: {meter.total} AWS calls {dict(meter.calls)}, {units}")


def _pings(installation: _Installation) -> None:
    api = installation.api
    code = api.check(name="Pinged", channels="")["ping_url"].rsplit("/", 1)[-1]
    api.get(f"/ping/{code}")
    api.get(f"/ping/{code}")
    with _counted() as fast:
        api.get(f"/ping/{code}")
    _say("ping, fast path", fast)
    with _counted() as slow:
        api.get(f"/ping/{code}/fail")
    _say("ping, slow path (fail: a flip, nobody to tell)", slow)
    installation.waiting("news")
    with _counted() as back:
        api.get(f"/ping/{code}")
    _say("ping, slow path (success of a check that is down)", back)
    installation.waiting("news")


def _news(installation: _Installation, url: str, number: int) -> None:
    api = installation.api
    settings = {"method_down": "POST", "url_down": url, "body_down": "$NAME"}
    names = [f"Hook {number} {index}" for index in range(number)]
    for name in names:
        answer = api.post("/api/v1/channels/", json={"kind": "webhook", "name": name, "settings": settings})
        assert answer.status == 201, answer.text
    with _counted() as made:
        check = api.check(name=f"Told {number}", channels=",".join(names))
    if number > 1:
        _say(f"a check with {number} channels by name", made)
        alert = {
            "name": f"Alert {number}",
            "metric": "a.b",
            "alert_criteria": {"type": "above", "above_value": 1},
            "notification_channels": names,
        }
        headers = {"authorization": f"Bearer {api.key}", "content-type": "application/json"}
        with _counted() as made:
            answer = api.call("POST", "/v2/alerts", key="", data=json.dumps(alert).encode(), headers=headers)
        assert answer.status < 300, answer.text
        _say(f"an alert with {number} channels by name", made)
    code = check["ping_url"].rsplit("/", 1)[-1]
    api.get(f"/ping/{code}")
    api.get(f"/ping/{code}/fail")
    _say(f"one news to {number} channel(s)", installation.work("news", installation.waiting("news")))


def _lists(installation: _Installation) -> None:
    api = installation.api
    for index in range(3, 20):
        api.check(name=f"Heartbeat {index}")
    with _counted() as listed:
        api.get("/api/v1/checks/")
    _say("list of 20 checks", listed)
