"""Taking points in: keeping them, and having the rules that read their series judged within seconds.

1. Read the lines; the good ones are kept, the bad ones told.
2. Ask which rules read these series. The answer is remembered for a few seconds; a rule that is new or changed is
   judged once when they are over, for the points that came to a process that did not know it.
3. Nudge those rules: at once, as a point may be enough; for a series that sends several in one bucket, when that is
   over. One that was nudged a moment ago is nudged again a little later, so that a busy pattern does not have its rules
   judged with every point.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from chalicelib import log
from chalicelib.core.criteria import BUCKET
from chalicelib.languages import graphite
from chalicelib.languages.graphite import lines
from chalicelib.languages.graphite.lines import Lines
from chalicelib.monitor.looking.reading import closed, matcher, means_many, seconds_to, split_view
from chalicelib.monitor.memory import Watching
from chalicelib.monitor.messages import Judge, RollUp, of_chore
from chalicelib.monitor.services import Services
from chalicelib.store import directory, queues, series, series_ages, series_names, subscriptions
from chalicelib.store.faults import StoreFault

# A clock that is this much ahead of ours is taken for its word.
AHEAD = timedelta(minutes=10)
REMEMBERED = timedelta(seconds=5)
# A rule is judged at most so often because of points.
PAUSE = timedelta(seconds=3)
BATCH = 100


def learn(services: Services, project: str, code: str) -> None:
    """A rule is new or reads something else: known here at once, and elsewhere before it is judged again."""
    services.memory.watching.drop(project)
    _send(project, [code], services.clock(), int(REMEMBERED.total_seconds()) + 1)


def take(services: Services, project: str, body: bytes, *, deletions: int = 0) -> Lines:
    """Keeps the points of a body in the line protocol. `deletions` is how many the project has seen. Raises StoreFault
    when they could not be kept."""
    now = services.clock()
    found = lines.parse(body, now, series_ages.oldest(now), now + AHEAD)
    if not found.points:
        return found
    given = found.by_series()
    salt = b"" if found.stamped else services.new_code().encode()
    if not services.memory.noted.get(project):
        directory.note_series(project)
        services.memory.noted.put(project, True)
    added = series.add(project, given, now, salt=salt, deletions=deletions, sleep=services.sleep)
    log.count(Points=len(found.points), BadLines=found.refused)
    _roll_late(project, added.late)
    # Not the moment before the points were kept: who judges at the nudge of another may have been too early for them.
    _nudge(services, project, given)
    return found


def _roll_late(project: str, late: tuple[tuple[str, int], ...]) -> None:
    """Points of hours that are over: their sums are made anew, a while later, for more may follow."""
    messages = [of_chore(RollUp(project, (name,), hour)) for name, hour in late]
    try:
        queues.send_all("chores", messages, delay=60)
    except StoreFault as fault:
        log.warning("late points not rolled up, the next roll-up will", reason=str(fault), hours=len(late))


def _nudge(services: Services, project: str, given: Mapping[str, Sequence[tuple[int, float]]]) -> None:
    """Has the rules of these series judged: at once where a point may be enough for that, and where several share a
    bucket, when it is over."""
    now = services.clock()
    at_once: set[str] = set()
    closing: dict[int, list[str]] = {}
    for name, points in given.items():
        codes = _rules_of(services, project, name, now)
        waits = series_names.is_dense(project, name)
        for end in sorted({at // BUCKET * BUCKET + BUCKET for at, _ in points}) if codes else ():
            # One ahead of our clock is judged when its time has come, one that is late at once.
            if end > closed(now) and (waits or end - BUCKET > now.timestamp()):
                closing.setdefault(end, []).extend(code for code in codes if services.memory.asks_first(code, end))
            else:
                at_once.update(codes)
    _nudge_at_once(services, project, at_once, now)
    for end, codes in closing.items():
        _send(project, codes, now, seconds_to(end, now), points=True, final=True)


def _nudge_at_once(services: Services, project: str, codes: Iterable[str], now: datetime) -> None:
    nudged = services.memory.nudged
    at_once: list[str] = []
    later: list[str] = []
    for code in sorted(codes):
        last = nudged.get(code)
        if last is not None and last > now:
            # A nudge of this rule is on its way, and will find these points too.
            continue
        if last is not None and now - last < PAUSE:
            later.append(code)
            nudged.put(code, now + PAUSE)
        else:
            at_once.append(code)
            nudged.put(code, now)
    _send(project, at_once, now, 0, points=True)
    _send(project, later, now, int(PAUSE.total_seconds()), points=True)


def _send(
    project: str, codes: list[str], now: datetime, delay: int, *, points: bool = False, final: bool = False
) -> None:
    at, keys = int(now.timestamp() * 1000), [(project, code) for code in codes]
    batches = [tuple(keys[start : start + BATCH]) for start in range(0, len(keys), BATCH)]
    try:
        messages = [Judge(at, batch, fresh=True, points=points, final=final).to_message() for batch in batches]
        queues.send_all("rules", messages, delay=delay)
    except StoreFault as fault:
        log.warning("rules not nudged, the next minute judges them", reason=str(fault), rules=len(codes))


def _rules_of(services: Services, project: str, name: str, now: datetime) -> list[str]:
    """The codes of the rules that read a series."""
    watching = services.memory.watching.get(project)
    if watching is None or now - watching.seen > REMEMBERED:
        watching = _watching(project, now)
        services.memory.watching.put(project, watching)
    return watching.names.get(name, []) + [code for fits, code in watching.patterns if fits(name)]


def _watching(project: str, now: datetime) -> Watching:
    """What the rules of a project read now; nothing where the store cannot tell."""
    found = Watching(now)
    try:
        watched = subscriptions.of_project(project)
    except StoreFault as fault:
        log.warning("rules not known, the next minute judges them", reason=str(fault))
        return found
    for code, patterns in watched.items():
        for pattern in patterns:
            if means_many(pattern):
                found.patterns.append((matcher(pattern), code))
            else:
                found.names.setdefault(pattern, []).append(code)
    return found


def watched(targets: list[str]) -> list[str]:
    """Of the targets of a rule, the names and patterns whose points make it worth judging at once."""
    return sorted({split_view(target)[0] for target in targets if graphite.is_plain(target)})
