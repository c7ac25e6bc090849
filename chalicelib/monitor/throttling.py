"""Wrong keys are slowed by source, and good ones are not.

More than LIMIT requests with unknown keys from one source in a minute, whichever processes they reach, and its unknown
keys are refused for the rest of the minute. A key that exists is found as before, at no further call: a script that
repeats an old key does not shut out its neighbours. What a process has looked up for such a source in vain, it does not
look up again; when that has become LIMIT keys somebody is guessing, and then only keys that have opened something in
this process are still looked up.

A ping is let in even then: a ping key that this process has not found unknown is always looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from chalicelib import log
from chalicelib.core.check import Key
from chalicelib.core.errors import TooOften, UnknownKey
from chalicelib.core.sources import LIMIT, seconds_left, source_of, window_of
from chalicelib.monitor.managing.projects import hash_of
from chalicelib.monitor.memory import Attempts
from chalicelib.monitor.services import Services
from chalicelib.store import attempts, directory
from chalicelib.store.faults import StoreFault


def opened(services: Services, address: str, texts: Sequence[str]) -> tuple[Key, str] | None:
    """The first of the texts that is a key, and the text; None if none is. `address` is where the request came from.

    Raises TooOften, in place of the answer None, for a source that is slowed.
    """
    memory, source = services.memory, source_of(address)
    seen, looked_up = _seen(services, source), set[str]()
    for text in texts:
        hashed = hash_of(text)
        if seen.slowed and not memory.opened.get(hashed) and _is_refused(seen, hashed):
            continue
        # A moment after a key was made, an ordinary read may not find it; what is remembered as wrong must be so.
        if key := directory.key(hashed, strongly=seen.slowed):
            memory.opened.put(hashed, True)
            return key, text
        memory.opened.drop(hashed)
        looked_up.add(hashed)
    if texts:
        _failed(services, source, seen, looked_up)
    return None


def _is_refused(seen: Attempts, hashed: str) -> bool:
    return hashed in seen.wrong or len(seen.wrong) >= LIMIT


@contextmanager
def pinging(services: Services, address: str, hashed: str) -> Iterator[None]:
    """Around what takes in a ping by the ping key with this hash, none for a ping by code: an unknown key counts.

    Raises TooOften in place of UnknownKey for a source that is slowed.
    """
    if not hashed:
        yield
        return
    source = source_of(address)
    seen = _seen(services, source)
    if seen.slowed and hashed in seen.wrong:
        raise _too_often(services)
    try:
        yield
    except UnknownKey:
        _failed(services, source, seen, {hashed})
        raise


def _seen(services: Services, source: str) -> Attempts:
    """The attempts of this minute."""
    window, known = window_of(services.clock()), services.memory.attempts
    seen = known.get(source)
    if seen is None or seen.window != window:
        seen = Attempts(window)
    return seen


def _failed(services: Services, source: str, seen: Attempts, looked_up: set[str]) -> None:
    """Counts a request with nothing but unknown keys. Raises TooOften if its source is slowed."""
    if seen.slowed:
        if len(seen.wrong) < LIMIT:
            seen.wrong |= looked_up
        raise _too_often(services)
    seen.count += 1
    services.memory.attempts.put(source, seen)
    if seen.count > LIMIT or not _is_within_limit(source, seen.window):
        seen.slowed = True
        log.warning("wrong keys slowed", source=source, seconds=seconds_left(services.clock()))
        log.count(SourcesSlowed=1)
        raise _too_often(services)


def _is_within_limit(source: str, window: int) -> bool:
    """Counts for all processes. When that cannot be done, what this one has counted has to do."""
    try:
        return attempts.count(source, window, LIMIT)
    except StoreFault as fault:
        log.warning("wrong key counted by this process alone", reason=str(fault))
        return True


def _too_often(services: Services) -> TooOften:
    seconds = seconds_left(services.clock())
    return TooOften(f"too many requests with unknown keys, try again in {seconds} s", after=seconds)
