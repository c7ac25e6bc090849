"""A CloudFormation stack, created or updated by a change set, with every event that matters on a line of its own.

Calls and states as in the AWS CloudFormation API Reference.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
PAUSE = 3.0  # seconds between two looks
# A stack of which nothing was left when its creation failed: it can only be deleted.
NEVER_CREATED = "ROLLBACK_COMPLETE"
ONLY_REVIEWED = "REVIEW_IN_PROGRESS"
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
# What holds data, or has an address or a reader that would be another's: nobody loses it without having been asked.
KEEPS = frozenset(
    {
        "AWS::ApiGateway::RestApi",
        "AWS::DynamoDB::Table",
        "AWS::Logs::LogGroup",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
    }
)
Parameters = Mapping[str, str]


def nobody_asked(_question: str) -> bool:
    """Agrees to whatever a change set does."""
    return True


class Failed(Exception):
    """CloudFormation could not do it; the message says what and why."""


@dataclass
class Stack:
    """One stack of the account and region of `cloudformation`, a boto3 client. `say` is told every step, `agree` is
    asked before anything goes, or is made anew, that holds data or has an address."""

    cloudformation: Any
    name: str
    say: Callable[[str], None] = print
    sleep: Callable[[float], None] = time.sleep
    agree: Callable[[str], bool] = nobody_asked
    _seen: set[str] = field(default_factory=set)

    def apply(self, template_url: str, names: list[str], given: Parameters) -> bool:
        """Creates or updates the stack with the template at an S3 address and waits until that is done.

        `names` are the template's parameters, `given` the values to set; an existing stack keeps the others.
        Answers whether there was anything to change. Raises Failed.
        """
        status = self._ready()
        known = self.parameters() if status else {}
        self._tell_parameters(known, given, names)
        kept = [name for name in names if name in known and name not in given]
        parameters: list[dict[str, Any]] = [
            {"ParameterKey": name, "ParameterValue": value} for name, value in sorted(given.items())
        ]
        parameters += [{"ParameterKey": name, "UsePreviousValue": True} for name in kept]
        kind = "UPDATE" if status else "CREATE"
        change_set = {"StackName": self.name, "ChangeSetName": f"deploy-{secrets.token_hex(6)}"}
        if not self._prepared(change_set, ChangeSetType=kind, Parameters=parameters, TemplateURL=template_url):
            return False
        self._ask(change_set)
        self._remember_events()
        self.cloudformation.execute_change_set(**change_set)
        self._wait(f"{kind}_COMPLETE")
        return True

    def status(self) -> str:
        """The stack's status, "" when there is none."""
        return str(self._described().get("StackStatus", ""))

    def parameters(self) -> dict[str, str]:
        """The values that the stack has now."""
        found = self._described().get("Parameters", [])
        return {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in found}

    def outputs(self) -> dict[str, str]:
        return {output["OutputKey"]: output["OutputValue"] for output in self._described().get("Outputs", [])}

    def _described(self) -> dict[str, Any]:
        try:
            described: dict[str, Any] = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return {}
            raise
        return described

    def _ready(self) -> str:
        """The status of a stack that can be updated, "" where one is to be created. Raises Failed."""
        status = self.status()
        if status == NEVER_CREATED:
            self.say(f"{self.name} failed when it was to be created; what is left of it goes first")
            self.cloudformation.delete_stack(StackName=self.name)
            self._wait("")
            return ""
        if status.endswith("_IN_PROGRESS") and status != ONLY_REVIEWED:
            raise Failed(f"{self.name} is {status}: somebody else is at it, try again later")
        if status.endswith("_FAILED"):
            raise Failed(f"{self.name} is {status}: look at its events in the AWS console and mend it there first")
        return "" if status == ONLY_REVIEWED else status

    def _prepared(self, change_set: dict[str, str], **request: Any) -> bool:
        """Makes the change set; False when it would change nothing. Raises Failed."""
        self.cloudformation.create_change_set(**change_set, Capabilities=CAPABILITIES, **request)
        while (found := self.cloudformation.describe_change_set(**change_set))["Status"] != "CREATE_COMPLETE":
            if found["Status"] == "FAILED":
                self.cloudformation.delete_change_set(**change_set)
                reason = found.get("StatusReason", "")
                if any(words in reason for words in NO_CHANGES):
                    return False
                raise Failed(f"the change set was refused: {reason}")
            self.sleep(PAUSE)
        return True

    def _ask(self, change_set: dict[str, str]) -> None:
        """Tells what will change, and asks where something goes that keeps anything. Raises Failed."""
        pages = self.cloudformation.get_paginator("describe_change_set").paginate(**change_set)
        lost = self._tell([change["ResourceChange"] for page in pages for change in page["Changes"]])
        if lost and not self.agree(f"{', '.join(lost)}: what is in it, or its address, is lost. Go on?"):
            self.cloudformation.delete_change_set(**change_set)
            raise Failed(f"{self.name} stays as it is")

    def _tell_parameters(self, known: Parameters, given: Parameters, names: list[str]) -> None:
        """Which values an existing stack gets in place of those that it has."""
        for name, value in given.items():
            if name in known and known[name] != value:
                self.say(f"  {name}: {known[name] or 'nothing'} becomes {value or 'nothing'}")
        for name in sorted(known.keys() - set(names)):
            self.say(f"  {name}: {known[name] or 'nothing'} is no parameter any more")

    def _tell(self, changes: list[dict[str, Any]]) -> list[str]:
        """How much will change, and by name what goes or is made anew. Answers those of them that keep anything."""
        self.say(f"{self.name}: {len(changes)} resources to change")
        lost = []
        for change in changes:
            fate = _fate(change)
            if fate:
                self.say(f"  {change['LogicalResourceId']} ({change['ResourceType']}) {fate}")
                if change["ResourceType"] in KEEPS:
                    lost.append(change["LogicalResourceId"])
        return lost

    def _wait(self, wanted: str) -> None:
        """Until the stack has the wanted status, "" for gone. Raises Failed with the reasons for any other end."""
        failures: list[str] = []
        status = "_IN_PROGRESS"
        while status.endswith("_IN_PROGRESS"):
            self.sleep(PAUSE)
            status = self.status()
            failures += self._tell_events()
        if status != wanted:
            raise Failed("\n  ".join([f"{self.name} is {status or 'gone'}", *failures]))

    def _remember_events(self) -> None:
        self._seen = {event["EventId"] for event in self._events()}

    def _events(self) -> list[dict[str, Any]]:
        """The newest page of events, oldest first."""
        try:
            found: list[dict[str, Any]] = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        except ClientError:
            return []  # the stack has gone, or is not there yet
        return found[::-1]

    def _tell_events(self) -> list[str]:
        """Says what has come to an end since the last look; answers the failures with their reasons."""
        failures = []
        for event in self._events():
            if event["EventId"] in self._seen or event["ResourceStatus"].endswith("_IN_PROGRESS"):
                continue
            self._seen.add(event["EventId"])
            line = f"  {event['ResourceStatus']}  {event['LogicalResourceId']} ({event['ResourceType']})"
            reason = event.get("ResourceStatusReason", "")
            self.say(line + (f": {reason}" if reason else ""))
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason:
                failures.append(f"{event['LogicalResourceId']}: {reason}")
        return failures


def _fate(change: dict[str, Any]) -> str:
    """What becomes of a resource that does not stay; "" of one that does."""
    if change["Action"] == "Remove":
        return "is removed"
    return {"True": "is made anew", "Conditional": "may be made anew"}.get(change.get("Replacement", ""), "")
