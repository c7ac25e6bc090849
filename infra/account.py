"""The account and the region of the environment: chosen as AWS's own command line does, and looked at before anything
else is done."""

from __future__ import annotations

import os
from dataclasses import dataclass

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from infra.change_set import Failed

CREDENTIALS = "no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
REGION = "no AWS region: set AWS_REGION, or name one in your profile"
# Seconds. Who is out of reach is so at once.
PATIENCE = 5


@dataclass(frozen=True, slots=True)
class Account:
    """The account (twelve digits) and the region that calls go to."""

    number: str
    region: str


def choose_region() -> None:
    """AWS_REGION wins over AWS_DEFAULT_REGION and the profile, as AWS's command line has it; boto3 reads only these."""
    if os.environ.get("AWS_REGION"):
        os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"]


def present() -> Account:
    """Raises Failed, with what to set, when there are no credentials, they are not accepted, or no region is named."""
    choose_region()
    session = boto3.Session()
    if not session.region_name:
        raise Failed(REGION)
    config = Config(connect_timeout=PATIENCE, read_timeout=PATIENCE, retries={"total_max_attempts": 2})
    try:
        number = session.client("sts", config=config).get_caller_identity()["Account"]
    except (NoCredentialsError, PartialCredentialsError):
        raise Failed(CREDENTIALS) from None
    except ClientError as error:
        about = error.response["Error"]
        words = about.get("Message") or about.get("Code")
        raise Failed(f"AWS does not accept the credentials of the environment: {words}") from error
    except BotoCoreError as error:
        raise Failed(f"AWS is out of reach in {session.region_name}: {error}") from error
    return Account(number, session.region_name)
