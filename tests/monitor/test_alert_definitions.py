"""Alert definitions and the checks as which they are evaluated."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid, LimitReached, Missing
from chalicelib.core.specs import ConditionSpec, condition_of
from chalicelib.monitor.managing import alerts, commands
from chalicelib.store import checks
from chalicelib.store.documents import Document
from chalicelib.store.faults import StoreFault
from tests.conftest import Story
from tests.definitions import alert, child, command
from tests.flows.conftest import Killed, deaths, interrupted, strikes, trouble

TEMPLATE = alert(template=True, parameters={"limit": {"value": 5}}, condition="> limit", entities=[{"zone": "a"}])


@pytest.fixture(autouse=True)
def _command(story: Story) -> None:
    commands.put(story.services, story.keyring.project, command(), "ann")


def create(story: Story, data: dict[str, Any]) -> Document:
    return alerts.create(story.services, story.keyring.project, data, "ann")


def change(story: Story, number: int, data: dict[str, Any]) -> Document:
    return alerts.change(story.services, story.keyring.project, number, data, "bob")


def check_of(story: Story, number: int) -> Check:
    return checks.get(story.project, alerts.tree_of(story.project).nodes[number].code)


def spec_of(story: Story, number: int) -> ConditionSpec:
    return condition_of(check_of(story, number))


def asked(story: Story) -> set[str]:
    """The commands that were asked to be run by now."""
    return {code for message in story.queues.take("commands") for _, code in message["checks"]}


def test_a_definition_is_evaluated_as_a_check_and_its_command_run(story: Story) -> None:
    made = create(story, alert(parameters={"limit": {"value": 5, "type": "int", "comment": "x"}}, period="hr {9-17}"))
    assert (made.number, made.author, made.data["name"]) == (1, "ann", "Load too high")
    check = check_of(story, 1)
    assert (check.name, check.desc, check.status) == (made.data["name"], made.data["description"], "new")
    assert condition_of(check) == ConditionSpec(
        number=1,
        command=1,
        condition="> 5",
        parameters={"limit": {"value": 5, "type": "int"}},
        period="hr {9-17}",
        priority=2,
        team="Platform",
        responsible_team="Platform",
    )
    assert asked(story) == {"m#1"}


@pytest.mark.parametrize("status", ["INACTIVE", "REJECTED"])
def test_one_that_is_not_active_is_paused_until_it_is(story: Story, status: str) -> None:
    create(story, alert(status=status))
    assert check_of(story, 1).status == "paused"
    change(story, 1, alert())
    assert check_of(story, 1).status == "new"
    change(story, 1, alert(status=status))
    assert check_of(story, 1).status == "paused"


def test_a_template_is_not_evaluated_until_it_is_none(story: Story) -> None:
    assert create(story, alert(template=True, name=None)).code == ""
    assert checks.of_project(story.project) == []
    change(story, 1, alert())
    assert check_of(story, 1).status == "new"
    change(story, 1, alert(template=True, condition=None))
    assert check_of(story, 1).status == "paused"
    change(story, 1, alert(condition="> 7"))
    assert (check_of(story, 1).status, spec_of(story, 1).condition) == ("new", "> 7")


def test_a_child_is_evaluated_with_what_it_inherits(story: Story) -> None:
    create(story, TEMPLATE)
    made = create(story, child(1, name="Mine", parameters={"limit": {"value": 9}}))
    assert made.data["condition"] is None
    _, merged = alerts.find(story.keyring.project, 2)
    assert (merged["name"], merged["condition"], merged["team"]) == ("Mine", "> limit", "A")
    assert spec_of(story, 2).parameters == {"limit": {"value": 9}}
    assert spec_of(story, 2).filters == ({"zone": "a"},)


def test_a_change_reaches_all_who_inherit_and_not_those_who_say_otherwise(story: Story) -> None:
    create(story, TEMPLATE)
    create(story, child(1))
    create(story, child(2, condition="> 100"))
    create(story, child(2, parameters={"low": {"value": 1}}))
    asked(story)
    change(story, 1, {**TEMPLATE, "condition": "< limit", "parameters": {"limit": {"value": 6}}})
    assert [spec_of(story, number).condition for number in (2, 3, 4)] == ["< limit", "> 100", "< limit"]
    assert spec_of(story, 4).parameters == {"limit": {"value": 6}, "low": {"value": 1}}
    assert asked(story) == {"m#1"}


def test_a_change_of_more_than_a_request_has_time_for_is_left_to_the_chore(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "AT_ONCE", 1)
    create(story, TEMPLATE)
    for _ in range(2):
        create(story, child(1))
    change(story, 1, {**TEMPLATE, "condition": "< limit"})
    assert spec_of(story, 2).condition == "> limit"
    story.queues.work()
    assert [spec_of(story, number).condition for number in (2, 3)] == ["< limit", "< limit"]


def test_an_alert_may_be_moved_to_another_command(story: Story) -> None:
    commands.put(story.services, story.keyring.project, command(name="Other"), "ann")
    create(story, alert())
    asked(story)
    change(story, 1, alert(check_definition_id=2))
    assert (spec_of(story, 1).command, asked(story)) == (2, {"m#2"})


def test_the_same_again_changes_nothing(story: Story) -> None:
    made = create(story, alert())
    story.clock.move(minutes=1)
    assert change(story, 1, alert()) == made


def test_a_parent_is_for_life(story: Story) -> None:
    create(story, TEMPLATE)
    create(story, TEMPLATE)
    create(story, child(1))
    with pytest.raises(Invalid, match="parent_id cannot be changed, it is 1"):
        change(story, 3, child(2))
    assert change(story, 3, {**child(1, name="x"), "parent_id": None}).data["parent_id"] == 1


@pytest.mark.parametrize("field", ["name", "description", "entities", "entities_exclude", "condition", "priority"])
def test_what_is_evaluated_must_not_lack(story: Story, field: str) -> None:
    with pytest.raises(Invalid, match=f"{field} is mandatory"):
        create(story, alert(**{field: None}))
    create(story, alert(**{field: None}, template=True))
    with pytest.raises(Invalid, match=f"{field} is mandatory"):
        create(story, child(1))
    assert [one.name for one in alerts.tree_of(story.project).nodes.values()] == ["1"]


def test_a_template_needs_its_command(story: Story) -> None:
    with pytest.raises(Invalid, match="check_definition_id is mandatory"):
        create(story, alert(template=True, check_definition_id=None))


def test_an_update_that_breaks_others_is_refused_and_names_them(story: Story) -> None:
    create(story, TEMPLATE)
    create(story, child(1))
    create(story, child(1, condition="> 1"))
    with pytest.raises(Invalid, match=r"breaks the following alert definitions: \{2: condition is mandatory\}"):
        change(story, 1, {**TEMPLATE, "condition": None})
    with pytest.raises(Invalid, match=r"definitions: \{2: condition speaks of limit, which nothing is called here"):
        change(story, 1, {**TEMPLATE, "parameters": None})
    assert alerts.find(story.keyring.project, 1)[0].data == TEMPLATE


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"condition": "> "}, "condition cannot be read: SyntaxError: invalid syntax (line 1, column 3)"),
        ({"condition": "value >\n limits"}, "condition speaks of limits, which nothing is called here (line 2, col"),
        ({"condition": "ping()"}, "condition speaks of ping, which nothing is called here (line 1, column 1)"),
        ({"period": "wd {Mon-Fri} hr {9-25}"}, "period cannot be understood at position 20"),
        ({"entities": [{"id": None}]}, "entities must not be null or empty for id: null filters not supported"),
        ({"entities_exclude": {}}, "entities_exclude must be a list of objects"),
        ({"parameters": {"a b": {"value": 1}}}, "parameters holds 'a b': Malformed alert parameter key"),
        ({"parameters": {"a": {"value": None}}}, "parameters holds a without a value"),
        ({"parameters": {"a": {"value": "x", "type": "int"}}}, "parameters are wrong: the parameter a is no int"),
        ({"parameters": {"a": {"value": "x", "type": "list"}}}, "parameters holds a, whose type is none of int, float"),
        ({"parameters": {"value": {"value": 1}}}, "parameters holds value, which is the name of something else"),
        ({"parameters": {"time": {"value": 1}}}, "parameters holds time, which is the name of something else"),
        ({"check_definition_id": 7}, "check_definition_id is 7, which no active check definition has"),
        ({"parent_id": 7}, "parent_id is 7, which no alert definition has"),
        ({"description": "x" * 60_000}, "alert definition must not take more than 60000 bytes of JSON"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(story: Story, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(Invalid) as refused:
        create(story, alert(**fields))
    assert str(refused.value).startswith(message)
    assert (alerts.tree_of(story.project).nodes, checks.of_project(story.project)) == ({}, [])


def test_an_alert_is_made_on_an_active_command_alone_and_may_be_changed_when_it_is_not(story: Story) -> None:
    create(story, alert())
    commands.put(story.services, story.keyring.project, command(status="INACTIVE"), "ann", 1)
    with pytest.raises(Invalid, match="check_definition_id is 1, which no active check definition has"):
        create(story, alert())
    change(story, 1, alert(status="INACTIVE"))
    assert check_of(story, 1).status == "paused"


def test_a_definition_counts_as_a_check(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.monitor.managing.checks.limit_of", lambda *_: 1)
    create(story, alert())
    with pytest.raises(LimitReached):
        create(story, alert())
    assert create(story, alert(template=True)).code == ""


def test_a_definition_is_deleted_with_its_check_when_none_inherits_from_it(story: Story) -> None:
    create(story, TEMPLATE)
    create(story, child(1))
    with pytest.raises(Invalid, match=r"with descendants: \{2\}"):
        alerts.delete(story.services, story.keyring.project, 1)
    alerts.delete(story.services, story.keyring.project, 2)
    assert checks.of_project(story.project) == []
    assert alerts.delete(story.services, story.keyring.project, 1).number == 1
    with pytest.raises(Missing):
        alerts.delete(story.services, story.keyring.project, 1)


# What happens at the same time, and what is left when something dies


@pytest.mark.parametrize("call", deaths(11))
def test_no_child_is_left_of_a_parent_that_is_deleted_meanwhile(story: Story, call: int) -> None:
    create(story, TEMPLATE)

    def born() -> None:
        create(story, child(1))

    with interrupted(call, born), suppress(Invalid):
        alerts.delete(story.services, story.keyring.project, 1)
    assert set(alerts.tree_of(story.project).nodes) in ({1, 2}, set())


@pytest.mark.parametrize("call", deaths(17))
def test_of_two_changes_at_once_the_checks_are_as_the_last_one_says(story: Story, call: int) -> None:
    create(story, TEMPLATE)
    create(story, child(1))
    with interrupted(call, lambda: change(story, 1, {**TEMPLATE, "condition": "< limit", "period": "never"})):
        change(story, 1, {**TEMPLATE, "condition": "== limit"})
    kept = alerts.tree_of(story.project).nodes[1].data
    spec = spec_of(story, 2)
    assert (spec.condition, spec.period) == (kept["condition"], kept["period"])


# So many calls change a template from which two inherit, with one that is paused by it.
CHANGE = 24


@pytest.mark.parametrize(("call", "after"), strikes(CHANGE))
def test_a_death_at_any_call_leaves_no_alert_to_be_judged_by_an_old_definition(
    story: Story, call: int, after: bool
) -> None:
    family(story)
    with trouble(call, Killed, after=after), suppress(Killed, StoreFault):
        turned(story)
    story.sweep_for(3)
    tree = alerts.tree_of(story.project)
    for number in (1, 2, 3):
        check = check_of(story, number)
        assert spec_of(story, number).condition == tree.merged(number)["condition"]
        assert (check.status == "paused") == (tree.merged(number)["status"] != "ACTIVE")


def test_a_change_is_no_longer_than_its_strikes(story: Story) -> None:
    family(story)
    with trouble(0, Killed, after=False) as calls:
        turned(story)
    assert len(calls) == CHANGE


def family(story: Story) -> None:
    create(story, alert())
    create(story, child(1))
    create(story, child(2))


def turned(story: Story) -> None:
    change(story, 1, alert(condition="> 100", status="INACTIVE"))
