"""Every kind of request once, through the deployed API, so that no permission of a role stays untried.

What matters is that each is carried out; what the answers look like is the business of the tests.
"""

import time
from typing import Any

from infra.lanes.process import LaneFailed
from infra.lanes.stack import Stack
from infra.lanes.web import Api, expect

CHECK = {"name": "errand", "slug": "errand", "tags": "lane", "timeout": 3600, "grace": 3600}
PHONE = "+37120000000"
LONG = b"a line of a log\n" * 600
"""A ping body that is kept in an item of its own."""
PATIENCE = 60.0
"""Seconds for what the functions behind the queues do; each may have to be started first."""


def run(stack: Stack, api: Api, ping_key: str) -> None:
    """Go through them all. LaneFailed at the first that is not carried out."""
    channels = [new_channel(api, kind, settings) for kind, settings in kinds(stack)]
    check = api.call("POST", "/api/v1/checks/", {**CHECK, "channels": ",".join(channels)})
    code = str(check["ping_url"]).rstrip("/").rpartition("/")[2]
    ping(api, code, ping_key)
    queues_run_empty(stack)
    one = f"/api/v3/checks/{code}"
    for method, path, body in reads_and_changes(one):
        api.call(method, path, body)
    expect(200, "GET", f"{api.url}{one}/pings/2/body", headers=api.headers)
    for channel in channels:
        expect_told(api, channel)
        api.call("DELETE", f"/api/v3/channels/{channel}")
    api.call("DELETE", one)
    expect(404, "GET", api.url + one, headers=api.headers)
    queues_run_empty(stack)


def kinds(stack: Stack) -> list[tuple[str, dict[str, str]]]:
    """Kind and settings of a channel for each service of AWS that tells news."""
    topic = stack.emulator.client("sns").create_topic(Name="tocsin-news-lane")["TopicArn"]
    return [("email", {"address": "errands@example.org"}), ("sms", {"number": PHONE}), ("sns", {"topic": topic})]


def new_channel(api: Api, kind: str, settings: dict[str, str]) -> str:
    """The id of a fresh channel that has told a test message."""
    channel = api.call("POST", "/api/v3/channels/", {"kind": kind, "name": "Errands", "settings": settings})["id"]
    api.call("POST", f"/api/v3/channels/{channel}", {"name": "Errands run"})
    api.call("POST", f"/api/v3/channels/{channel}/test")
    return str(channel)


def ping(api: Api, code: str, ping_key: str) -> None:
    """Pings of all kinds; the last fails the check, which its channels are told."""
    for path, body in ((f"{code}/start", None), (code, LONG), (f"{code}/log", b"log"), (f"{ping_key}/errand/0", b"")):
        expect(200, "POST", f"{api.url}/ping/{path}", body)
    expect(201, "GET", f"{api.url}/ping/{ping_key}/made-by-its-ping?create=1")
    expect(200, "GET", f"{api.url}/ping/{code}/fail")


def expect_told(api: Api, channel: str) -> None:
    """LaneFailed unless the channel's log has the failure, and no error."""
    entries = api.call("GET", f"/api/v3/channels/{channel}/notifications/")["notifications"]
    if not entries or any(entry["error"] for entry in entries):
        raise LaneFailed(f"a channel's log of deliveries is {entries}")


def reads_and_changes(one: str) -> list[tuple[str, str, dict[str, Any] | None]]:
    """The management calls on one check and on all."""
    return [
        ("GET", "/api/v3/checks/?tag=lane", None),
        ("GET", "/api/v3/channels/", None),
        ("GET", "/api/v3/badges/", None),
        ("POST", "/api/v3/checks/", {"name": "errand", "unique": ["name"], "desc": "found again"}),
        ("POST", one, {"name": "errand", "slug": "errand-2", "tags": "lane errand"}),
        ("GET", f"{one}/pings/", None),
        ("GET", f"{one}/flips/", None),
        ("POST", f"{one}/pause", None),
        ("POST", f"{one}/resume", None),
    ]


def queues_run_empty(stack: Stack) -> None:
    """Waits until the functions behind the queues have done everything. LaneFailed when they do not."""
    queues, sqs = stack.resources("AWS::SQS::Queue").values(), stack.emulator.client("sqs")
    end = time.monotonic() + PATIENCE
    while left := [queue.rpartition("/")[2] for queue in queues if waiting(sqs, queue)]:
        if time.monotonic() > end:
            raise LaneFailed(f"messages are left in {', '.join(left)}")
        time.sleep(0.5)


def waiting(sqs: Any, queue: str) -> int:
    """Messages in the queue, those under way included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)
