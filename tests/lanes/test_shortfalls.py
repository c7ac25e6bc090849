from typing import Any

import pytest

from infra.lanes.process import LaneFailed
from infra.lanes.shortfalls import adapt_methods, adapt_policies, import_gateway_responses


def template(*statements: dict[str, Any]) -> dict[str, Any]:
    policies = [{"PolicyDocument": {"Statement": list(statements)}}]
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": policies}}
    return {"Resources": {"Role": role, "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}}}}


def allowing(*actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "arn:aws:x", "Condition": {"Bool": {"a": "b"}}}


@pytest.mark.parametrize("actions", ["ses:SendEmail", ["ses:SendEmail"], ["ses:SendEmail", "ses:SendRawEmail"]])
def test_a_role_that_may_send_mail_may_send_it_as_anybody(actions: str | list[str]) -> None:
    statement = {**allowing(), "Action": actions}
    adapt_policies(template(statement))
    expected = [actions] if isinstance(actions, str) else actions
    assert statement == {"Effect": "Allow", "Action": expected, "Resource": "*"}


def test_who_may_send_a_message_may_send_several() -> None:
    statement = allowing("sqs:GetQueueUrl", "sqs:SendMessage")
    adapt_policies(template(statement))
    assert statement == allowing("sqs:GetQueueUrl", "sqs:SendMessage", "sqs:SendMessageBatch")


def test_a_permission_that_a_parameter_may_leave_out_is_one_too() -> None:
    statement = allowing("sns:Publish")
    adapt_policies(template({"Fn::If": ["IsAsked", statement, {"Ref": "AWS::NoValue"}]}))
    assert statement == allowing("sns:Publish", "sns:PublishBatch")


def test_nothing_else_is_permitted() -> None:
    table, forbidden = allowing("dynamodb:PutItem"), {**allowing("ses:SendEmail"), "Effect": "Deny"}
    adapt_policies(template(table, forbidden))
    assert (table, forbidden) == (allowing("dynamodb:PutItem"), {**allowing("ses:SendEmail"), "Effect": "Deny"})


def test_a_permission_that_is_more_than_mail_is_not_widened_with_it() -> None:
    with pytest.raises(LaneFailed, match="without sns:Publish"):
        adapt_policies(template(allowing("ses:SendEmail", "sns:Publish")))


def test_the_gateways_own_answers_are_deployed_as_the_definition_has_them() -> None:
    class Gateway:
        def __init__(self) -> None:
            self.calls: list[dict[str, Any]] = []

        def put_gateway_response(self, **given: Any) -> None:
            self.calls.append(given)

        def create_deployment(self, **given: Any) -> None:
            self.calls.append(given)

    gateway, answers = Gateway(), {"x-amazon-apigateway-gateway-responses": {"THROTTLED": {"statusCode": "429"}}}
    import_gateway_responses(gateway, "a1", {"StageName": "dev", "DefinitionBody": answers})
    answered, deployed = gateway.calls
    assert answered == {"restApiId": "a1", "responseType": "THROTTLED", "statusCode": "429"}
    assert deployed == {"restApiId": "a1", "stageName": "dev"}


def test_a_path_that_takes_any_method_takes_each() -> None:
    paths: dict[str, Any] = {"/{proxy+}": {"x-amazon-apigateway-any-method": {"a": 1}}, "/own": {"get": {"b": 2}}}
    body = {"Type": "AWS::Serverless::Api", "Properties": {"DefinitionBody": {"paths": paths}}}
    adapt_methods({"Resources": {"Api": body}})
    assert paths["/own"] == {"get": {"b": 2}}
    assert paths["/{proxy+}"]["get"] == paths["/{proxy+}"]["delete"] == {"a": 1}
    assert "x-amazon-apigateway-any-method" not in paths["/{proxy+}"]
