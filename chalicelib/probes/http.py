"""HTTP and HTTPS: what may be asked of a web address, and how its answer is judged.

`Exam` is one probe of this type without its sockets. Two engines carry it out: `curl`, which runs many at once, and
`plain`, which runs where pycurl is not installed. They send what `request` says and hand back what came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Self

from chalicelib.core.errors import Invalid
from chalicelib.net.urls import MOVED
from chalicelib.probes import base, bodies, certificates, documents, fields, redirects, urls
from chalicelib.probes.base import Failed, Outcome, Phases
from chalicelib.probes.certificates import Ending
from chalicelib.probes.connection import Session
from chalicelib.probes.cookies import Jar
from chalicelib.probes.documents import Assertion

name = "http"

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
EXPECTED = "200-399"
KEYS = (
    *("url", "method", "headers", "body", "user", "password", "follow_redirects", "verify", "expect_codes", "keyword"),
    *("not_keyword", "min_size", "max_size", "digest", "json", "cert_days", "cert_warn_days"),
)

# How an answer begins (RFC 9112, 4), for engines that take more than that.
STATUS_LINE = re.compile(rb"HTTP/(?:1\.[01]|[2-9](?:\.\d)?) [1-9]\d\d(?: [^\r\n]*)?\r?\n")

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CODES = re.compile(r"([1-9]\d\d)(?:-([1-9]\d\d))?")
_DIGEST = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

# What frames the message is the sender's business: a user's own would make two messages of one.
_FRAMING = frozenset({"connection", "content-length", "expect", "te", "trailer", "transfer-encoding", "upgrade"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(base.Definition):
    """A request, and what its answer must be. `expect_codes` are ranges of status codes ("200-299,401"), `digest` the
    SHA-1 or SHA-256 of the body in hexadecimal, sizes are in bytes of the body. Fewer than `cert_days` days that the
    certificate is still valid are a failure, fewer than `cert_warn_days` a warning."""

    type: str = name
    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    user: str = ""
    password: str = ""
    follow_redirects: bool = True
    verify: bool = True
    expect_codes: str = EXPECTED
    keyword: str = ""
    not_keyword: str = ""
    min_size: int | None = None
    max_size: int | None = None
    digest: str = ""
    json: tuple[Assertion, ...] = ()
    cert_days: int | None = None
    cert_warn_days: int | None = None

    @property
    def encrypted(self) -> bool:
        return self.url.lower().startswith("https:")

    @property
    def verifies(self) -> bool:
        return self.verify and self.encrypted

    def document(self) -> dict[str, Any]:
        assertions = [asdict(one) for one in self.json]
        return super(Definition, self).document() | {"headers": dict(self.headers), "json": assertions}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        assertions = tuple(Assertion(**one) for one in document.get("json", ()))
        return super(Definition, cls).of({**document, "json": assertions})


def clean(definition: dict[str, object]) -> Definition:
    fields.refuse_unknown(definition, KEYS)
    cleaned = Definition(
        timeout=fields.timeout(definition),
        url=_url(definition),
        method=_method(definition),
        headers=_headers(definition.get("headers")),
        body=fields.text(definition, "body", 65_536),
        user=fields.word(definition, "user", 200),
        password=fields.word(definition, "password", 200),
        follow_redirects=fields.flag(definition, "follow_redirects", default=True),
        verify=fields.flag(definition, "verify", default=True),
        expect_codes=_codes(definition),
        keyword=fields.text(definition, "keyword", 1_000),
        not_keyword=fields.text(definition, "not_keyword", 1_000),
        min_size=fields.optional_number(definition, "min_size", 0, bodies.COUNTED),
        max_size=fields.optional_number(definition, "max_size", 0, bodies.COUNTED),
        digest=_digest(definition),
        json=documents.clean(definition.get("json")),
        cert_days=fields.optional_number(definition, "cert_days", 0, 3_650),
        cert_warn_days=fields.optional_number(definition, "cert_warn_days", 0, 3_650),
    )
    _refuse_contradictions(cleaned)
    return cleaned


def run(definition: Definition, session: Session) -> Outcome:
    """Over sockets of our own; the engine uses curl instead where there is one."""
    from chalicelib.probes import plain

    return plain.run(Exam(definition, session.now), session)


def _url(definition: dict[str, object]) -> str:
    given = fields.word(definition, "url", urls.LIMIT, None)
    try:
        urls.parse(given)
    except ValueError as error:
        raise Invalid("url", str(error)) from None
    return given


def _method(definition: dict[str, object]) -> str:
    value = definition.get("method")
    upper = value.upper() if isinstance(value, str) else value
    return fields.choice({"method": upper}, "method", METHODS, "GET")


def _headers(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid("headers", "is not an object of names and values")
    if len(value) > 50:
        raise Invalid("headers", "holds too many headers (at most 50)")
    return {_header_name(key): _header_value(one) for key, one in value.items()}


def _header_name(key: object) -> str:
    if not isinstance(key, str) or not _TOKEN.fullmatch(key):
        raise Invalid("headers", "holds a name that no header can have")
    if key.lower() in _FRAMING:
        raise Invalid("headers", f"must not hold {key}, which the probe sets itself")
    return key


def _header_value(value: object) -> str:
    if not isinstance(value, str) or len(value) > 4_000:
        raise Invalid("headers", "holds a value that is not a string of at most 4000 characters")
    if _UNPRINTABLE.search(value) or not value.isascii():
        raise Invalid("headers", "holds a value with control characters or others than ASCII")
    return value.strip()


def _codes(definition: dict[str, object]) -> str:
    value = definition.get("expect_codes")
    given = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    codes = fields.word({"expect_codes": given}, "expect_codes", 200, EXPECTED).replace(" ", "") or EXPECTED
    for part in codes.split(","):
        match = _CODES.fullmatch(part)
        if not match or (match[2] and match[2] < match[1]):
            raise Invalid("expect_codes", 'is not a list of codes like "200-299,401"')
    return codes


@lru_cache(maxsize=256)
def _ranges(codes: str) -> tuple[tuple[int, int], ...]:
    parts = (part.partition("-") for part in codes.split(","))
    return tuple((int(low), int(high or low)) for low, _, high in parts)


def _digest(definition: dict[str, object]) -> str:
    value = fields.word(definition, "digest", 100).lower()
    if value and not _DIGEST.fullmatch(value):
        raise Invalid("digest", "is not a SHA-1 or SHA-256 in hexadecimal")
    return value


def _refuse_contradictions(cleaned: Definition) -> None:
    if cleaned.password and not cleaned.user:
        raise Invalid("user", "is missing")
    try:
        redirects.body_of(cleaned)
    except UnicodeEncodeError:
        raise Invalid("body", "holds what the charset of its Content-Type cannot write") from None
    if cleaned.body and cleaned.method == "HEAD":
        raise Invalid("body", "cannot be sent with HEAD")
    if cleaned.method == "HEAD" and _judges_body(cleaned):
        raise Invalid("method", "must not be HEAD where the answer's body is checked: it has none")
    if ":" in cleaned.user:
        raise Invalid("user", "must not hold a colon")
    low, high = cleaned.min_size, cleaned.max_size
    if low is not None and high is not None and low > high:
        raise Invalid("max_size", "is less than min_size")
    certificate = cleaned.cert_days is not None or cleaned.cert_warn_days is not None
    if certificate and not cleaned.encrypted:
        raise Invalid("cert_days" if cleaned.cert_days is not None else "cert_warn_days", "needs an https address")


def _looks_into(definition: Definition) -> bool:
    """Whether the verdict depends on what stands in the body."""
    return bool(definition.keyword or definition.not_keyword or definition.json or definition.digest)


def _judges_body(definition: Definition) -> bool:
    """Whether it depends on the body, be it on its size alone."""
    return _looks_into(definition) or definition.min_size is not None or definition.max_size is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to one request."""

    status: int
    body: bodies.Body


class Exam:
    """One probe: the request to send next, and the verdict in the end."""

    __slots__ = ("_first", "_jar", "_redirects", "definition", "now", "request", "wants_certificate")

    def __init__(self, definition: Definition, now: Callable[[], datetime]) -> None:
        self.definition = definition
        self.request = redirects.first(definition)
        self.wants_certificate = definition.cert_days is not None or definition.cert_warn_days is not None
        self.now = now
        self._first: Ending | None = None
        self._redirects = 0
        self._jar = Jar()

    @property
    def takes_packed(self) -> bool:
        """Whether a packed body is asked for: only where it is looked into."""
        return _looks_into(self.definition)

    def body(self, packing: str, content_type: str) -> bodies.Body:
        """What takes the body of an answer, with its Content-Encoding and Content-Type as they came."""
        definition = self.definition
        return bodies.Body(
            packing,
            content_type,
            keep=bool(definition.json),
            digest=definition.digest,
            phrases=[phrase for phrase in (definition.keyword, definition.not_keyword) if phrase],
            judges=_judges_body(definition),
        )

    def moves(self, status: int, location: str | None, cookies: Iterable[str] = ()) -> bool:
        """Whether the answer is a redirect to follow; then `request` is the next. `cookies` are its Set-Cookie lines.
        Raises Failed where it must not be followed."""
        if not location or status not in MOVED or not self.definition.follow_redirects:
            return False
        self._redirects += 1
        if self._redirects > redirects.REDIRECTS:
            raise Failed(f"redirected more than {redirects.REDIRECTS} times")
        self._jar.take(self.request.target, cookies, self.now())
        following = redirects.redirected(self.request, status, location)
        self.request = replace(following, cookie=self._jar.header(following.target))
        return True

    def certified(self, first: Ending) -> None:
        """Takes note of the certificates of an answer; of several the one that ends first counts."""
        self._first = first if self._first is None else min(first, self._first, key=lambda one: one.left)

    def outcome(self, answer: Answer, phases: Phases) -> Outcome:
        """The verdict on the last answer."""
        answer.body.end()
        details: dict[str, Any] = {"status": answer.status}
        if self._redirects:
            details["redirects"] = self._redirects
        if answer.body.cut:
            details["cut"] = True
        if self._first is not None:
            details["certificate_days"] = self._first.left.days
        try:
            self._judge_body(answer)
            warning = self._judge_certificate()
        except Failed as failed:
            return Outcome(False, failed.text, phases, answer.body.size, False, details)
        text = f"{said(answer.status)}, {warning}" if warning else said(answer.status)
        return Outcome(True, text, phases, answer.body.size, bool(warning), details)

    def _judge_body(self, answer: Answer) -> None:
        definition, body = self.definition, answer.body
        if not any(low <= answer.status <= high for low, high in _ranges(definition.expect_codes)):
            raise Failed(said(answer.status))
        if body.broken and _judges_body(definition):
            raise Failed(bodies.UNREADABLE)
        low, high = definition.min_size, definition.max_size
        if low is not None and body.size < low:
            raise Failed(f"answer is smaller than {low} bytes")
        if high is not None and (body.cut or body.size > high):
            raise Failed(f"answer is larger than {high} bytes")
        self._judge_content(body)
        if definition.digest and (body.cut or body.digest() != definition.digest):
            raise Failed("digest of the answer is another")

    def _judge_content(self, body: bodies.Body) -> None:
        definition = self.definition
        if definition.keyword and not body.holds(definition.keyword):
            raise Failed("key phrase is missing")
        if definition.not_keyword and body.holds(definition.not_keyword):
            raise Failed("forbidden phrase is there")
        if definition.not_keyword and body.cut:
            raise Failed("answer is too large to be searched in full")
        if definition.json:
            if body.size > bodies.KEPT:
                raise Failed("answer is too large to be read as JSON")
            documents.judge(definition.json, bytes(body.kept))

    def _judge_certificate(self) -> str:
        """What is to be warned of; empty for nothing."""
        if not self.wants_certificate:
            return ""
        if self._first is None:
            raise Failed("no certificate")
        definition = self.definition
        ok, warning, text = certificates.judged(self._first, definition.cert_days, definition.cert_warn_days)
        if not ok:
            raise Failed(text)
        return text if warning else ""


@lru_cache(maxsize=600)
def said(status: int) -> str:
    """A status with the standard's words for it, not the server's."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
