"""What an installation finds in its AWS account, made in an emulated one: tables, queues, a sender, a topic to try."""

from __future__ import annotations

from email.utils import parseaddr

import boto3

from chalicelib.settings import Settings
from infra import tables
from infra.local.environ import TOPIC


def make(settings: Settings) -> str:
    """Makes everything that is not there yet, where the environment's AWS is. Answers the topic's ARN."""
    tables.create(settings, boto3.client("sqs"))
    boto3.client("ses").verify_email_identity(EmailAddress=parseaddr(settings.mail_from)[1])
    return str(boto3.client("sns").create_topic(Name=TOPIC)["TopicArn"])
