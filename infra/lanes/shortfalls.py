"""Where the emulator falls short of AWS, and what the lane does about it before and after it deploys a template.

Everything else is deployed as it is packaged.
"""

from collections.abc import Iterator
from typing import Any

from infra.lanes.process import LaneFailed

GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
ANY_METHOD = "x-amazon-apigateway-any-method"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
# Service Authorization Reference: each of these permits its batch operation too, which is no action of its own.
BATCHES = {
    "sqs:SendMessage": "sqs:SendMessageBatch",
    "sqs:DeleteMessage": "sqs:DeleteMessageBatch",
    "sqs:ChangeMessageVisibility": "sqs:ChangeMessageVisibilityBatch",
    "sns:Publish": "sns:PublishBatch",
}


def adapt_policies(template: dict[str, Any]) -> None:
    """Words the roles' policies for the emulator, in place. LaneFailed if that would permit more than it must."""
    for statement in _permissions(template):
        actions = statement["Action"]
        listed = [actions] if isinstance(actions, str) else list(actions)
        statement["Action"] = [*listed, *(BATCHES[action] for action in listed if action in BATCHES)]
        if "ses:SendEmail" in listed:
            _permit_any_sender(statement, listed)


def adapt_methods(template: dict[str, Any]) -> None:
    """Names each method of a path that takes any, in place: the emulator passes over the word for any of them (Amazon
    API Gateway Developer Guide, "x-amazon-apigateway-any-method object")."""
    apis = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::Serverless::Api"]
    for path in (path for api in apis for path in api["DefinitionBody"]["paths"].values()):
        if ANY_METHOD in path:
            path.update(dict.fromkeys(METHODS, path.pop(ANY_METHOD)))


def _permissions(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    roles = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Role"]
    policies = [policy["PolicyDocument"] for role in roles for policy in role.get("Policies", [])]
    every = (one for policy in policies for statement in policy["Statement"] for one in _alternatives(statement))
    return (one for one in every if one.get("Effect") == "Allow")


def _alternatives(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """What may stand in a statement's place: a parameter of the template may leave it out."""
    alternatives: list[dict[str, Any]] = statement.get("Fn::If", ["", statement])[1:]
    return alternatives


def _permit_any_sender(statement: dict[str, Any], actions: list[str]) -> None:
    """AWS judges a mail by its sender's identity, the emulator by the resource `*`, without the condition keys of SES.

    Whether a role may send at all is judged in both places.
    """
    if other := [action for action in actions if not action.startswith("ses:Send")]:
        raise LaneFailed(f"ses:SendEmail needs a statement of its own, without {', '.join(other)}")
    statement["Resource"] = "*"
    statement.pop("Condition", None)


def import_gateway_responses(gateway: Any, api: str, properties: dict[str, Any]) -> None:
    """API Gateway takes these from the API's definition (OpenAPI extensions); the emulator has to be told each.

    `gateway` is a client of API Gateway, `properties` what the template says of the API.
    """
    for kind, response in properties["DefinitionBody"].get(GATEWAY_RESPONSES, {}).items():
        gateway.put_gateway_response(restApiId=api, responseType=kind, **response)
    gateway.create_deployment(restApiId=api, stageName=properties["StageName"])
