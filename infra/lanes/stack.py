"""A packaged template on the emulator: upload, create the stack, wait, and find what it made.

The same calls that a deployment to AWS makes (CloudFormation API Reference, CreateStack), with the emulator's
shortfalls made up for.
"""

import dataclasses
import hashlib
import json
import time
from pathlib import Path
from typing import Any

from infra.lanes.emulator import Emulator
from infra.lanes.process import LaneFailed
from infra.lanes.shortfalls import adapt_methods, adapt_policies, import_gateway_responses

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
API, FUNCTION = "AWS::Serverless::Api", "AWS::Serverless::Function"
STARTED = "CREATE_IN_PROGRESS"
DONE = "CREATE_COMPLETE"


@dataclasses.dataclass(frozen=True)
class Stack:
    """A stack that was created on an emulator."""

    emulator: Emulator
    name: str
    template: dict[str, Any]

    def resources(self, kind: str) -> dict[str, str]:
        """Logical id -> physical id of the resources of one type."""
        pages = (
            self.emulator.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        )
        found = [resource for page in pages for resource in page["StackResourceSummaries"]]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found if one["ResourceType"] == kind}

    def api_url(self) -> str:
        """The root of the stack's REST API, without a slash at the end. SAM adds a stage that nobody asked for."""
        stage = self.api_properties()["StageName"]
        return f"{self.emulator.endpoint}/restapis/{self.api_id()}/{stage}/_user_request_"

    def api_id(self) -> str:
        """The id of the stack's REST API."""
        (api,) = self.resources("AWS::ApiGateway::RestApi").values()
        return api

    def api_properties(self) -> dict[str, Any]:
        """What the template says of the REST API."""
        (properties,) = (one["Properties"] for one in self.template["Resources"].values() if one["Type"] == API)
        return dict(properties)

    def functions(self) -> dict[str, dict[str, Any]]:
        """Name -> configuration of the deployed functions."""
        names = sorted(self.resources("AWS::Lambda::Function").values())
        lambdas = self.emulator.client("lambda")
        return {name: lambdas.get_function_configuration(FunctionName=name) for name in names}

    def logs(self) -> str:
        """What the functions wrote to CloudWatch Logs, function by function, oldest line first."""
        return "\n".join(f"--- {name}\n{self._log_of(name)}" for name in self.functions())

    def _log_of(self, function: str) -> str:
        logs = self.emulator.client("logs")
        try:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{function}")
            events = [event for page in pages for event in page["events"]]
        except logs.exceptions.ResourceNotFoundException:
            return "(nothing)"
        return "\n".join(
            event["message"].rstrip() for event in sorted(events, key=lambda event: int(event["timestamp"]))
        )


def deploy(emulator: Emulator, package: Path, name: str, patience: float = 120.0) -> Stack:
    """Create the stack `name` from `package` (sam.json, deployment.zip). LaneFailed with what failed and why."""
    template = json.loads((package / "sam.json").read_text())
    adapt_policies(template)
    adapt_methods(template)
    bucket = _upload(emulator, package / "deployment.zip", template, name)
    cloudformation = emulator.client("cloudformation")
    url = f"{emulator.endpoint}/{bucket}/sam.json"
    cloudformation.create_stack(StackName=name, TemplateURL=url, Capabilities=CAPABILITIES)
    end = time.monotonic() + patience
    while (status := cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]) == STARTED:
        if time.monotonic() > end:
            break
        time.sleep(0.5)
    if status != DONE:
        raise LaneFailed(f"stack {name} is {status}:\n{failures(cloudformation, name)}")
    stack = Stack(emulator, name, template)
    import_gateway_responses(emulator.client("apigateway"), stack.api_id(), stack.api_properties())
    return stack


def _upload(emulator: Emulator, archive: Path, template: dict[str, Any], name: str) -> str:
    """Puts the code and the template that points at it into a bucket; returns the bucket."""
    s3, bucket, code = emulator.client("s3"), f"{name}-package", archive.read_bytes()
    key = f"{hashlib.sha256(code).hexdigest()}.zip"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    s3.put_object(Bucket=bucket, Key=key, Body=code)
    for resource in template["Resources"].values():
        if resource["Type"] == FUNCTION:
            resource["Properties"]["CodeUri"] = f"s3://{bucket}/{key}"
    s3.put_object(Bucket=bucket, Key="sam.json", Body=json.dumps(template).encode())
    return bucket


def failures(cloudformation: Any, name: str) -> str:
    """The resources of a stack that failed and why, a line each, the first cause first."""
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("FAILED")]
    lines = [f"  {e['LogicalResourceId']} ({e['ResourceType']}): {e.get('ResourceStatusReason', '-')}" for e in failed]
    return "\n".join(lines or ["  no resource failed; the template itself may be refused"])
