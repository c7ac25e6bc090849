"""Credentials: what commands of a project may log in with, by its owner's settings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from chalicelib.core import texts
from chalicelib.core.errors import Invalid

KINDS = ("postgresql", "mysql", "redis", "oauth2", "aws")
# These are never sent without TLS, whether that is said or not.
ENCRYPTED = ("oauth2", "aws")
ANY_HOST = "*"
HOSTS_MAX, HOST_MAX, USER_MAX, PASSWORD_MAX = 20, 255, 600, 4_000
# Shorter passwords are also parts of other words: a result without them would be none.
HIDDEN_MIN = 6
HIDDEN = "***"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HOST = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")
_LOGIN = ("postgresql", "mysql")
# RFC 6750, 2.1; AWS STS API Reference, AssumeRole.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_EXTERNAL = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Credential:
    """What commands of a project may log in with. It goes to its `hosts` alone: names, "*.example.org" for those below,
    "*" for all.

    `kind` is what it is for: postgresql, mysql, redis, oauth2 (`name` is that of the token, `password` the token) or
    aws (`user` is the ARN of the role that may be assumed, empty for that of the function; `password` its external id).
    `created` is when its owner gave it.
    """

    kind: str
    hosts: tuple[str, ...]
    name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    verify: bool = True
    created: datetime | None = None

    def fit(self, host: str) -> int:
        """How closely it is meant for a host: 0 where it may not be sent there, and more the fewer hosts it is for."""
        return max((_fit(host.lower(), one.lower()) for one in self.hosts), default=0)


def _fit(host: str, pattern: str) -> int:
    if pattern.startswith("*."):
        return len(pattern) if host.endswith(pattern[1:]) else 0
    if pattern == ANY_HOST:
        return 1
    return HOST_MAX + 1 if pattern == host else 0


def checked(made: Credential) -> Credential:
    """A credential as it is kept, its hosts in small letters. Raises Invalid naming the field."""
    if made.kind not in KINDS:
        raise Invalid("kind", f"must be one of {', '.join(KINDS)}")
    if not _NAME.fullmatch(made.name):
        raise Invalid("name", "must be a word of at most 64 letters, figures and . _ - that begins with one of the two")
    hosts = _hosts(made)
    _check_user(made)
    _check_password(made)
    if made.kind == "aws" and not made.verify:
        raise Invalid("verify", "is always done of AWS")
    if not made.verify and made.kind != "oauth2" and not made.tls:
        raise Invalid("verify", "makes no difference without tls")
    return replace(made, hosts=hosts, tls=made.tls or made.kind in ENCRYPTED)


def _hosts(made: Credential) -> tuple[str, ...]:
    if made.kind == "aws":
        if made.hosts:
            raise Invalid("host", "is not for aws, whose hosts are Amazon's")
        return ()
    if not 0 < len(made.hosts) <= HOSTS_MAX:
        raise Invalid("host", f"must be given once or more, at most {HOSTS_MAX} times")
    return tuple(dict.fromkeys(map(_host, made.hosts)))


def _host(given: str) -> str:
    text = given.lower()
    try:
        return str(ip_address(text.removeprefix("[").removesuffix("]")))
    except ValueError:
        """A name, or none."""
    if text == ANY_HOST or (len(text) <= HOST_MAX and _HOST.fullmatch(text)):
        return text.removesuffix(".")
    raise Invalid(
        "host", "must be a name in ASCII letters (db.example.org), those below one (*.example.org), an address or *"
    )


def _check_user(made: Credential) -> None:
    if made.kind == "aws" and made.user and not ROLE.fullmatch(made.user):
        raise Invalid("role", "must be the ARN of a role, such as arn:aws:iam::123456789012:role/watch")
    if made.kind == "oauth2" and made.user:
        raise Invalid("user", "is not for oauth2, whose token tells who it is")
    if made.kind in _LOGIN and not made.user:
        raise Invalid("user", f"must be given for {made.kind}")
    if len(made.user) > USER_MAX or not made.user.isprintable():
        raise Invalid("user", f"must be at most {USER_MAX} printable characters")


def _check_password(made: Credential) -> None:
    """No message repeats anything of it."""
    password = made.password
    if made.kind == "aws":
        if password and not _EXTERNAL.fullmatch(password):
            raise Invalid("password", "must be an external id of AWS: 2 to 1224 letters, figures and + = , . @ : / _ -")
        return
    if not 0 < len(password) <= PASSWORD_MAX or not password.isprintable():
        raise Invalid("password", f"must be one line of 1 to {PASSWORD_MAX} printable characters")
    if made.kind == "oauth2" and not _TOKEN.fullmatch(password):
        raise Invalid("password", "must be a token of OAuth 2.0: letters, figures and - . _ ~ + /")


def without_passwords(value: Any, known: Iterable[Credential]) -> Any:
    """A value of JSON as it may be seen: a server may answer what it was sent."""
    secrets = sorted({one.password for one in known if len(one.password) >= HIDDEN_MIN}, key=len, reverse=True)
    return texts.changed(value, lambda text: _without(text, secrets)) if secrets else value


def _without(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text
