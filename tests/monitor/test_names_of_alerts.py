"""What people are told an alert is called, and how it is described: filled with what was captured."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.check import Check
from chalicelib.core.silence import Silence
from chalicelib.core.status import Redefined, Silenced
from chalicelib.monitor import transitions
from chalicelib.monitor.looking import naming
from chalicelib.monitor.managing import channels
from chalicelib.store import checks
from tests.conftest import Story
from tests.park import Park

CAPTURING = "capture(load=value) > 5"


@pytest.fixture
def park(story: Story) -> Park:
    project, address = story.keyring.project, {"address": "ops@example.org"}
    each = channels.create(story.services, project, "email", "Each", address, 0)
    whole = channels.create(story.services, project, "email", "Whole", address, 0, whole=True)
    made = Park(story, (each.code, whole.code))
    made.command()
    return made


def subjects(park: Park) -> list[str]:
    return [subject.rpartition("] ")[2] for subject in park.story.sent.subjects]


def of_whole(park: Park) -> list[str]:
    """The subjects of what was told of the alert as a whole."""
    return [subject for subject in subjects(park) if " on web" not in subject]


def test_the_alert_as_a_whole_is_called_by_what_was_captured_of_its_entities(park: Park) -> None:
    park.alert(CAPTURING, name="Load {load:.1f} in {entities} {nothing}")
    park.entity("web1", 7.25)
    park.entity("web2", 9)
    park.entity("web3", 1)
    park.run()
    assert "DOWN | Load 7.3, 9.0 in web1, web2 {nothing}" in subjects(park)


def test_an_alert_that_ends_is_called_as_it_was_when_it_began(park: Park) -> None:
    park.alert(CAPTURING, name="Load {load:.1f}")
    park.entity("web1", 7.25)
    park.run()
    park.entity("web1", 1)
    park.run()
    assert of_whole(park) == ["DOWN | Load 7.3", "UP | Load 7.3"]


def test_an_alert_that_begins_anew_has_another_name(park: Park) -> None:
    park.alert(CAPTURING, name="Load {load:.1f}")
    for load in (7.25, 1, 8):
        park.entity("web1", load)
        park.run()
    assert of_whole(park)[-1] == "DOWN | Load 8.0"


def test_a_name_without_fields_costs_no_reading(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    park.alert(CAPTURING, name="Load")
    park.entity("web1", 7.25)

    def refused(*_: object) -> None:
        raise AssertionError("the flip was read")

    monkeypatch.setattr(naming, "last_flip", refused)
    park.run()
    park.entity("web1", 1)
    park.run()
    assert of_whole(park) == ["DOWN | Load", "UP | Load"]


def test_descriptions_are_filled_for_the_entity_and_for_the_whole(park: Park) -> None:
    park.alert(CAPTURING, description="At {load:.1f} in {entities}, call {who}")
    park.entity("web1", 7.25)
    park.entity("web2", 9)
    park.run()
    told = {mail.subject.rpartition("] ")[2]: mail.text for mail in park.story.sent.mails}
    assert "At 7.3, 9.0 in web1, web2, call {who}" in told["DOWN | Load"]
    assert "At 7.3 in web1, call {who}" in told["DOWN | Load on web1"]
    assert "At 9.0 in web2, call {who}" in told["DOWN | Load on web2"]


def test_a_description_that_has_no_fields_any_more_is_told_as_it_is(park: Park) -> None:
    alert = park.alert(CAPTURING, description="At {load}")
    park.entity("web1", 7)
    park.run()
    park.entity("web1", 1)
    park.run()
    redescribe(park, alert, "Plain")
    park.entity("web1", 8)
    park.run()
    assert "Plain" in park.story.sent.mails[-1].text
    assert checks.instances_of(alert)[0].desc == ""


def test_entities_in_a_downtime_are_not_in_the_name_of_the_whole(park: Park) -> None:
    alert = park.alert(CAPTURING, name="Load {load} in {entities}")
    silence(park, alert, "web2")
    park.entity("web1", 7)
    park.entity("web2", 9)
    park.run()
    assert "DOWN | Load 7.0 in web1" in subjects(park)


def test_what_is_long_is_cut(park: Park) -> None:
    park.command("entity['text']")
    alert = park.alert("capture(x=value) and True", name="{x}" * 50, description="{x}" * 50)
    park.entity("web1", text="x" * 900)
    park.run()
    (one,) = checks.instances_of(alert)
    assert len(one.name) <= naming.NAME_MAX + len("... on web1")
    assert len(one.desc) <= naming.DESC_MAX + len("...")


def redescribe(park: Park, alert: Check, desc: str) -> None:
    transitions.apply(park.story.services, alert.project, alert.code, Redefined(park.story.clock.now, {"desc": desc}))


def silence(park: Park, alert: Check, entity: str) -> None:
    now = park.story.clock.now
    laid = Silence("s1", now, now + timedelta(hours=1), "downtime", entities=(entity,))
    transitions.apply(park.story.services, alert.project, alert.code, Silenced(now, laid))
