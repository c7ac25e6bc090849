"""What the answers of SES and SNS mean for a notification."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from chalicelib.channels.words import one_line
from chalicelib.core.errors import Undelivered


@contextmanager
def undelivered(service: str, permanent: Collection[str]) -> Iterator[None]:
    """Turns an AWS error into Undelivered. `permanent` are the error codes that no later attempt can mend.

    AWS's own words are passed on for those alone: they are about the channel. The words of the others are about the
    installation (roles, account numbers), which is not the business of everybody who reads a channel's log.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "")) or "unknown error"
        if code not in permanent:
            raise Undelivered(f"{service} answered {code}") from error
        words = str(error.response.get("Error", {}).get("Message", ""))
        raise Undelivered(one_line(f"{service} answered {code}: {words}", 300), permanent=True) from error
    except BotoCoreError as error:
        raise Undelivered(f"{service} could not be asked ({type(error).__name__})") from error
