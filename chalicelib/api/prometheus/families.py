"""Which metrics there are, and what they say.

Those of Healthchecks keep its names, labels and meanings. Ours name a check by its `unique_key` alone where there is
another with its name: they are joined by that, and many checks must fit into one answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from chalicelib.api.prometheus.exposition import Family, Sample, labels
from chalicelib.core import kinds
from chalicelib.core.check import Check
from chalicelib.core.kinds import panel, rule
from chalicelib.monitor.views.metrics import Seen, Told
from chalicelib.store.tallies import Tally

# What a metric says of one check; None if it says nothing.
Read = Callable[[Check], float | None]


def of_checks(seen: Sequence[Seen]) -> Iterator[Family]:
    """What is said of checks: of each, of tags, of all."""
    named = [labels(name=kinds.label(one.check), tags=one.check.tags, unique_key=one.check.unique_key) for one in seen]
    for name, word, fits in _STATES:
        about = f"Whether the check is {word} (1 for yes, 0 for no)."
        yield Family(name, "gauge", about, [(found, int(fits(one))) for found, one in zip(named, seen, strict=True)])
    about = "Whether no check with the tag is down (1 for yes, 0 for no)."
    yield Family("hc_tag_up", "gauge", about, _tags(seen))
    yield Family("hc_checks_total", "gauge", "How many checks there are.", [("", len(seen))])
    down = sum(one.shown == "down" for one in seen)
    yield Family("hc_checks_down_total", "gauge", "How many checks are down.", [("", down)])
    yield Family("tocsin_checks", "gauge", "How many checks there are of a kind in a status.", _counted(seen))
    about = "The kind and the status of the check, as labels; always 1."
    yield Family("tocsin_check_status", "gauge", about, ((_status(one), 1) for one in seen))
    keyed = [(labels(unique_key=one.check.unique_key), one.check) for one in seen]
    for name, about, read in _GAUGES:
        yield Family(f"tocsin_check_{name}", "gauge", about, _read(keyed, read))
    about = "How many pings the check has had."
    yield Family("tocsin_check_pings_total", "counter", about, _read(keyed, _pings))


def of_channels(told: Sequence[Told]) -> Iterator[Family]:
    """What was told through each channel."""
    named = [(_channel(one), one.tally) for one in told]
    about = "Attempts to tell the channel something, by outcome; one that its sender had to wait for is none yet."
    yield Family("tocsin_deliveries_total", "counter", about, _outcomes(named))
    about = "Messages that were given up after the last attempt."
    given_up = ((found, tally.given_up) for found, tally in named)
    yield Family("tocsin_deliveries_given_up_total", "counter", about, given_up)
    about = "Checks of which the channel has not yet been told what it should have been."
    yield Family("tocsin_deliveries_waiting", "gauge", about, ((found, tally.waiting) for found, tally in named))


_STATES: tuple[tuple[str, str, Callable[[Seen], bool]], ...] = (
    # As Healthchecks has it: what is new, late or paused is not down.
    ("hc_check_up", "not down", lambda one: one.shown != "down"),
    ("hc_check_started", "started", lambda one: one.is_started),
    ("hc_check_grace", "late, in its grace time", lambda one: one.shown == "grace"),
    ("hc_check_paused", "paused", lambda one: one.shown == "paused"),
)


def _tags(seen: Iterable[Seen]) -> list[Sample]:
    ups: dict[str, bool] = {}
    for one in seen:
        for tag in one.check.tags.split():
            ups[tag] = ups.get(tag, True) and one.shown != "down"
    return [(labels(tag=tag), int(ups[tag])) for tag in sorted(ups)]


def _counted(seen: Iterable[Seen]) -> list[Sample]:
    counts = Counter((one.check.kind, one.shown) for one in seen)
    return [(labels(kind=kind, status=shown), number) for (kind, shown), number in sorted(counts.items())]


def _status(one: Seen) -> str:
    check = one.check
    return labels(kind=check.kind, name=kinds.label(check), status=one.shown, unique_key=check.unique_key)


def _read(keyed: Iterable[tuple[str, Check]], read: Read) -> Iterator[Sample]:
    for found, check in keyed:
        value = read(check)
        if value is not None:
            yield found, value


def _moment(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def _pings(check: Check) -> float | None:
    return check.n_pings if kinds.of(check).pinged else None


_GAUGES: tuple[tuple[str, str, Read], ...] = (
    (
        "status_since_timestamp_seconds",
        "When the check flipped last, in seconds since 1970.",
        lambda check: _moment(check.since),
    ),
    (
        "last_ping_timestamp_seconds",
        "When the check was pinged last, in seconds since 1970.",
        lambda check: _moment(check.last_ping),
    ),
    (
        "last_duration_seconds",
        "How long the last run of the check took that was measured.",
        lambda check: None if check.last_duration is None else check.last_duration.total_seconds(),
    ),
    (
        "breaching_series",
        "How many series of the check breach its criteria.",
        lambda check: check.breaching.count if check.kind in (rule.name, panel.name) else None,
    ),
)


def _channel(one: Told) -> str:
    return labels(channel=one.channel.code, kind=one.channel.kind, name=one.channel.name)


def _outcomes(named: Iterable[tuple[str, Tally]]) -> Iterator[Sample]:
    for found, tally in named:
        yield f"{found},{labels(outcome='delivered')}", tally.delivered
        yield f"{found},{labels(outcome='failed')}", tally.failed
