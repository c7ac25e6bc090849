import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from chalicelib.channels import words as phrases
from chalicelib.core import pages
from chalicelib.core.check import Check
from chalicelib.monitor.managing import channels, checks
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import directory
from chalicelib.store.faults import StoreFault
from chalicelib.web import gathering
from tests.api.client import Answer, Api
from tests.conftest import Clock, Story

Maker = Callable[..., Check]
Pinger = Callable[..., None]


class _Words(HTMLParser):
    """What a reader sees: the text of the body, and the title."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.title = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title = self.title or data
        elif self._inside != "style":
            self.words += data.split()


def path_of(check: Check) -> str:
    """Where the check's page is."""
    return f"/status/{pages.address(directory.project(check.project), check)}"


def read(browser: Api, check: Check) -> str:
    """The words on the check's page, each apart from the next by one space."""
    answer = browser.get(path_of(check))
    assert answer.status == 200, answer.text
    return " ".join(parsed(answer).words)


def parsed(answer: Answer) -> _Words:
    parser = _Words()
    parser.feed(answer.text)
    return parser


# States


def test_a_new_check_waits_for_its_first_signal(browser: Api, check: Maker) -> None:
    words = read(browser, check())
    assert "New for less than a second since 2026-11-21 12:00:00 UTC Waiting for the first signal." in words
    assert "Last outages None on record." in words
    assert "Last pings None yet." in words


def test_a_check_that_is_up_says_when_it_expects_the_next_signal(
    browser: Api, check: Maker, ping: Pinger, clock: Clock
) -> None:
    backup = check()
    ping(backup)
    clock.move(minutes=12)
    words = read(browser, backup)
    assert "Up for 12 minutes since 2026-11-21 12:00:00 UTC" in words
    assert "The next signal is expected in 48 minutes: 2026-11-21 13:00:00 UTC" in words


def test_a_late_check_says_when_it_goes_down(browser: Api, check: Maker, ping: Pinger, clock: Clock) -> None:
    backup = check()
    ping(backup)
    clock.move(minutes=64)
    words = read(browser, backup)
    assert "Late for 4 minutes since 2026-11-21 13:00:00 UTC" in words
    assert "Without one it goes down in 6 minutes: 2026-11-21 13:10:00 UTC" in words


def test_a_missed_deadline_shows_before_the_sweep_has_seen_it(
    browser: Api, check: Maker, ping: Pinger, clock: Clock
) -> None:
    backup = check()
    ping(backup)
    clock.move(minutes=75)
    words = read(browser, backup)
    assert "Down for 5 minutes since 2026-11-21 13:10:00 UTC No sign of success came in time" in words
    assert "5 minutes No signal in time 5 minutes ago 2026-11-21 13:10:00 UTC still down" in words


def test_a_missed_deadline_that_the_sweep_has_seen_is_one_outage(
    browser: Api, check: Maker, ping: Pinger, clock: Clock, minute: Callable[[], None]
) -> None:
    backup = check()
    ping(backup)
    clock.move(minutes=70)
    minute()
    words = read(browser, backup)
    assert "Down for 1 minute since 2026-11-21 13:10:00 UTC" in words
    assert words.count("still down") == words.count("No signal in time") == 1


def test_an_outage_that_the_sweep_writes_down_while_the_page_is_made_is_one_outage(
    story: Story, check: Maker, ping: Pinger, minute: Callable[[], None]
) -> None:
    backup = check()
    ping(backup)
    seen = checks.find(story.project, backup.code)
    story.clock.move(minutes=70)
    minute()
    assert seen.status == "up"
    assert len(gathering.gather(story.services, seen).outages) == 1


def test_a_failure_is_told_with_its_exit_status(browser: Api, check: Maker, ping: Pinger, clock: Clock) -> None:
    backup = check()
    ping(backup, "fail", exitstatus=3)
    clock.move(minutes=1)
    words = read(browser, backup)
    assert "Down for 1 minute since 2026-11-21 12:00:00 UTC It reported a failure (exit status 3)." in words
    assert "Failure exit status 3 1 minute ago 2026-11-21 12:00:00 UTC" in words


def test_a_paused_check_says_what_ends_the_pause(browser: Api, services: Services, check: Maker) -> None:
    lenient, strict = check(), check(manual_resume=True)
    for one in (lenient, strict):
        checks.pause(services, one)
    assert "The next signal takes it up again." in read(browser, lenient)
    assert "Signals are ignored until it is resumed." in read(browser, strict)


def test_a_run_under_way_is_told_with_its_deadline(browser: Api, check: Maker, ping: Pinger, clock: Clock) -> None:
    backup = check()
    ping(backup, "start")
    clock.move(minutes=2)
    assert "A run began 2 minutes ago and must end in 8 minutes: 2026-11-21 12:10:00 UTC" in read(browser, backup)


def test_a_schedule_that_has_ended_expects_nothing(browser: Api, check: Maker, ping: Pinger) -> None:
    backup = check(schedule_kind="oncalendar", schedule="2026-11-21 11:00")
    ping(backup)
    assert "No further signal is expected." in read(browser, backup)


# Contents


def test_the_name_heads_the_page_and_the_status_its_tab(browser: Api, check: Maker) -> None:
    page = parsed(browser.get(path_of(check(name="Nightly backup"))))
    assert page.title == "New | Nightly backup"
    assert page.words[:2] == ["Nightly", "backup"]


def test_description_and_tags_are_shown(browser: Api, check: Maker) -> None:
    words = read(browser, check(desc="Dumps the orders.\nRunbook: https://wiki.example.org", tags="prod eu-north-1"))
    assert "prod eu-north-1" in words
    assert "Dumps the orders. Runbook: https://wiki.example.org" in words


def test_a_period_is_told_in_words(browser: Api, check: Maker) -> None:
    assert "Expected Every hour Grace time 10 minutes" in read(browser, check())


def test_a_cron_schedule_is_told_with_its_next_firings(browser: Api, check: Maker) -> None:
    words = read(browser, check(schedule_kind="cron", schedule="30 3 * * 1-5", tz="Europe/Stockholm"))
    assert "Expected At 03:30, Monday to Friday 30 3 * * 1-5 Time zone Europe/Stockholm" in words
    assert "Next in 1 day, 14 hours 2026-11-23 02:30:00 UTC 03:30:00 Europe/Stockholm in 2 days, 14 hours" in words


def test_moments_are_told_in_utc_and_by_the_checks_own_clock(browser: Api, check: Maker) -> None:
    assert "since 2026-11-21 12:00:00 UTC 13:00:00 Europe/Stockholm" in read(browser, check(tz="Europe/Stockholm"))
    assert "since 2026-11-21 12:00:00 UTC 2026-11-22 01:00:00 Pacific/Auckland" in read(
        browser, check(tz="Pacific/Auckland")
    )


def test_a_zone_that_is_no_longer_known_does_not_spoil_the_page(browser: Api, check: Maker) -> None:
    assert "since 2026-11-21 12:00:00 UTC" in read(browser, check(tz="Mars/Olympus"))


def test_a_run_is_listed_with_how_long_it_took(browser: Api, check: Maker, ping: Pinger, clock: Clock) -> None:
    backup = check()
    for seconds in (0.25, 3.21, 62, 7_500):
        ping(backup, "start")
        clock.move(seconds=seconds)
        ping(backup, exitstatus=0)
        clock.move(seconds=1)
    words = read(browser, backup)
    for took in ("250 ms", "3.2 s", "1 min 2 s", "2 h 5 min"):
        assert f"UTC {took}" in words
    assert words.count("Success exit status 0") == 4


def test_the_latest_pings_are_listed_and_no_more(browser: Api, check: Maker, ping: Pinger, clock: Clock) -> None:
    backup = check()
    for _ in range(17):
        ping(backup, "log")
        clock.move(minutes=1)
    words = read(browser, backup)
    assert words.count("Log") == 15
    assert "Log 1 minute ago" in words and "Log 15 minutes ago" in words
    assert "Pings 17 since 2026-11-21" in words


def test_outages_are_listed_with_how_long_they_lasted(story: Story, browser: Api, check: Maker, ping: Pinger) -> None:
    backup = check()
    ping(backup, "fail")
    story.clock.move(minutes=3)
    ping(backup)
    story.clock.move(days=40)
    ping(backup, "fail")
    story.clock.move(minutes=5)
    checks.pause(story.services, backup)
    words = read(browser, backup)
    assert (
        "3 minutes Failure reported 40 days, 8 minutes ago 2026-11-21 12:00:00 UTC recovered 2026-11-21 12:03" in words
    )
    assert (
        "39 days, 22 hours No signal in time 39 days, 22 hours ago 2026-11-21 13:13:00 UTC paused 2026-12-31 12:08"
        in words
    )


def test_an_outage_lasts_as_long_on_the_page_as_in_the_mail(
    story: Story, browser: Api, check: Maker, ping: Pinger
) -> None:
    """Down at a fraction of a second, for more than an hour: the mail tells no seconds beside hours."""
    backup, found = check(), []
    for began, took in ((0.9, 3_612.2), (0.2, 59.9), (0.7, 3_599.6), (0.1, 90_061)):
        story.clock.now = story.clock.now.replace(microsecond=0)
        story.clock.move(seconds=600 + began)
        ping(backup, "fail")
        down = story.clock.now
        story.clock.move(seconds=took)
        lasting = read(browser, backup)
        ping(backup)
        mailed = phrases.lasted(phrases.between(down, story.clock.now))
        found.append((f"Down for {mailed} since" in lasting, f"{mailed} Failure reported" in read(browser, backup)))
    assert found == [(True, True)] * 4


def test_only_the_latest_outages_are_listed(browser: Api, check: Maker, ping: Pinger, clock: Clock) -> None:
    backup = check()
    for _ in range(7):
        ping(backup, "fail")
        clock.move(minutes=1)
        ping(backup)
        clock.move(minutes=1)
    words = read(browser, backup)
    assert words.count("1 minute Failure reported") == 5
    assert "Failure reported 2 minutes ago" in words and "Failure reported 10 minutes ago" in words


# What the page keeps to itself


def test_the_page_can_be_read_but_gives_no_way_to_ping_or_to_reach_anyone(
    story: Story, browser: Api, check: Maker, ping: Pinger
) -> None:
    channel = channels.create(story.services, story.keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    secret = check(name="", slug="nightly-slug", channels=(channel.code,))
    ping(secret, "fail", body=b"stack of secrets", remote_addr="203.0.113.7", ua="curl/8", rid="the-run")
    answer = browser.get(path_of(secret))
    assert "Unnamed check" in answer.text
    hidden = [
        secret.code,
        secret.unique_key,
        story.project,
        story.keyring.project.badge,
        channel.code,
        *story.keyring.keys.values(),
    ]
    for text in (*hidden, "/ping/", "nightly-slug", "stack of secrets", "203.0.113.7", "curl/8", "the-run", "ops@"):
        assert text not in answer.text


def test_the_page_needs_nothing_from_elsewhere(browser: Api, check: Maker) -> None:
    page = parsed(browser.get(path_of(check(desc="https://example.org"))))
    named = [
        value or "" for _, found in page.tags for name, value in found.items() if name in ("src", "href", "action")
    ]
    assert len(named) == 1 and named[0].startswith("data:image/svg+xml,")
    assert not {"script", "iframe", "form", "img"} & {tag for tag, _ in page.tags}
    assert not any("style" in found for _, found in page.tags)


def test_the_policy_allows_the_pages_own_style_and_nothing_more(browser: Api, check: Maker) -> None:
    answer = browser.get(path_of(check()))
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", f"style-src 'sha256-{digest}'", "frame-ancestors 'none'"} <= set(policy)
    assert "url(" not in style and "@import" not in style


def test_the_page_is_neither_kept_nor_indexed_nor_guessed_at(browser: Api, check: Maker) -> None:
    for path in (path_of(check()), "/status/nobody"):
        headers = browser.get(path).headers
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-robots-tag"] == "noindex, nofollow"


def test_what_its_owner_writes_is_shown_as_text(browser: Api, check: Maker) -> None:
    nasty = '"><script>alert(1)</script>{{ 7 * 7 }}'
    backup = check(name=nasty, tags=nasty, desc=nasty)
    answer = browser.get(path_of(backup))
    assert "<script" not in answer.text
    assert " ".join(parsed(answer).words).count("<script>alert(1)</script>{{") == 3


def test_text_that_turns_round_what_follows_is_made_harmless(browser: Api, check: Maker) -> None:
    backup = check(name="a\u202eb", desc="a\u202eb")
    assert "\u202e" not in browser.get(path_of(backup)).text


# Requests


@pytest.mark.parametrize("kind", ["badge", "code", "nobody", "project", "unique key"])
def test_an_unknown_address_gets_a_friendly_page(browser: Api, check: Maker, keyring: Keyring, kind: str) -> None:
    made, project = check(), keyring.project
    known = {"badge": made.badge, "code": made.code, "unique key": made.unique_key, "project": project.badge}
    answer = browser.get(f"/status/{known.get(kind, kind)}")
    assert answer.status == 404
    assert parsed(answer).words[:3] == ["No", "such", "check"]


def test_head_is_answered_like_get_without_the_page(browser: Api, check: Maker) -> None:
    answer = browser.call("HEAD", path_of(check()))
    assert (answer.status, answer.text, answer.headers["cache-control"]) == (200, "", "no-store")


def test_the_page_takes_no_orders(browser: Api, check: Maker) -> None:
    answer = browser.post(path_of(check()), json={})
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert parsed(answer).words[:3] == ["Not", "like", "this"]


def test_a_store_out_of_reach_gets_a_page_too(browser: Api, check: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_code: str) -> None:
        raise StoreFault("down")

    backup = check()
    path = path_of(backup)
    monkeypatch.setattr(directory, "project", broken)
    answer = browser.get(path)
    assert (answer.status, parsed(answer).words[:2]) == (503, ["One", "moment"])
