"""What keeps a command from the tables, in one line that says what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from botocore import exceptions

from chalicelib.settings import Settings
from infra.account import CREDENTIALS, REGION

UNKNOWN_CALLER = frozenset(
    {"UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "ExpiredTokenException"}
)


def in_a_line(fault: BaseException, settings: Settings) -> str:
    """The first cause in the chain behind `fault` that is known; otherwise the fault's own words."""
    lines = (_known(cause, settings) for cause in _causes(fault))
    return " ".join(next((line for line in lines if line), str(fault)).split())


def _causes(fault: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = fault
    while cause:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _known(cause: BaseException, settings: Settings) -> str:
    match cause:
        case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError():
            return CREDENTIALS
        case exceptions.NoRegionError():
            return REGION
        case exceptions.EndpointConnectionError() | exceptions.HTTPClientError():
            return f"out of reach: {cause}"
        case exceptions.ClientError():
            return _refused(cause, settings)
        case exceptions.BotoCoreError():
            return str(cause)
    return ""


def _refused(error: exceptions.ClientError, settings: Settings) -> str:
    about = error.response.get("Error", {})
    code, message = about.get("Code", ""), about.get("Message", "")
    if code == "ResourceNotFoundException":
        table = settings.resource("directory")
        return f"stage {settings.stage} has no table {table} here: is it deployed, in this account and region?"
    if code in UNKNOWN_CALLER:
        return f"AWS does not accept these credentials: {message or code}"
    if code.startswith("AccessDenied"):
        return f"these credentials may not do that: {message or code}"
    return f"{code}: {message}"
