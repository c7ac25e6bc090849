"""A table of the emulated DynamoDB, and what a call to it comes to."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from tests.conftest import client

T = "things"
KEY = {"owner": {"S": "o"}, "n": {"N": "1"}}


def table() -> Any:
    made = client("dynamodb")
    made.create_table(
        TableName=T,
        KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "owner", "AttributeType": "S"},
            {"AttributeName": "n", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return made


def outcome(caller: Any, operation: str, request: dict[str, Any]) -> Any:
    try:
        answer = caller._make_api_call(operation, request)
    except ClientError as error:
        answer = {"refused": type(error).__name__, **error.response}
    about = answer.pop("ResponseMetadata")
    return answer, about["HTTPStatusCode"], about["RetryAttempts"]
