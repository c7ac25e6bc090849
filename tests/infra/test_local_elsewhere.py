"""infra.local.elsewhere: an emulated AWS in another process gets what `chalice local` needs to find there."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from chalicelib import functions, store
from infra.local import environ

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def client(service: str, endpoint: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=environ.REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def furnish(endpoint: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "infra.local", "--tables-only", "--endpoint", endpoint, *arguments]
    ended = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=60, check=True)
    return ended.stdout


def test_tables_queues_and_projects_are_there_afterwards(endpoint: str, tmp_path: Path) -> None:
    shown = furnish(endpoint, "--port", "8123", "--keys", str(tmp_path / "keys.json"))
    found = json.loads((tmp_path / "keys.json").read_text())

    names = client("dynamodb", endpoint).list_tables()["TableNames"]
    assert set(names) == {f"tocsin-local-{noun}" for noun in store.TABLES}
    queues = client("sqs", endpoint).list_queues()["QueueUrls"]
    assert {url.rpartition("/")[2] for url in queues} == {
        f"tocsin-local-{noun}{aside}" for noun in functions.fed() for aside in ("", "-failed")
    }
    assert client("ses", endpoint).list_verified_email_addresses()["VerifiedEmailAddresses"] == ["alerts@localhost"]
    assert found["base_url"] == "http://127.0.0.1:8123"
    assert all(project["api_key"] in shown for project in found["projects"])
    assert client("dynamodb", endpoint).scan(TableName="tocsin-local-directory")["Count"] > 0


def test_furnishing_again_adds_projects_and_breaks_nothing(endpoint: str) -> None:
    first, second = furnish(endpoint), furnish(endpoint)

    assert first != second
    assert len(client("dynamodb", endpoint).list_tables()["TableNames"]) == len(store.TABLES)
