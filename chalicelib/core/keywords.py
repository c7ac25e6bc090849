"""What a signal means to a check: its exit status, the method the check insists on, and the keywords in its body."""

from __future__ import annotations

from chalicelib.core.check import Filters, PingKind, Signal


def interpret(methods: str, filters: Filters, signal: Signal) -> PingKind:
    """The kind of ping that `signal` is.

    A non-zero exit status is a failure. A check that takes POST alone ignores other methods. Where the HTTP body is
    filtered, the first kind with a keyword in it wins over the address: failure, success, start; without any, the
    check's default. Bodies that are not UTF-8 are read leniently: an odd byte does not hide a keyword.
    """
    kind: PingKind = "fail" if signal.exitstatus else signal.kind
    if kind == "ign" or (methods == "POST" and signal.method != "POST"):
        return "ign"
    return by_keywords(filters, signal.body.decode("utf-8", "replace")) if filters.http_body else kind


def by_keywords(filters: Filters, text: str) -> PingKind:
    """The kind of ping that `text` speaks of; keywords are case-sensitive parts of it."""
    ordered: tuple[tuple[str, PingKind], ...] = (
        (filters.failure_kw, "fail"),
        (filters.success_kw, "success"),
        (filters.start_kw, "start"),
    )
    for keywords, kind in ordered:
        if any(word in text for word in _words(keywords)):
            return kind
    return "fail" if filters.default_fail else "ign"


def _words(keywords: str) -> list[str]:
    return [word for word in (part.strip() for part in keywords.split(",")) if word]
