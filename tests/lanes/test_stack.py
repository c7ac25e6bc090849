from pathlib import Path
from typing import Any

import pytest

from infra.lanes.emulator import Emulator
from infra.lanes.stack import Stack, failures

NOWHERE = Emulator("http://127.0.0.1:1", Path("log"))


def test_what_failed_is_told_with_its_reason_in_the_order_of_time() -> None:
    class CloudFormation:
        def describe_stack_events(self, StackName: str) -> dict[str, Any]:  # noqa: N803
            names = {"LogicalResourceId": StackName, "ResourceType": "T"}
            later = {**names, "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "cancelled"}
            first = {**names, "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "no such queue"}
            return {"StackEvents": [later, first, {**names, "ResourceStatus": "CREATE_COMPLETE"}]}

    assert failures(CloudFormation(), "x") == "  x (T): no such queue\n  x (T): cancelled"


def test_the_stage_of_the_api_is_the_templates_not_sams_own(monkeypatch: pytest.MonkeyPatch) -> None:
    api = {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "api"}}
    monkeypatch.setattr(Stack, "resources", lambda self, kind: {"RestAPI": "a1"})
    stack = Stack(NOWHERE, "tocsin-dev", {"Resources": {"RestAPI": api}})
    assert stack.api_url() == "http://127.0.0.1:1/restapis/a1/api/_user_request_"
