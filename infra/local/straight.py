"""Hands calls about items straight to the emulated DynamoDB.

botocore signs a request and writes it as HTTP, moto reads it and finds out for whom it is, and the answer goes the same
way back: two thirds of a call. Here the request ends before it is signed, and an answer that went well is taken as the
operation made it. What botocore checks and writes before, and how it reads a refusal, stays as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint, convert_to_response_dict
from botocore.model import OperationModel
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.dynamodb.responses import DynamoHandler

from chalicelib.store.transport.client import OPERATIONS
from infra import emulated

_send = Endpoint._send_request
_EMULATED = re.compile(r"https://dynamodb\.([a-z0-9-]+)\.amazonaws\.com/")
# Bytes travel as base64, and moto has a parser for that.
_BYTES = re.compile(rb'"BS?": ')


@contextmanager
def calls() -> Iterator[None]:
    """Inside, calls about items take the short way."""
    with patch.object(Endpoint, "_send_request", _send_straight):
        yield


class _Handler(DynamoHandler):
    """moto's handler of one request. It keeps the result of what went well instead of writing it down."""

    def __init__(self, request: dict[str, Any], region: str, parameters: dict[str, Any]) -> None:
        super().__init__()
        self.headers = request["headers"]
        self.querystring = {}
        self.region = region
        self.current_account = DEFAULT_ACCOUNT_ID
        self.response_headers = {}
        self.params = parameters
        self.result: dict[str, Any] | None = None

    def serialized(self, action_result: ActionResult) -> Any:
        if isinstance(action_result.result, dict):
            self.result = action_result.result
            return 200, {}, ""
        return super().serialized(action_result)


def _send_straight(self: Endpoint, request_dict: dict[str, Any], operation_model: OperationModel) -> Any:
    at = _EMULATED.fullmatch(request_dict["url"]) if operation_model.name in OPERATIONS else None
    if at is None or _BYTES.search(request_dict["body"]):
        return _send(self, request_dict, operation_model)
    handler = _Handler(request_dict, at.group(1), json.loads(request_dict["body"]))
    with emulated.one_at_a_time:
        status, headers, body = handler.call_action()
    content = MockRawResponse(body)
    response = AWSResponse(request_dict["url"], int(status), headers, content)
    if handler.result is None:
        return response, _refusal(self, response, operation_model)
    about = {"RequestId": "EMULATED", "HTTPStatusCode": 200, "HTTPHeaders": dict(headers), "RetryAttempts": 0}
    known = operation_model.output_shape.members
    kept = {name: value for name, value in handler.result.items() if value is not None and name in known}
    return response, kept | {"ResponseMetadata": about}


def _refusal(endpoint: Endpoint, response: AWSResponse, operation_model: OperationModel) -> dict[str, Any]:
    written = convert_to_response_dict(response, operation_model)
    parser = endpoint._response_parser_factory.create_parser("json")
    parsed: dict[str, Any] = parser.parse(written, operation_model.output_shape)
    endpoint._add_modeled_error_fields(written, parsed, operation_model, parser)
    parsed["ResponseMetadata"]["RetryAttempts"] = 0
    return parsed
