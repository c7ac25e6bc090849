"""infra.change_set: a stack is created, updated, or left alone, and a failure says why."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.change_set import Failed, Stack

NAMES = ["Color", "Size"]


@pytest.fixture
def said() -> list[str]:
    return []


class Scripted:
    """CloudFormation as it answers when things go wrong: a status of the stack for each look, the last one for ever."""

    def __init__(self, *statuses: str, change_set: tuple[str, str] = ("CREATE_COMPLETE", "")) -> None:
        self.statuses, self.change_set = list(statuses), change_set
        self.done: list[str] = []
        self.events: list[dict[str, str]] = []
        self.parameters: dict[str, str] = {}
        self.asked: dict[str, Any] = {}

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if not status:
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": "shop does not exist"}}, "DescribeStacks"
            )
        outputs = [{"OutputKey": "Address", "OutputValue": "https://x"}]
        known = [{"ParameterKey": name, "ParameterValue": value} for name, value in self.parameters.items()]
        return {"Stacks": [{"StackStatus": status, "Outputs": outputs, "Parameters": known}]}

    def create_change_set(self, **request: Any) -> None:
        self.asked = request
        self.done.append(f"create_change_set {request['ChangeSetType']}")

    def describe_stack_events(self, **_: Any) -> dict[str, Any]:
        return {"StackEvents": self.events[::-1]}

    def describe_change_set(self, **_: Any) -> dict[str, Any]:
        return {"Status": self.change_set[0], "StatusReason": self.change_set[1]}

    def get_paginator(self, _: str) -> Scripted:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        changed = [("Modify", "Queue", "True"), ("Remove", "Topic", "False"), ("Add", "Table", "False")]
        about = [{"Action": a, "LogicalResourceId": n, "ResourceType": "T", "Replacement": r} for a, n, r in changed]
        return [{"Changes": [{"ResourceChange": change} for change in about]}]

    def __getattr__(self, operation: str) -> Any:
        return lambda **_: self.done.append(operation)

    def stack(self, said: list[str]) -> Stack:
        return Stack(self, "shop", said.append, lambda _: None)


CREATED = ("", "CREATE_IN_PROGRESS", "CREATE_COMPLETE")
UPDATED = ("CREATE_COMPLETE", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")


def test_a_stack_is_created_with_what_is_given(said: list[str]) -> None:
    script = Scripted(*CREATED)
    assert script.stack(said).apply("https://t", NAMES, {"Color": "red"})
    assert script.done == ["create_change_set CREATE", "execute_change_set"]
    assert script.asked["Parameters"] == [{"ParameterKey": "Color", "ParameterValue": "red"}]
    assert script.asked["TemplateURL"] == "https://t"
    assert script.asked["Capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


def test_an_update_keeps_the_values_that_are_not_given_again(said: list[str]) -> None:
    script = Scripted(*UPDATED)
    script.parameters = {"Color": "red", "Size": "large", "Gone": "x"}
    assert script.stack(said).apply("https://t", NAMES, {"Size": "small"})
    kept, given = (
        {"ParameterKey": "Color", "UsePreviousValue": True},
        {"ParameterKey": "Size", "ParameterValue": "small"},
    )
    assert script.asked["Parameters"] == [given, kept]


def test_a_parameter_that_the_stack_does_not_have_yet_gets_its_default(said: list[str]) -> None:
    script = Scripted(*UPDATED)
    script.parameters = {"Color": "red"}
    script.stack(said).apply("https://t", NAMES, {})
    assert [one["ParameterKey"] for one in script.asked["Parameters"]] == ["Color"]


def test_of_no_stack_there_is_nothing_to_tell(said: list[str]) -> None:
    stack = Scripted("").stack(said)
    assert (stack.status(), stack.parameters(), stack.outputs()) == ("", {}, {})


def test_the_outputs_are_told(said: list[str]) -> None:
    assert Scripted("CREATE_COMPLETE").stack(said).outputs() == {"Address": "https://x"}


def event(number: int, status: str, reason: str = "") -> dict[str, str]:
    about = {"EventId": str(number), "LogicalResourceId": f"Thing{number}", "ResourceType": "AWS::T"}
    return {**about, "ResourceStatus": status, "ResourceStatusReason": reason}


def test_a_failure_tells_which_resource_and_why(said: list[str]) -> None:
    script = Scripted("", "CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE")
    stack = script.stack(said)
    real = script.describe_stacks

    def look(**request: Any) -> dict[str, Any]:
        if "execute_change_set" in script.done:
            script.events = [event(1, "CREATE_COMPLETE"), event(2, "CREATE_FAILED", "no such role")]
            script.events.append(event(3, "CREATE_FAILED", "Resource creation cancelled"))
        return real(**request)

    script.describe_stacks = look  # type: ignore[method-assign]
    with pytest.raises(Failed) as failed:
        stack.apply("https://t", NAMES, {})
    assert str(failed.value) == "shop is ROLLBACK_COMPLETE\n  Thing2: no such role"
    assert "  CREATE_FAILED  Thing2 (AWS::T): no such role" in said


def test_events_of_earlier_days_are_not_told_again(said: list[str]) -> None:
    script = Scripted("UPDATE_COMPLETE")
    script.events = [event(1, "CREATE_FAILED", "long ago")]
    script.stack(said).apply("https://t", NAMES, {})
    assert not [line for line in said if "long ago" in line]


def test_what_goes_or_is_made_anew_is_told_by_name(said: list[str]) -> None:
    Scripted("UPDATE_COMPLETE").stack(said).apply("https://t", NAMES, {})
    assert said == ["shop: 3 resources to change", "  Queue (T) is made anew", "  Topic (T) is removed"]


def test_a_change_set_without_changes_is_not_executed(said: list[str]) -> None:
    reason = "The submitted information didn't contain changes."
    script = Scripted("UPDATE_COMPLETE", change_set=("FAILED", reason))
    assert not script.stack(said).apply("https://t", NAMES, {})
    assert script.done == ["create_change_set UPDATE", "delete_change_set"]


def test_a_template_that_is_refused_is_a_failure(said: list[str]) -> None:
    script = Scripted("UPDATE_COMPLETE", change_set=("FAILED", "Circular dependency"))
    with pytest.raises(Failed, match="Circular dependency"):
        script.stack(said).apply("https://t", NAMES, {})


def test_what_is_left_of_a_failed_creation_goes_first(said: list[str]) -> None:
    script = Scripted("ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS", "", "CREATE_IN_PROGRESS", "CREATE_COMPLETE")
    assert script.stack(said).apply("https://t", NAMES, {})
    assert script.done[:2] == ["delete_stack", "create_change_set CREATE"]


def test_a_stack_that_was_only_reviewed_is_created(said: list[str]) -> None:
    script = Scripted("REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE")
    assert script.stack(said).apply("https://t", NAMES, {})
    assert "create_change_set CREATE" in script.done


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"])
def test_a_stack_that_cannot_be_updated_now_is_left_alone(said: list[str], status: str) -> None:
    script = Scripted(status)
    with pytest.raises(Failed, match=status):
        script.stack(said).apply("https://t", NAMES, {})
    assert script.done == []


def test_an_update_that_was_rolled_back_is_a_failure(said: list[str]) -> None:
    script = Scripted("CREATE_COMPLETE", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE")
    with pytest.raises(Failed, match="shop is UPDATE_ROLLBACK_COMPLETE"):
        script.stack(said).apply("https://t", NAMES, {})


def test_the_cleanup_after_an_update_is_waited_for(said: list[str]) -> None:
    cleaning = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    script = Scripted("CREATE_COMPLETE", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS", cleaning, "UPDATE_COMPLETE")
    assert script.stack(said).apply("https://t", NAMES, {})


def test_whoever_deploys_learns_which_parameters_change_and_which_are_gone(said: list[str]) -> None:
    script = Scripted(*UPDATED)
    script.parameters = {"Color": "red", "Size": "", "Gone": "x"}
    script.stack(said).apply("https://t", NAMES, {"Color": "blue", "Size": "small"})
    assert said[:3] == [
        "  Color: red becomes blue",
        "  Size: nothing becomes small",
        "  Gone: x is no parameter any more",
    ]


@pytest.mark.parametrize("agrees", [False, True])
def test_nothing_that_keeps_anything_goes_unless_whoever_deploys_agrees(said: list[str], agrees: bool) -> None:
    script = Scripted(*UPDATED)
    changed = [("Remove", "Table", "False"), ("Modify", "Queue", "Conditional"), ("Remove", "Alarm", "False")]
    kinds = {"Table": "AWS::DynamoDB::Table", "Queue": "AWS::SQS::Queue", "Alarm": "AWS::CloudWatch::Alarm"}
    about = [
        {"Action": action, "LogicalResourceId": name, "ResourceType": kinds[name], "Replacement": anew}
        for action, name, anew in changed
    ]
    script.paginate = lambda **_: [{"Changes": [{"ResourceChange": one} for one in about]}]  # type: ignore[method-assign]
    questions: list[str] = []

    def agree(question: str) -> bool:
        questions.append(question)
        return agrees

    stack = script.stack(said)
    stack.agree = agree
    if agrees:
        assert stack.apply("https://t", NAMES, {})
    else:
        with pytest.raises(Failed, match="shop stays as it is"):
            stack.apply("https://t", NAMES, {})
    assert questions == ["Table, Queue: what is in it, or its address, is lost. Go on?"]
    assert ("execute_change_set" in script.done) == agrees
    assert ("delete_change_set" in script.done) == (not agrees)
