"""One deliverer, a process of its own as in Lambda: takes what the news queue holds until its input ends."""

from __future__ import annotations

import json
import logging
import select
import sys

import boto3

from chalicelib import settings, store
from chalicelib.monitor.services import open_services
from chalicelib.monitor.telling import deliver

logging.disable(logging.WARNING)
SERVICES = open_services(settings.load())
store.connect(SERVICES.settings)
SQS = boto3.client("sqs")
URL = SQS.get_queue_url(QueueName=SERVICES.settings.resource("news"))["QueueUrl"]
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    messages = SQS.receive_message(QueueUrl=URL, MaxNumberOfMessages=10).get("Messages", [])
    if not messages:
        select.select([sys.stdin], [], [], 0.05)
        continue
    deliver.deliver_nudges(SERVICES, [json.loads(message["Body"]) for message in messages])
    entries = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(messages)]
    SQS.delete_message_batch(QueueUrl=URL, Entries=entries)
