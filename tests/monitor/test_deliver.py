"""Delivering: order, retries, giving up, leases; through a kind of channel that fails on demand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.check import PingKind
from chalicelib.core.cursor import BACK_OFF
from chalicelib.monitor.managing import checks
from chalicelib.monitor.telling import deliver, sending
from chalicelib.store import definitions, gathering, queues, tellings
from chalicelib.store.faults import StoreFault
from tests.monitor.flaky import BUSY, GONE, Flaky, Scene, down, log


def test_what_failed_is_tried_again_with_growing_pauses_and_given_up_after_a_day(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    began = scene.clock.now
    flaky.errors["a"] = BUSY
    pauses = []
    while True:
        scene.deliver()
        if not scene.waiting:
            break
        due = scene.waiting[0].due
        assert due is not None
        pauses.append(due - scene.clock.now)
        scene.clock.now = due

    assert tuple(pauses[:4]) == BACK_OFF
    assert set(pauses[4:]) == {BACK_OFF[-1]}
    assert timedelta(hours=23) < scene.clock.now - began <= timedelta(days=1)
    assert log(scene, "a") == [("down", "failed", len(pauses) + 1, "busy")]
    assert scene.named("a").error == "busy (given up: Job is down)"


def test_every_try_carries_the_same_name_and_what_was_folded_another(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    flaky.errors["a"] = BUSY
    scene.deliver()
    scene.clock.move(seconds=30)
    scene.deliver()
    scene.ping("success")
    scene.clock.move(minutes=5)
    scene.deliver()

    assert [flaky.ids[0] == one for one in flaky.ids] == [True, True, False]
    assert not any(scene.code[:8] in one for one in flaky.ids)


def test_nothing_is_tried_before_its_time(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    flaky.errors["a"] = BUSY
    scene.deliver()
    scene.deliver()

    assert len(flaky.tried) == 1


def test_a_permanent_error_stops_at_once_and_shows(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    flaky.errors["a"] = GONE
    scene.deliver()

    assert scene.waiting == []
    assert log(scene, "a") == [("down", "failed", 1, "no such mailbox")]
    assert scene.named("a").error == "no such mailbox (given up: Job is down)"


def test_a_success_clears_the_error(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    flaky.errors["a"] = BUSY
    scene.deliver()
    flaky.errors.clear()
    scene.clock.move(seconds=30)
    scene.deliver()
    scene.deliver()

    assert (flaky.words, scene.named("a").error, scene.waiting) == (["down"], "", [])


def test_one_failing_channel_keeps_no_other_from_its_news(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a", "b", "c")
    flaky.errors["b"] = BUSY
    scene.deliver()
    assert sorted(flaky.told) == [("a", "down", 0), ("c", "down", 0)]
    scene.ping("success")
    scene.clock.move(seconds=5)
    scene.deliver()
    assert sorted(flaky.told)[1:] == [("a", "up", 0), ("c", "down", 0), ("c", "up", 0)]

    flaky.errors.clear()
    scene.clock.move(seconds=30)
    scene.deliver()
    assert [told for told in flaky.told if told[0] == "b"] == [("b", "up", 0)]


def test_a_fault_of_ours_in_a_channel_is_retried_like_any_failure(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a", "b")
    flaky.errors["a"] = ZeroDivisionError("ours")
    scene.deliver()

    assert flaky.told == [("b", "down", 0)]
    assert scene.waiting[0].due == scene.clock.now + BACK_OFF[0]


def test_flips_are_told_in_their_order_one_message_each(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    kinds: tuple[PingKind, ...] = ("success", "fail", "success")
    for kind in kinds:
        scene.clock.move(seconds=1)
        scene.ping(kind)
    scene.deliver()

    assert flaky.words == ["down", "up", "down", "up"]
    assert scene.waiting == []


def test_what_a_failing_channel_missed_is_one_message_that_ends_in_the_present(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    flaky.errors["a"] = BUSY
    scene.deliver()
    scene.clock.move(seconds=5)
    scene.ping("success")
    scene.deliver()
    scene.clock.move(seconds=5)
    flaky.errors.clear()
    scene.ping("fail")
    scene.deliver()
    scene.deliver()

    (news,) = flaky.news
    assert (news.event, news.flip.new, len(news.over)) == ("down", "down", 1)
    assert scene.waiting == []
    assert log(scene, "a") == [("down", "sent", 1, ""), ("up", "folded", 1, "busy"), ("down", "folded", 1, "busy")]


def test_an_outage_that_a_channel_missed_is_told_when_it_works(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    flaky.errors["a"] = BUSY
    scene.deliver()
    scene.clock.move(seconds=25)
    scene.ping("success")
    flaky.errors.clear()
    scene.deliver()

    (news,) = flaky.news
    assert (news.event, news.heard, len(news.over), news.downtime) == ("up", False, 1, timedelta(seconds=25))


def test_delivery_that_stood_still_for_hours_tells_down_before_up(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    scene.clock.move(hours=1)
    scene.ping("success")
    scene.clock.move(hours=2)
    scene.deliver()

    assert flaky.words == ["down", "up"]


def test_news_that_is_more_than_a_day_old_is_settled_without_being_sent(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    scene.clock.move(hours=25)
    scene.deliver()
    assert (flaky.tried, scene.waiting) == ([], [])
    scene.ping("success")
    scene.deliver()
    assert flaky.words == ["up"]


def test_a_channel_that_does_not_want_the_news_is_not_told(scene: Scene, flaky: Flaky) -> None:
    scene.channel("a", events=["up"])
    scene.check("a")
    scene.ping("fail")
    scene.deliver()
    assert (flaky.tried, scene.waiting) == ([], [])
    scene.ping("success")
    scene.deliver()
    assert flaky.words == ["up"]


def test_a_deliverer_that_died_is_succeeded_when_its_lease_is_over(
    scene: Scene, flaky: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def die() -> None:
        raise Died

    down(scene, "a")
    flaky.before = die
    with pytest.raises(Died):
        scene.deliver()
    flaky.before = lambda: None
    scene.deliver()
    assert flaky.words == []

    scene.clock.now += sending.LEASE
    scene.deliver()
    assert (flaky.words, len(set(flaky.ids)), scene.waiting) == (["down"], 1, [])


def test_two_deliverers_that_read_the_same_tell_once(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    known = definitions.channels(scene.keyring.project.code)
    nudges = [entry.nudge for entry in scene.waiting]
    (one,), (other,) = gathering.gather(nudges), gathering.gather(nudges)
    deliver.deliver(scene.services, one, known)
    deliver.deliver(scene.services, other, known)

    assert flaky.words == ["down"]


def test_who_comes_while_another_tells_leaves_it_to_him(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    known = definitions.channels(scene.keyring.project.code)

    def come() -> None:
        flaky.before = lambda: None
        (late,) = gathering.gather([entry.nudge for entry in scene.waiting])
        deliver.deliver(scene.services, late, known)

    flaky.before = come
    scene.deliver()
    assert (flaky.words, scene.waiting) == (["down"], [])


def test_a_flip_that_comes_while_another_is_told_is_told_at_once_after_it(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")

    def come_up() -> None:
        flaky.before = lambda: None
        scene.clock.move(seconds=1)
        scene.ping("success")
        scene.queues.take("news")

    flaky.before = come_up
    scene.deliver()
    assert (flaky.words, scene.waiting) == (["down", "up"], [])


def test_a_receiver_that_is_slower_than_the_flips_hears_them_in_their_order(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    kinds: list[PingKind] = ["success", "fail"] * 5

    def meanwhile() -> None:
        for _ in range(2):
            if kinds:
                scene.clock.move(seconds=0.5)
                scene.ping(kinds.pop())

    flaky.before = meanwhile
    scene.deliver()
    moments = [news.flip.at for news in flaky.news]
    assert moments == sorted(set(moments))
    assert (flaky.words[-1], scene.now.status, scene.waiting) == ("up", "up", [])


def test_an_outcome_that_cannot_be_written_is_written_again_not_sent_again(
    scene: Scene, flaky: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    down(scene, "a")
    write, refusals = tellings.write, ["before", "after", "before"]

    def failing(*arguments: object) -> None:
        when = refusals.pop() if refusals else ""
        if when != "before":
            write(*arguments)  # type: ignore[arg-type]
        if when:
            raise StoreFault("out of order")

    monkeypatch.setattr(tellings, "write", failing)
    scene.deliver()
    assert (len(flaky.tried), refusals) == (1, [])
    scene.clock.move(minutes=2)
    scene.deliver()
    assert (len(flaky.tried), scene.waiting) == (1, [])
    assert [line[1] for line in log(scene, "a")] == ["sent"]


def test_a_channel_removed_meanwhile_is_not_told(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a", "b")
    definitions.delete_channel(scene.named("a"))
    scene.deliver()

    assert (flaky.told, scene.waiting) == ([("b", "down", 0)], [])


def test_a_default_channel_is_told_although_the_check_does_not_name_it(scene: Scene, flaky: Flaky) -> None:
    scene.channel("all", default=True)
    scene.clock.move(seconds=1)
    down(scene, "a")
    scene.deliver()

    assert sorted(flaky.told) == [("a", "down", 0), ("all", "down", 0)]


def test_what_was_before_a_channel_came_is_no_news_to_it(scene: Scene, flaky: Flaky) -> None:
    down(scene, "a")
    scene.deliver()
    scene.clock.move(minutes=1)
    scene.channel("b")
    scene.channel("all", default=True)
    checks.change(scene.services, scene.now, {"channels": (scene.channels["a"], scene.channels["b"])})
    scene.deliver()
    scene.ping("success")
    scene.deliver()

    assert flaky.told == [("a", "down", 0), ("a", "up", 0)]
    assert scene.waiting == []


def test_a_channel_that_does_not_resolve_is_not_told_of_the_end(scene: Scene, flaky: Flaky) -> None:
    scene.channel("a", resolves=False)
    scene.channel("b")
    scene.check("a", "b")
    scene.ping("fail")
    scene.deliver()
    scene.ping("success")
    scene.deliver()

    assert sorted(flaky.told) == [("a", "down", 0), ("b", "down", 0), ("b", "up", 0)]


def test_a_nudge_makes_at_most_one_other(scene: Scene, flaky: Flaky, monkeypatch: pytest.MonkeyPatch) -> None:
    down(scene, "a")
    scene.queues.take("news")
    scene.clock.move(seconds=1)
    flaky.errors["a"] = BUSY
    sent: list[int] = []

    def send_all(noun: str, messages: list[dict[str, str]], *, delay: int = 0) -> None:
        sent.extend(delay for _ in messages)

    monkeypatch.setattr(queues, "send_all", send_all)
    for nudge in [entry.nudge for entry in scene.waiting] * 5:
        deliver.deliver_all(scene.services, [nudge])
    assert sent == [30]
