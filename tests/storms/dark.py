"""Hosts that fall silent together: the scenes, each on an account with ten executions and on a machine whose queues
have four workers each."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.storms.account import Account
from tests.storms.silent import MINUTE, Silence, Told

WORKERS = 4
# They fall silent so many seconds after a full minute: most have just been looked at.
AFTER = 3.0


def _everywhere(account: Account, scene: Callable[[Silence], Told]) -> str:
    words = []
    for where, workers in (("account", None), (f"{WORKERS} workers", WORKERS)):
        silence = Silence(account, workers)
        with silence.living():
            words.append(f"{where}: {scene(silence).kept()}")
    return "; ".join(words)


def _settled(silence: Silence, minutes: int) -> None:
    """Every device has been looked at by the clock."""
    silence.pass_by(minutes * MINUTE)
    silence.until(AFTER)


def silent(account: Account) -> str:
    """A quarter of the devices, as they are by default, falls silent at once."""

    def scene(silence: Silence) -> Told:
        for _ in range(160):
            silence.add()
        _settled(silence, 3)
        dark = silence.devices[::4]
        silence.darken(dark)
        return silence.watch(dark)

    return _everywhere(account, scene)


def newcomers(account: Account) -> str:
    """New devices at a port that is silent, with the longest timeout, beside one that is looked at often."""

    def scene(silence: Silence) -> Told:
        silence.add(Frequency=10)
        _settled(silence, 3)
        began, dark = silence.crowd.now, []
        for _ in range(8):
            dark.append(silence.add(tcp=True, dark=True, Timeout=60))
            silence.pass_by(1.0)
        return silence.watch(dark, since=began)

    return _everywhere(account, scene)


def _mixed(account: Account, number: int) -> str:
    def scene(silence: Silence) -> Told:
        random = Random(1)
        for index in range(number):
            silence.add(
                tcp=index % 5 == 0,
                Frequency=random.choice((10, 30, 60, 60, 60, 120, 300)),
                Timeout=random.choice((5, 10, 30, 60)),
                Retries=random.choice((0, 1, 1, 2)),
                RetryDelay=random.choice((0, 5, 30)),
            )
        _settled(silence, 6)
        dark = random.sample(silence.devices, number * 3 // 10)
        silence.darken(dark)
        # Of those that are well, some are slow to say so.
        well = [one for one in silence.devices if one not in dark and one.timeout >= 30]
        silence.hosts.slow |= {device.port: 8.0 for device in well[:: len(well) // 4]}
        return silence.watch(dark)

    return _everywhere(account, scene)


def mixed(account: Account) -> str:
    """Three of ten devices fall silent, whose periods, timeouts and retries differ."""
    return _mixed(account, 60)


def blackout(account: Account) -> str:
    """The same with a thousand devices."""
    return _mixed(account, 1_000)
