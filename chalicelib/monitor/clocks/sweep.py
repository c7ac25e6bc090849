"""The sweep: notices silence. Runs every minute, looks a little more than a minute ahead, and waits for nothing.

1. Ask each shard of the due index that holds anything (`monitor.clocks.reach`) for the deadlines up to 75 s from now, a
   page at a time, and send each page on: as messages that workers can read when what they name is due.
2. Hand undelivered news whose time has come to the deliverer again.
3. Note that this sweep came to its end. One that finds that none has for three minutes notes the absence first, so that
   what fell due meanwhile is given time to settle, and tells the owner.
4. When all of that went well, call the address at which somebody else watches this monitor, if the owner names one.

The index only nominates, and so do the messages. Runs may overlap, repeat or die at any point: every decision is made
on a strong read and kept by a conditional write, and whatever was not decided still stands in the index for the next
run. A message that is lost or late costs a minute at most, one that comes twice finds nothing to do.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from chalicelib import log
from chalicelib.channels import owner
from chalicelib.core import deadlines as core_deadlines
from chalicelib.core import phrases
from chalicelib.core.away import ABSENCE, Away
from chalicelib.core.deadlines import Batch, Due
from chalicelib.core.errors import Undelivered
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import deadlines, reach
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import deliver
from chalicelib.store import checks, queues, sweeps
from chalicelib.store.faults import StoreFault
from chalicelib.store.sweeps import Swept

WORKERS = 16


def run(services: Services) -> int:
    """One sweep. Answers how many deadlines it found."""
    began = services.clock()
    swept = sweeps.state()
    last = swept.last
    if last and began - last > ABSENCE:
        sweeps.note_away(Away(last, began))
    due, news = reach.look(services, began)
    with ThreadPoolExecutor(WORKERS) as pool:
        redelivery = pool.submit(deliver.hand_on, services, news, began)
        found = sum(pool.map(lambda shard: _nominate(services, shard, began), due))
    sweeps.note(began)
    _tell_owner(services, sweeps.state() if last and began - last > ABSENCE else swept)
    # What fell due between the look-ahead of the last run and this one is found late.
    late = (began - last - transitions.LOOK_AHEAD).total_seconds() if last else 0
    log.count(Sweeps=1, DeadlinesFound=found, SweepLagSeconds=max(late, 0.0))
    # News that could not be handed on makes this run fail, but whoever fell silent has been looked for.
    redelivery.result()
    _tell_watcher(services)
    return found


def _tell_watcher(services: Services) -> None:
    """A sign of life to whoever watches the monitor. That he cannot be reached is his to notice."""
    address = services.settings.watched_by
    if not address:
        return
    try:
        answer = services.outlet.http.send("GET", address, {"User-Agent": "Tocsin"})
    except Undelivered as error:
        log.warning("who watches this monitor cannot be reached", reason=error.message)
        return
    if not answer.ok:
        log.warning("who watches this monitor refused its sign of life", status=answer.status)


def _tell_owner(services: Services, swept: Swept) -> None:
    """Tells the owner once that the monitor was away. A mail that fails is sent by a later sweep, for an hour."""
    away, address, now = swept.owes, services.settings.mail_to, services.clock()
    if not away or not address or now - away.until > timedelta(hours=1):
        return
    since, until = phrases.moment(away.since), phrases.moment(away.until)
    text = (
        f"From {since} to {until} nobody looked at deadlines. What fell due then has been given its grace time,\n"
        "at most five minutes, to report. Whoever is still silent then is told as usual.\n"
    )
    try:
        owner.tell(services.site, address, f"{services.settings.site_name} was away", text, services.outlet, now)
    except Undelivered as error:
        log.warning("owner not told that the monitor was away, the next sweep will", reason=error.message)
        return
    sweeps.note_told(away)


def _nominate(services: Services, shard: str, began: datetime) -> int:
    """Sends on what falls due in one shard. Answers how many checks."""
    found = 0
    for page in checks.due(shard, began + transitions.LOOK_AHEAD):
        _send(services, page)
        found += len(page)
    return found


def _send(services: Services, page: list[Due]) -> None:
    now = services.clock()
    batches = core_deadlines.batches(page, now)
    try:
        queues.send_delayed("deadlines", [(batch.delay(now), batch.to_message()) for batch in batches])
    except StoreFault as fault:
        log.error("deadlines decided by the sweep, their queue is out of reach", reason=str(fault), checks=len(page))
        _decide_here(services, batches)


def _decide_here(services: Services, batches: list[Batch]) -> None:
    """What is not due yet is found by the next sweep, overdue by a minute at most."""
    for batch in batches:
        if batch.at <= services.clock():
            deadlines.decide(services, batch)
