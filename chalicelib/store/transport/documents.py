"""Requests and answers of DynamoDB as JSON (DynamoDB Low-Level API): bytes travel as base64, an error is named by
`__type`."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

# An answer without these holds no bytes, and is not walked through.
_BYTES = re.compile(rb'"BS?"\s*:')


def written(arguments: Mapping[str, Any]) -> bytes:
    """The body of a request. Raises TypeError for what JSON has no form for."""
    return json.dumps(arguments, separators=(",", ":"), default=_base64).encode()


def _base64(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    raise TypeError(f"DynamoDB takes no {type(value).__name__}")


def read(body: bytes) -> dict[str, Any]:
    """An answer. Raises ValueError if it is no object of JSON."""
    answer = json.loads(body) if body else {}
    if not isinstance(answer, dict):
        raise ValueError("the answer is no object")
    return _with_bytes(answer) if _BYTES.search(body) else answer


def _with_bytes(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_bytes(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _decoded(name, one) for name, one in value.items()}


def _decoded(name: str, value: Any) -> Any:
    """An attribute may be called B as well: what it holds is an object then."""
    if name == "B" and isinstance(value, str):
        return base64.b64decode(value)
    if name == "BS" and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [base64.b64decode(one) for one in value]
    return _with_bytes(value)


def about(status: int, headers: Mapping[str, str], retries: int) -> dict[str, Any]:
    """What botocore tells of a call beside its answer or its error."""
    return {
        "RequestId": headers.get("x-amzn-requestid", ""),
        "HTTPStatusCode": status,
        "HTTPHeaders": dict(headers),
        "RetryAttempts": retries,
    }


def refusal(operation: str, status: int, headers: Mapping[str, str], body: bytes, retries: int) -> ClientError:
    """The error that an answer tells, with the fields beside its message: the item that a condition refused, the
    reasons for which a transaction was cancelled."""
    try:
        told = read(body)
    except ValueError:
        told = {}
    named = headers.get("x-amzn-errortype") or str(told.pop("__type", "")) or str(status)
    code = named.split(":", 1)[0].rpartition("#")[2]
    message = told.pop("message", None) or told.pop("Message", None) or ""
    told.pop("__type", None)
    known = {"Error": {"Message": message, "Code": code}, "ResponseMetadata": about(status, headers, retries)}
    response = known | told
    return ClientError(response, operation)
