"""AWS as commands reach it: with a role that the project's settings name, and over the guard's connections.

botocore signs requests and reads answers; what it would send itself goes through the probes' HTTP in its place, so that
the deadline and the guard hold for AWS as for everybody.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from chalicelib.commands import web
from chalicelib.commands.base import CommandError, Context, asking
from chalicelib.core.credentials import ROLE, Credential
from chalicelib.net import urls
from chalicelib.probes import http
from chalicelib.probes.redirects import Request

SECONDS = 10

_REGION = re.compile(r"[a-z]{2}(-[a-z]{2,20}){1,3}-\d{1,2}")
# What the engine sets itself.
_ENGINES = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect"})


def client(context: Context, service: str, region: object, role: object = None) -> Any:
    """A client of a service. Raises CommandError where the project may not use AWS, or not with this role."""
    found = _credential(context, role)
    where = _region(context, region)
    keys: dict[str, Any] = {}
    if found.user:
        with told("STS"):
            keys = _assumed(_client(context, "sts", where, {}), found, context.check)
    return _client(context, service, where, keys)


def _credential(context: Context, role: object) -> Credential:
    known = [one for one in context.credentials if one.kind == "aws"]
    if role is not None:
        known = [one for one in known if one.user == role and ROLE.fullmatch(one.user)]
        if not known:
            raise CommandError("the project's settings do not name this role")
    if not known:
        raise CommandError("the project's settings give commands no access to AWS")
    return known[0]


def _region(context: Context, given: object) -> str:
    found = given if given is not None else context.entity.get("region") or context.region
    if not isinstance(found, str) or not _REGION.fullmatch(found):
        raise CommandError("a region must be one of AWS, such as eu-central-1")
    return found


def _assumed(sts: Any, found: Credential, check: str) -> dict[str, Any]:
    external = {"ExternalId": found.password} if found.password else {}
    answer = sts.assume_role(RoleArn=found.user, RoleSessionName=f"tocsin-check-{check}"[:64], **external)
    keys = answer["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }


def _client(context: Context, service: str, region: str, keys: dict[str, Any]) -> Any:
    from botocore.config import Config

    config = Config(
        retries={"total_max_attempts": 2},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        ignore_configured_endpoint_urls=True,
        s3={"addressing_style": "path"} if context.aws else None,
    )
    made = _session().client(service, region, config=config, endpoint_url=context.aws or None, **keys)
    made.meta.events.register_last("before-send", lambda request, **_: _sent(context, request))
    return made


@cache
def _session() -> Any:
    """One for the process: it reads the descriptions of services, which are megabytes, and each of them once."""
    import boto3

    return boto3.Session()


def _sent(context: Context, request: Any) -> Any:
    """What comes back to a request of botocore's, as botocore has it."""
    from botocore.awsrequest import AWSResponse, HeadersDict

    session = context.session(SECONDS)
    target = urls.parse(request.url)
    with asking(f"AWS at {target.host}", session):
        definition = http.Definition(url=f"{target.site}/", method=request.method, follow_redirects=False)
        page = web.exchange(definition, _request(request, target), session, web.shown(target))
    content = page.content()
    headers = HeadersDict(page.message.items())
    if request.method != "HEAD":
        headers["Content-Length"] = str(len(content))
    return AWSResponse(request.url, page.status, headers, _Raw(content))


def _request(request: Any, target: urls.Target) -> Request:
    headers = {
        name: value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
        if name.lower() not in _ENGINES
    }
    body = request.body
    if hasattr(body, "read"):
        body = body.read()
    return Request(request.method, target, headers, body.encode() if isinstance(body, str) else body or None)


class _Raw(io.BytesIO):
    """What botocore reads an answer from."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


@contextmanager
def told(service: str) -> Iterator[None]:
    """AWS's words may name accounts and roles: what is told of an error is its code."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "")) or "an error"
        raise CommandError(f"{service} answers {code[:100]}") from None
    except BotoCoreError as error:
        raise CommandError(f"{service} could not be asked ({type(error).__name__})") from None
    except RecursionError:
        # botocore asks where a bucket is by the same call that it was redirected from.
        raise CommandError(f"{service} redirects without end") from None
