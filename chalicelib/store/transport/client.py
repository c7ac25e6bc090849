"""The client that the store calls in place of botocore's."""

from __future__ import annotations

import time
import uuid
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError, ConnectionClosedError

from chalicelib.store.transport import documents, retries
from chalicelib.store.transport.signing import Signer
from chalicelib.store.transport.wire import Answer, Broken, Wire

_TARGET = "DynamoDB_20120810"
# What the store does with items: answers without moments, and without bytes beside those of the items. All else is for
# botocore, and nobody waits for it.
OPERATIONS = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)
# The clock of this machine is wrong: the answer's Date says by how much.
_SKEWED = frozenset({"RequestTimeTooSkewed", "InvalidSignatureException", "RequestExpired", "RequestInTheFuture"})


@dataclass(slots=True)
class Client:
    """Calls DynamoDB at `url` in `region`. `credentials` gives those of now; `other` is the client for what is no
    operation on items, `authorities` a file of those to trust in place of the system's. Safe for threads."""

    url: str
    region: str
    credentials: Callable[[], ReadOnlyCredentials]
    other: Callable[[], Any]
    sleep: Callable[[float], None] = time.sleep
    authorities: str | None = None
    budget: retries.Budget = field(default_factory=retries.Budget)
    skew: timedelta = timedelta(0)
    # PynamoDB asks botocore's clients whether their credentials came late.
    _request_signer: None = None
    _wire: Wire = field(init=False)
    _signer: Signer = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        secure = parts.scheme == "https"
        self._wire = Wire(parts.hostname or "", parts.port or (443 if secure else 80), secure, self.authorities)
        self._signer = Signer("dynamodb", self.region, parts.netloc)

    def close(self) -> None:
        """Hangs up."""
        self._wire.hang_up()

    def _make_api_call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The answer. Raises botocore's ClientError, or its ConnectionClosedError if none came."""
        if operation not in OPERATIONS:
            answer: dict[str, Any] = self.other()._make_api_call(operation, arguments)
            return answer
        if operation == "TransactWriteItems":
            arguments = {"ClientRequestToken": str(uuid.uuid4()), **arguments}
        return self._tried(operation, documents.written(arguments))

    def _tried(self, operation: str, body: bytes) -> dict[str, Any]:
        for attempt in range(1, retries.ATTEMPTS + 1):
            try:
                found = self._once(operation, body, attempt - 1)
            except Broken as broken:
                error: Exception = ConnectionClosedError(endpoint_url=self.url, error=broken)
                code, may = "", True
            except ClientError as refused:
                error, code = refused, refused.response["Error"]["Code"]
                may = retries.again(refused.response["ResponseMetadata"]["HTTPStatusCode"], code)
                may = self._set_right(refused) if code in _SKEWED else may
            else:
                self.budget.give_back(1 if attempt == 1 else 5)
                return found
            if not may or attempt == retries.ATTEMPTS or not self.budget.spend():
                break
            self.sleep(retries.pause(attempt, code))
        raise error

    def _once(self, operation: str, body: bytes, before: int) -> dict[str, Any]:
        moment = datetime.now(UTC) + self.skew
        headers = self._signer.headers(self.credentials(), moment, f"{_TARGET}.{operation}", body)
        answer = self._wire.exchange(headers, body)
        if answer.status != 200:
            raise documents.refusal(operation, answer.status, answer.headers, answer.body, before)
        return _read(answer, before)

    def _set_right(self, refused: ClientError) -> bool:
        """Takes the time from an answer that finds ours wrong; whether that changed anything."""
        headers = refused.response["ResponseMetadata"]["HTTPHeaders"]
        try:
            theirs = parsedate_to_datetime(headers["date"])
        except (KeyError, ValueError, TypeError):
            return False
        before, self.skew = self.skew, theirs - datetime.now(UTC)
        return abs(self.skew - before) > timedelta(minutes=4)


def _read(answer: Answer, before: int) -> dict[str, Any]:
    """What the answer holds. Raises Broken if it is not what was sent."""
    told = answer.headers.get("x-amz-crc32")
    if told is not None and answer.headers.get("content-encoding") is None and int(told) != zlib.crc32(answer.body):
        raise Broken("the answer is not what was sent: its checksum differs")
    try:
        found = documents.read(answer.body)
    except ValueError as error:
        raise Broken("the answer is no JSON") from error
    return found | {"ResponseMetadata": documents.about(answer.status, answer.headers, before)}
