"""One probe in the hands of curl: its options, the guard at its sockets, its timings and its errors in our words."""

from __future__ import annotations

import os
import socket
import ssl
from functools import partial
from typing import Any

import pycurl

from chalicelib.net import lookups
from chalicelib.net.dialling import NOT_ALLOWED, judged
from chalicelib.net.urls import escaped
from chalicelib.probes import bodies, certificates, failures, packings, redirects, silence
from chalicelib.probes.base import Failed, Phases
from chalicelib.probes.connection import trusted
from chalicelib.probes.http import STATUS_LINE, Answer, Exam

# curl's codes for errors (libcurl-errors), as far as more than words hangs on them.
COULDNT_CONNECT, WRITE_ERROR, TIMED_OUT, BAD_CERTIFICATE = 7, 23, 28, 60

_TOLD = {
    1: failures.NOT_HTTP,
    3: "no valid web address",
    6: lookups.NOT_FOUND,
    8: failures.NOT_HTTP,
    18: failures.BROKEN_OFF,
    35: failures.HANDSHAKE,
    52: failures.CLOSED,
    55: failures.CLOSED,
    56: failures.CLOSED,
    100: "answer's headers are too large",
}

# These two may come before the answer or amid it.
_BROKEN_OFF = (55, 56)

# An option that pycurl has no name for: do not wait for threads on the way out.
_QUICK_EXIT = 322

_ALWAYS: tuple[tuple[int, Any], ...] = (
    (pycurl.NOSIGNAL, 1),
    (pycurl.PROXY, ""),
    (pycurl.NOPROXY, "*"),
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.REDIR_PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.MAXREDIRS, 0),
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
    (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
    # A resumed session would take less time than a visitor's first, and has no certificate to look at.
    (pycurl.SSL_SESSIONID_CACHE, 0),
    (pycurl.FRESH_CONNECT, 1),
    (pycurl.FORBID_REUSE, 1),
    (pycurl.DNS_CACHE_TIMEOUT, 0),
    (pycurl.PATH_AS_IS, 1),
    (_QUICK_EXIT, 1),
)
_INTERNET = (socket.AF_INET, socket.AF_INET6)


def options(authorities: str | None) -> tuple[tuple[int, Any], ...]:
    """What every transfer has in common. curl's own idea of where authorities stand is that of the machine on which it
    was built, so it gets Python's."""
    system = ssl.get_default_verify_paths()
    if authorities or system.cafile:
        return (*_ALWAYS, (pycurl.CAINFO, authorities or system.cafile))
    return (*_ALWAYS, (pycurl.CAPATH, system.capath)) if system.capath else _ALWAYS


class Transfer:
    """An easy handle and the probe that it carries out at present. On the engine's clock, it `began` then, `ends` is
    its deadline and `asked` when its host began to be looked up."""

    __slots__ = (
        *("_authorities", "_blocked", "_body", "_headers", "_networks", "_opened", "_options", "_spans", "_special"),
        *("asked", "began", "easy", "ends", "exam", "key", "seconds"),
    )

    exam: Exam
    _body: bodies.Body | None
    _headers: list[bytes]

    def __init__(
        self, networks: tuple[str, ...], options: tuple[tuple[int, Any], ...], authorities: str | None
    ) -> None:
        self.easy = pycurl.Curl()
        self._networks = networks
        self._authorities = authorities
        self._options = options
        self._special = True

    def begin(self, key: str, now: float, block: float) -> None:
        """`block` is in milliseconds."""
        self.key = key
        self.seconds = 0.0
        self.began = self.asked = self.ends = now
        self._spans = [block, 0.0, 0.0, 0.0, 0.0, 0.0]

    def admit(self, exam: Exam, seconds: float) -> None:
        self.exam = exam
        self.seconds = seconds
        self.ends += seconds

    def prepare(self, left: float, addresses: list[str]) -> None:
        """Sets the handle up for the exam's present request. `left` is in seconds; `addresses` are those of the host,
        none when they stand in the URL."""
        request, setopt = self.exam.request, self.easy.setopt
        if self._special:
            self._renew()
        self._blocked = self._opened = False
        self._body, self._headers = None, []
        setopt(pycurl.URL, request.target.url)
        setopt(pycurl.TIMEOUT_MS, max(1, int(1e3 * left)))
        setopt(pycurl.HTTPHEADER, self._sent(request))
        setopt(pycurl.WRITEFUNCTION, self._write)
        setopt(pycurl.HEADERFUNCTION, self._headers.append)
        special = self._specials(request, addresses)
        for option, value in special:
            setopt(option, value)
        self._special = bool(special)

    def _sent(self, request: redirects.Request) -> list[str]:
        """The lines of the request's headers. curl would unpack what it has asked for itself, but not what comes in
        several members or with something behind it."""
        lines = [f"{name}: {value}" if value else f"{name};" for name, value in request.lines.items()]
        if self.exam.takes_packed and "accept-encoding" not in map(str.lower, request.headers):
            lines.append(f"Accept-Encoding: {packings.ASKED}")
        return lines

    def _write(self, chunk: bytes) -> int:
        if self._body is None:
            packing, content_type = self._header(b"content-encoding"), self._header(b"content-type")
            self._body = self.exam.body(packing.decode("latin-1"), content_type.decode("latin-1"))
        return self._body.write(chunk)

    def _renew(self) -> None:
        """As new: nothing that one probe set may be there for the next."""
        self.easy.reset()
        for option, value in self._options:
            self.easy.setopt(option, value)
        self.easy.setopt(pycurl.OPENSOCKETFUNCTION, self._open)

    def _specials(self, request: redirects.Request, addresses: list[str]) -> list[tuple[int, Any]]:
        """The options that not every request has."""
        special: list[tuple[int, Any]] = []
        if addresses:
            pinned = ",".join(f"[{address}]" if ":" in address else address for address in addresses)
            special.append((pycurl.RESOLVE, [f"{request.target.host}:{request.target.port}:{pinned}"]))
        if not self.exam.definition.verify:
            special += [(pycurl.SSL_VERIFYPEER, 0), (pycurl.SSL_VERIFYHOST, 0)]
        if self.exam.wants_certificate:
            special.append((pycurl.OPT_CERTINFO, 1))
        if request.body is not None:
            special.append((pycurl.POSTFIELDS, request.body))
        if request.method == "HEAD":
            special.append((pycurl.NOBODY, 1))
        if request.method != "GET" or request.body is not None:
            special.append((pycurl.CUSTOMREQUEST, request.method))
        return special

    def _open(self, _purpose: int, place: tuple[int, int, int, tuple[Any, ...]]) -> Any:
        """curl asks for a socket to connect to `place` with; what is not allowed gets none."""
        family, kind, protocol, address = place
        if family not in _INTERNET or not judged(address[0], self._networks):
            self._blocked = True
            return pycurl.SOCKET_BAD
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError:
            return pycurl.SOCKET_BAD
        self._opened = True
        return _Handed(sock.detach())

    def looked_up(self, seconds: float) -> None:
        """Books the time that looking the name up took."""
        self._spans[1] += 1e3 * seconds

    def measure(self) -> None:
        """Books the time of a request that has ended, in whichever way. curl gives marks that count from its beginning,
        0 for those not reached; the phase that was not completed has the time that was left."""
        info = self.easy.getinfo
        total, connected = info(pycurl.TOTAL_TIME_T), info(pycurl.CONNECT_TIME_T)
        marks = (
            info(pycurl.NAMELOOKUP_TIME_T),
            connected,
            info(pycurl.APPCONNECT_TIME_T) if self.exam.request.target.encrypted else connected,
            info(pycurl.STARTTRANSFER_TIME_T),
            total,
        )
        spans = self._spans
        before = min(info(pycurl.QUEUE_TIME_T), total)
        spans[0] += before / 1e3
        for number, mark in enumerate(marks, 1):
            reached = min(mark or total, total)
            if reached > before:
                spans[number] += (reached - before) / 1e3
                before = reached

    def phases(self) -> Phases:
        return Phases(*self._spans)

    def answer(self) -> Answer:
        """Raises Failed for what is none although curl takes it for one."""
        info, head = self.easy.getinfo, self._head()
        if not STATUS_LINE.fullmatch(head[0]):
            raise Failed(failures.NOT_HTTP)
        if not any(not line.strip() for line in head):
            raise Failed(failures.CLOSED)  # amid the headers
        if self.exam.wants_certificate and self.exam.request.target.encrypted:
            self.exam.certified(self._ends_first())
        return Answer(info(pycurl.RESPONSE_CODE), self._body or self.exam.body("", ""))

    def _ends_first(self) -> certificates.Ending:
        sent = [ssl.PEM_cert_to_DER_cert(dict(one)["Cert"]) for one in self.easy.getinfo(pycurl.INFO_CERTINFO)]
        return certificates.ends_first(sent, partial(trusted, self._authorities), self.exam.now())

    def location(self) -> str:
        """The Location of the answer as it came; curl's own reading of it would mend what must be refused."""
        found = self._fields(b"location")
        return escaped(found[0]) if found else ""

    def cookies(self) -> list[str]:
        """The Set-Cookie lines of the answer."""
        return [line.decode("latin-1") for line in self._fields(b"set-cookie")]

    def _header(self, wanted: bytes) -> bytes:
        """A header of the answer, several as one list."""
        return b", ".join(self._fields(wanted))

    def _fields(self, wanted: bytes) -> list[bytes]:
        """The values of a header of the answer. What comes before the answer (103) or behind its body is none."""
        found = []
        for line in self._head()[1:]:
            name, _, value = line.partition(b":")
            if not line.strip():
                break
            if name.lower() == wanted:
                found.append(value.strip())
        return found

    def _head(self) -> list[bytes]:
        """The lines of the answer from its status on."""
        begins = max((at for at, line in enumerate(self._headers) if line[:5].upper() == b"HTTP/"), default=0)
        return self._headers[begins:]

    def told(self, code: int) -> str:
        """What curl's error is in our words; empty for one that is none: an answer that was cut."""
        if code == WRITE_ERROR and self._body and (self._body.cut or self._body.broken):
            return ""
        if code == TIMED_OUT:
            return silence.timed_out(self.seconds)
        if code == COULDNT_CONNECT and self._blocked and not self._opened:
            return NOT_ALLOWED
        if code == COULDNT_CONNECT:
            error = self.easy.getinfo(pycurl.OS_ERRNO)
            return failures.words(OSError(error, os.strerror(error)), self.seconds)
        if code == BAD_CERTIFICATE:
            return certificates.verdict(self._certificate_error())
        if code in _BROKEN_OFF and self.easy.getinfo(pycurl.RESPONSE_CODE):
            return failures.BROKEN_OFF
        return _TOLD.get(code, f"no answer (curl error {code})")

    def _certificate_error(self) -> int:
        """OpenSSL's code. The names in the certificate are compared by curl itself, when all else is in order."""
        if "subject name" in self.easy.errstr():
            return certificates.OTHER_HOST
        code: int = self.easy.getinfo(pycurl.SSL_VERIFYRESULT)
        return code


class _Handed:
    """A socket on its way to curl, which takes a duplicate of it: our own is closed as soon as it lets go of this."""

    __slots__ = ("_number",)

    def __init__(self, number: int) -> None:
        self._number = number

    def fileno(self) -> int:
        return self._number

    def __del__(self) -> None:
        os.close(self._number)
