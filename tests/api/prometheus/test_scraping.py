"""What a scraper is told, by the names that there are, and who may ask."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from chalicelib.api.prometheus import exposition
from chalicelib.monitor.managing import channels, probes, rules
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.store import outbox, tallies
from chalicelib.store.connection import shared
from chalicelib.store.faults import StoreFault
from tests import specs
from tests.api.client import Api
from tests.api.prometheus.conftest import Scraper, samples
from tests.channels.servers import Reply, serving
from tests.conftest import Story
from tests.park import Park

UNKNOWN = "f" * 32


def basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def test_every_check_of_every_dialect_is_there_with_its_status(scraper: Scraper, story: Story) -> None:
    project, services = story.keyring.project, story.services
    heartbeat = manage.create(services, project, {"name": "Backup", "tags": "prod db"})
    device = probes.create(services, project, {"name": "Web", "period": 60, "spec": specs.HTTP, "tags": "prod"})
    rule = rules.create(services, project, {"name": "Load", "spec": specs.above("load"), "channels": ()})
    park = Park(story)
    park.command()
    alert = park.alert(name="Load on hosts")
    story.judge(rule, firing=True)
    story.see(device, ok=True)
    found = scraper.scrape()
    states = {labels["unique_key"]: (labels["kind"], labels["status"]) for labels, _ in found["tocsin_check_status"]}
    assert states == {
        heartbeat.unique_key: ("heartbeat", "new"),
        device.unique_key: ("probe", "up"),
        rule.unique_key: ("rule", "down"),
        alert.unique_key: ("evaluation", "new"),
    }
    assert {labels["name"]: value for labels, value in found["hc_check_up"]} == {
        "Backup": 1,
        "Web": 1,
        "Load": 0,
        "Load on hosts": 1,
    }
    assert found["hc_tag_up"] == [({"tag": "db"}, 1), ({"tag": "prod"}, 1)]
    assert (found["hc_checks_total"], found["hc_checks_down_total"]) == ([({}, 4)], [({}, 1)])
    assert ({"kind": "rule", "status": "down"}, 1) in found["tocsin_checks"]


def test_a_check_is_started_late_paused_and_down_as_time_goes_by(scraper: Scraper, story: Story, api: Api) -> None:
    made = api.check(name="Backup", tags="prod", timeout=60, grace=60)

    def states() -> dict[str, float]:
        words = ("up", "started", "grace", "paused")
        return {word: scraper.one(f"hc_check_{word}", name="Backup") for word in words}

    up = {"up": 1, "started": 0, "grace": 0, "paused": 0}
    assert states() == up
    api.ping(made, "/start")
    assert states() == up | {"started": 1}
    story.clock.move(seconds=30)
    api.ping(made)
    assert states() == up
    story.clock.move(seconds=61)
    assert states() == up | {"grace": 1}
    story.clock.move(seconds=60)
    assert states() == up | {"up": 0}
    assert scraper.one("hc_tag_up", tag="prod") == 0
    api.post(f"/api/v1/checks/{made['uuid']}/pause")
    assert states() == up | {"paused": 1}


def test_durations_and_moments_of_a_run_are_told_in_seconds(scraper: Scraper, story: Story, api: Api) -> None:
    made = api.check(name="Backup")
    api.ping(made, "/start")
    story.clock.move(seconds=42.5)
    api.ping(made)
    now = story.clock.now.timestamp()
    assert scraper.one("tocsin_check_last_duration_seconds") == 42.5
    assert scraper.one("tocsin_check_last_ping_timestamp_seconds") == now
    assert scraper.one("tocsin_check_status_since_timestamp_seconds") == now
    assert scraper.one("tocsin_check_pings_total") == 2


def test_what_was_told_is_counted_by_channel(scraper: Scraper, story: Story, api: Api) -> None:
    with serving() as server:
        settings = {"url_down": server.url(), "url_up": server.url()}
        hook = channels.create(story.services, story.keyring.project, "webhook", "Hook", settings)
        check = api.check(name="Backup", channels="*")
        api.ping(check)
        labels = {"channel": hook.code, "kind": "webhook", "name": "Hook"}

        def told() -> dict[str, float]:
            outcomes = ("delivered", "failed")
            found = {word: scraper.one("tocsin_deliveries_total", **labels, outcome=word) for word in outcomes}
            more = {word: scraper.one(f"tocsin_deliveries_{word}", **labels) for word in ("given_up_total", "waiting")}
            return found | more

        server.answer(Reply(500), Reply(200))
        api.ping(check, "/fail")
        story.queues.work()
        assert told() == {"delivered": 0, "failed": 1, "given_up_total": 0, "waiting": 1}
        story.sweep_for(2)
        assert told() == {"delivered": 1, "failed": 1, "given_up_total": 0, "waiting": 0}
        server.answer(Reply(410))
        api.ping(check)
        story.queues.work()
        assert told() == {"delivered": 1, "failed": 2, "given_up_total": 1, "waiting": 1}
    # What was told to nobody for so long begins anew; what is owed does not.
    story.clock.move(days=91)
    assert told() == {"delivered": 0, "failed": 0, "given_up_total": 0, "waiting": 1}


def test_a_channel_of_one_check_alone_is_not_told_of(scraper: Scraper, story: Story) -> None:
    project = story.keyring.project
    channels.create(story.services, project, "email", "Own", {"address": "ops@example.org"}, hidden=True)
    assert scraper.scrape()["tocsin_deliveries_total"] == []


HOSTILE = 'back\\slash "quote" line\nfeed } {x="1"} 1 # HELP \u2028 \u2603 \\n'


def test_hostile_names_are_read_as_they_are(scraper: Scraper, story: Story) -> None:
    services, project = story.services, story.keyring.project
    check = manage.create(services, project, {"name": HOSTILE, "tags": 'a"b c\\d'})
    channels.create(services, project, "email", HOSTILE, {"address": "ops@example.org"})
    found = scraper.scrape()
    assert found["hc_check_up"] == [({"name": HOSTILE, "tags": 'a"b c\\d', "unique_key": check.unique_key}, 1)]
    assert [labels["tag"] for labels, _ in found["hc_tag_up"]] == ['a"b', "c\\d"]
    assert {labels["name"] for labels, _ in found["tocsin_deliveries_waiting"]} == {HOSTILE}


def test_half_a_character_does_not_spoil_the_answer(scraper: Scraper, story: Story) -> None:
    assert exposition.labels(name="\ud800") == 'name="?"'


def test_the_type_is_the_one_that_scrapers_ask_for_and_nothing_else_is_shown(scraper: Scraper, api: Api) -> None:
    made = api.check(name="Backup")
    answer = scraper.get()
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.endswith("\n")
    # Whoever knows its code can ping.
    assert made["uuid"] not in answer.text


def test_a_project_without_checks_is_told_with_every_name(scraper: Scraper) -> None:
    found = scraper.scrape()
    assert found["hc_checks_total"] == [({}, 0)]
    assert len(found) == 17


def test_less_is_told_to_whoever_asks_for_less(scraper: Scraper, api: Api) -> None:
    for name, tags in (("One", "prod db"), ("Two", "prod"), ("Three", "")):
        api.check(name=name, tags=tags)
    for query, names in (("tag=prod", ["One", "Two"]), ("tag=prod&tag=db", ["One"]), ("tag=no", [])):
        found = scraper.scrape(f"?{query}")
        assert [labels["name"] for labels, _ in found["hc_check_up"]] == names, query
    assert list(scraper.scrape("?name[]=hc_checks_total&name[]=hc_check_up")) == ["hc_check_up", "hc_checks_total"]
    assert list(scraper.scrape("?name%5B%5D=tocsin_deliveries_waiting")) == ["tocsin_deliveries_waiting"]
    answer = scraper.get("?name[]=hc_check_down")
    assert answer.status == 400
    assert "name[] is none of hc_check_up, " in answer.text


def test_the_checks_are_read_as_one_list_and_each_channel_once(scraper: Scraper, story: Story, api: Api) -> None:
    for number in range(3):
        api.check(name=str(number))
        channels.create(story.services, story.keyring.project, "email", str(number), {"address": "ops@example.org"})
    scraper.get()
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    events = shared().client.meta.events
    events.register("after-call.dynamodb", note)
    try:
        scraper.get()
        # The list of checks, that of channels, and three channels; before that the key and its project.
        assert calls.count("Query") == 5
        assert len(calls) - 5 <= 2
        calls.clear()
        scraper.get("?name[]=hc_check_up")
        assert calls.count("Query") == 1
    finally:
        events.unregister("after-call.dynamodb", note)


def test_a_fault_while_counting_costs_no_news(
    story: Story, api: Api, channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise StoreFault("out of reach")

    channel()
    check = api.check(name="Backup", channels="*")
    monkeypatch.setattr(tallies, "count", fail)
    api.ping(check, "/fail")
    story.queues.work()
    assert story.sent.subjects == ["DOWN | Backup"]
    assert list(outbox.all_waiting()) == []


def test_every_form_of_a_key_that_may_read_opens(scraper: Scraper, api: Api, keyring: Keyring) -> None:
    read, write = keyring.keys["read"], keyring.keys["write"]
    forms: list[dict[str, str]] = [
        *({"Authorization": f"Bearer {key}"} for key in (read, write)),
        *(basic(text) for text in (f"prometheus:{read}", f"{read}:", write)),
        {"X-Api-Key": read},
    ]
    for headers in forms:
        assert api.get("/metrics", key="", headers=headers).status == 200, headers
    assert api.get(f"/metrics?api_key={read}", key="").status == 200


def test_who_may_not_read_is_told_so_in_one_line(scraper: Scraper, api: Api, keyring: Keyring) -> None:
    for key, status in ((keyring.keys["ping"], 403), (UNKNOWN, 401), ("", 401)):
        answer = api.get("/metrics", key=key)
        assert (answer.status, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8"), key
        assert len(answer.text.splitlines()) == 1
        assert ("www-authenticate" in answer.headers) == (status == 401)
    assert api.post("/metrics").status == 405


PLACE = "/projects/8ca9fdf6-2dd5-4c8f-b3d7-6a3d8c4ad7f2/metrics"


def test_the_address_that_healthchecks_has_takes_a_read_only_key_alone(api: Api, keyring: Keyring) -> None:
    read, write, ping = (keyring.keys[kind] for kind in ("read", "write", "ping"))
    api.check(name="Backup")
    for end in ("", "/"):
        assert samples(api.get(f"{PLACE}/{read}{end}", key="").text)["hc_checks_total"] == [({}, 1)]
    for key, status in ((write, 403), (UNKNOWN, 403), (ping, 400), ("x", 400)):
        assert api.get(f"{PLACE}/{key}", key="").status == status, key
        assert api.get(f"{PLACE}/", key="", headers={"Authorization": f"Bearer {key}"}).status == status, key
    answer = api.get(f"{PLACE}/", key="", headers={"Authorization": f"Bearer {read}"})
    assert samples(answer.text)["hc_checks_total"] == [({}, 1)]
    assert api.get(f"{PLACE}/", key="").status == 401


def test_the_tally_of_a_channel_goes_with_it(scraper: Scraper, story: Story, api: Api, channel: Any) -> None:
    made = channel()
    check = api.check(name="Backup", channels="*")
    api.ping(check, "/fail")
    story.queues.work()
    assert tallies.of_channel(made["id"], story.clock.now).delivered == 1
    channels.delete(story.services, channels.find(story.project, made["id"]))
    story.clock.move(minutes=2)
    story.queues.work()
    assert tallies.of_channel(made["id"], story.clock.now).delivered == 0
    assert scraper.scrape()["tocsin_deliveries_total"] == []
