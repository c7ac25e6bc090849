"""The templates that would be deployed, made once, each in a process of its own: app.py reads its stage on import; and
an application whose calls to AWS are written down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import boto3
import pytest
from chalice.test import Client

import app
from chalicelib import gateway
from chalicelib.core.check import Channel, Check
from chalicelib.monitor.managing import channels, projects
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.services import Services
from infra.template import ROOT
from tests.shape.calls import Calls
from tests.shape.requests import Invoke, fresh, ping

Template = dict[str, Any]


def made(stage: str) -> Template:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TOCSIN_"))}
    command = [sys.executable, "-W", "error", "-m", "infra.template", "--stage", stage]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    template: Template = json.loads(done.stdout)
    return template


@pytest.fixture(scope="session")
def template() -> Template:
    """The template of the stage dev."""
    return made("dev")


@pytest.fixture(scope="session")
def other_template() -> Template:
    """The template of a stage that .chalice/config.json does not name."""
    return made("blue-2")


@pytest.fixture(scope="session")
def resources(template: Template) -> dict[str, dict[str, Any]]:
    """Every resource of the stage dev by its logical name."""
    found: dict[str, dict[str, Any]] = template["Resources"]
    return found


@pytest.fixture(scope="session")
def functions(resources: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The properties of the functions by their names in app.py."""
    found = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Serverless::Function"]
    names = {properties["FunctionName"]: properties for properties in found}
    return {name.removeprefix("tocsin-dev-").replace("-", "_"): properties for name, properties in names.items()}


@pytest.fixture
def calls(services: Services) -> Calls:
    """What the application, served by these services, calls in AWS."""
    gateway.serve(app.app, services)
    return Calls(services.settings.resource(""))


@pytest.fixture
def invoke(calls: Calls) -> Invoke:
    """Calls an event function of app.py as a fresh process would run it, with messages if it takes them."""
    client = Client(app.app)
    minute = {"version": "0", "account": "1", "region": "r", "detail": {}, "detail-type": "t", "source": "s", "id": "e"}
    minute |= {"time": "2026-11-21T12:00:00Z", "resources": []}

    def call(name: str, *messages: dict[str, Any]) -> None:
        bodies = [json.dumps(message) for message in messages]
        fresh()
        with calls.recorded():
            client.lambda_.invoke(name, client.events.generate_sqs_event(bodies, "queue") if bodies else minute)

    return call


SETTINGS = {
    "email": {"address": "ops@example.org"},
    "sms": {"number": "+37120000000"},
    "sns": {"topic": "arn:aws:sns:eu-north-1:123456789012:tocsin-news"},
    "webhook": {"url_down": "http://127.0.0.1:1/", "url_up": "http://127.0.0.1:1/"},
}


@pytest.fixture
def audience(services: Services, keyring: projects.Keyring) -> list[Channel]:
    """A channel of each kind. The webhook leads nowhere; the mail is repeated while a check is down."""
    boto3.client("sns").create_topic(Name="news")
    made = [channels.create(services, keyring.project, kind, kind, dict(SETTINGS[kind]), 0) for kind in SETTINGS]
    return [channels.change(services, made[0], {"remind": 300}), *made[1:]]


@pytest.fixture
def check(services: Services, keyring: projects.Keyring, audience: list[Channel]) -> Check:
    """A check that everybody is told of; it is up, and down two minutes after its last ping."""
    everybody = tuple(channel.code for channel in audience)
    values = {"name": "Backup", "slug": "backup", "timeout": 60, "grace": 60, "channels": everybody}
    made = manage.create(services, keyring.project, values)
    ping(services, made)
    return made
