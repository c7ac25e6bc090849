"""Storms of mails through a sender that throttles, alerts by the thousand, and what must become of them.

Each raises AssertionError if it does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.storms.account import Account
from tests.storms.alerts import neighbours, thousand
from tests.storms.dark import blackout, mixed, newcomers, silent
from tests.storms.storm import Figures, Storm

HOOK = ("webhook", {"url_down": "http://127.0.0.1:9001/", "url_up": "http://127.0.0.1:9001/"})
# Some have figures to show.
Scene = Callable[[Account], Figures | str | None]


def _weather(account: Account, mails: int, rate: float, **sender: Any) -> Figures:
    storm = Storm(account, 1, rate, **sender)
    storm.fill(mails)
    storm.run(4 * mails / rate + 120)
    found = storm.figures()
    assert (found.lost, found.twice, found.given_up, found.waiting) == (0, 0, 0, 0), found
    assert (found.failures, found.letters) == (0, 0), found
    return found


def sandbox(account: Account) -> Figures:
    """As many mails as new owners meet, at the rate of SES's sandbox."""
    return _told_cheaply(_weather(account, 150, 1))


def production(account: Account) -> Figures:
    """At the rate that SES gives to most accounts."""
    return _told_cheaply(_weather(account, 600, 14))


def _told_cheaply(found: Figures) -> Figures:
    assert found.dynamodb < 20, found
    return _told_in_time(found, factor=1.15, sends=2)


def _told_in_time(found: Figures, *, factor: float, sends: float) -> Figures:
    assert found.last < factor * found.ideal, found
    assert found.sends < sends, found
    return found


def untold(account: Account) -> Figures:
    """A sender that does not say how many it takes: the pace is found out."""
    return _told_in_time(_weather(account, 60, 2, tells=False), factor=1.25, sends=2.5)


def recovery(account: Account) -> None:
    """The checks come up again while most of the mails wait: nobody is told last that his is down."""
    storm = Storm(account, 1, 2)
    storm.fill(40)
    storm.pass_by(storm.began - storm.crowd.now + 10)
    storm.ping()
    storm.pass_by(300)
    words: dict[str, list[str]] = {address: [] for address in storm.addresses}
    for message in storm.ses.taken:
        words[message.to].append(message.subject.partition(" | ")[0])
    assert sum(heard[:1] == ["DOWN"] for heard in words.values()) > 5, words
    # What nobody had heard of may be told as one message that ends well.
    assert all(heard in (["DOWN", "UP"], ["UP"]) for heard in words.values()), words


def beside(account: Account) -> None:
    """A webhook does not wait for the mails."""
    storm = Storm(account, 1, 1)
    receiver = storm.crowd.outside.add("9001", "hook")
    storm.fill(30, [HOOK])
    storm.pass_by(storm.began - storm.crowd.now + 10)
    assert len(receiver.received) == 30, len(receiver.received)
    assert len(storm.ses.taken) < 15, len(storm.ses.taken)


def quota(account: Account) -> None:
    """What exceeds the quota of the day waits for another, and nobody asks for it time and again."""
    storm = Storm(account, 1, 14)
    storm.ses.quota = 10
    storm.fill(20)
    storm.pass_by(storm.began - storm.crowd.now + 60)
    calls = storm.crowd.calls["dynamodb"]
    storm.pass_by(1_440)
    assert len(storm.ses.taken) == 10, len(storm.ses.taken)
    assert storm.ses.calls < 40, storm.ses.calls
    # Ten wait, are handed on by two sweeps in ten minutes and look at the end of them.
    calls = storm.crowd.calls["dynamodb"] - calls
    assert calls < 700, calls
    storm.ses.quota = 1_000
    storm.pass_by(900)
    assert sorted(storm.told.values()) == [1] * 20, storm.told


def texts(account: Account) -> None:
    """SNS throttles text messages, and never says how many it takes."""
    _told_in_time(_weather(account, 30, 2, service="sns"), factor=1.25, sends=2.5)


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        sandbox,
        production,
        untold,
        recovery,
        beside,
        quota,
        texts,
        neighbours,
        thousand,
        silent,
        newcomers,
        mixed,
        blackout,
    )
}
