"""What went wrong with a probe, in words that are the same from run to run and hold nothing that a peer said."""

from __future__ import annotations

import errno
import ssl

from chalicelib import log
from chalicelib.probes import certificates
from chalicelib.probes.base import Definition, Failed, Kind, Outcome
from chalicelib.probes.connection import Session
from chalicelib.probes.silence import timed_out

REFUSED = "connection refused"
CLOSED = "connection closed without an answer"
NOT_HTTP = "answer is not HTTP"
BROKEN_OFF = "answer broke off"
HANDSHAKE = "TLS handshake failed"
UNREACHABLE = "host not reachable"
INTERNAL = "internal error"

_ERRNOS = {
    errno.ECONNREFUSED: REFUSED,
    errno.ECONNRESET: CLOSED,
    errno.EPIPE: CLOSED,
    errno.ECONNABORTED: CLOSED,
    errno.EHOSTUNREACH: UNREACHABLE,
    errno.ENETUNREACH: UNREACHABLE,
    errno.EADDRNOTAVAIL: UNREACHABLE,
    errno.EACCES: UNREACHABLE,
    errno.EPERM: UNREACHABLE,
    errno.EAFNOSUPPORT: UNREACHABLE,
}


def words(error: OSError, seconds: float) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return certificates.verdict(error.verify_code)
    if isinstance(error, ssl.SSLError):
        return HANDSHAKE
    if isinstance(error, TimeoutError):
        return timed_out(seconds)
    return _ERRNOS.get(error.errno or 0, f"no answer ({error.strerror or type(error).__name__})")


def attempt(kind: Kind, definition: Definition, session: Session) -> Outcome:
    """One run of a probe over `line`. It never raises: whatever goes wrong is an outcome."""
    try:
        return kind.run(definition, session)
    except Failed as failed:
        return session.outcome(False, failed.text, **failed.details)
    except OSError as error:
        return session.outcome(False, words(error, session.seconds))
    except Exception:  # noqa: BLE001 - a fault in one probe must not take the others of its batch with it
        log.fault("a probe broke", type=kind.name)
        return session.outcome(False, INTERNAL)
