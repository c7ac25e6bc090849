"""What stands before the application in a deployed stage: the REST API with its throttling, its access log, and how it
answers where no function is asked.

Property names as in the AWS CloudFormation Template Reference and AWS::Serverless::Api; variables of the access log:
Amazon API Gateway Developer Guide, "Variables for access logging for API Gateway".
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.settings import Settings
from infra.parameters import choice
from infra.resources import Resources

# Amazon API Gateway quotas: what an account may receive in a second and at once, all of its APIs in a region together.
RATE, BURST = 10_000, 5_000
MOST = 1_000_000
ON, MAKE = "on", "make"
CONDITIONS = {
    "AccessIsLogged": {"Fn::Equals": [{"Ref": "AccessLogs"}, ON]},
    "LogRoleIsMade": {"Fn::And": [{"Condition": "AccessIsLogged"}, {"Fn::Equals": [{"Ref": "AccessLogRole"}, MAKE]}]},
}
# The resource is the path as it was declared: what was called holds codes and keys, and so may the query.
ACCESS_LOG = {
    "time": "$context.requestTime",
    "request": "$context.requestId",
    "source": "$context.identity.sourceIp",
    "agent": "$context.identity.userAgent",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "length": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "function_status": "$context.integrationStatus",
    "function_milliseconds": "$context.integrationLatency",
    "refused_as": "$context.error.responseType",
}
_ANYBODY = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
_SOON = {"gatewayresponse.header.Retry-After": "'1'"}


def parameters() -> dict[str, Any]:
    """What the owner may set of it. Every one has a default."""
    return {
        "RequestRate": _number(RATE, "Requests that the API takes in a second, on average; more are answered 429."),
        "RequestBurst": _number(BURST, "Requests that the API takes at once."),
        "AccessLogs": choice((ON, "off"), "Whether API Gateway writes a line for each request."),
        "AccessLogRole": choice(
            (MAKE, "keep"),
            "Whether the stack makes the role with which API Gateway writes logs; an account has one in a region.",
        ),
    }


def _number(default: int, description: str) -> dict[str, Any]:
    return {"Type": "Number", "Default": default, "MinValue": 1, "MaxValue": MOST, "Description": description}


def resources(settings: Settings) -> Resources:
    """The API as far as it is not Chalice's, its access log, and the role with which that is written."""
    return {
        "RestAPI": {"Properties": _api(settings)},
        "GatewayLogs": {
            "Type": "AWS::Logs::LogGroup",
            "Condition": "AccessIsLogged",
            "Properties": {
                "LogGroupName": f"/aws/apigateway/{settings.resource('api')}",
                "RetentionInDays": {"Ref": "LogDays"},
                # A stage is refused a log before its account has the role. What may not be there nothing can depend on
                # by name, so that this tag does.
                "Tags": [{"Key": "role", "Value": {"Fn::If": ["LogRoleIsMade", {"Ref": "GatewayAccount"}, "kept"]}}],
            },
        },
        "GatewayLogRole": _account_wide("AWS::IAM::Role", _log_role()),
        "GatewayAccount": _account_wide(
            "AWS::ApiGateway::Account", {"CloudWatchRoleArn": {"Fn::GetAtt": ["GatewayLogRole", "Arn"]}}
        ),
    }


def _account_wide(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    """What other APIs of the account come to rely on: it stays when the stack goes."""
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return {"Type": kind, "Condition": "LogRoleIsMade", **kept, "Properties": properties}


def _log_role() -> dict[str, Any]:
    gateway = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    return {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [gateway]},
        "ManagedPolicyArns": [{"Fn::Sub": policy}],
    }


def _api(settings: Settings) -> dict[str, Any]:
    """The API's name and limits, and how the gateway answers where no function is asked: as a dialect would, never as
    itself.

    The answers stand in the definition, not in resources of their own: a deployment of the API keeps only those.
    """
    answers = {
        "MISSING_AUTHENTICATION_TOKEN": _answer("not found", 404),  # what the gateway says of a method it does not know
        "REQUEST_TOO_LARGE": _answer("request body too large", 413),
        "THROTTLED": _answer("too many requests", 429, _SOON),
        "DEFAULT_4XX": _answer(None),
        "DEFAULT_5XX": _answer("temporarily unavailable, try again"),
    }
    return {
        "Name": settings.resource("api"),
        "EndpointConfiguration": {"Type": "REGIONAL"},
        "DefinitionBody": {"x-amazon-apigateway-gateway-responses": answers},
        "MethodSettings": [_every_method()],
        "AccessLogSetting": {"Fn::If": ["AccessIsLogged", _access_log(), {"Ref": "AWS::NoValue"}]},
    }


def _every_method() -> dict[str, Any]:
    """How much the API takes. What API Gateway can write of the course of a request stays off: it holds keys and
    bodies."""
    return {
        "ResourcePath": "/*",
        "HttpMethod": "*",
        "ThrottlingRateLimit": {"Ref": "RequestRate"},
        "ThrottlingBurstLimit": {"Ref": "RequestBurst"},
        "LoggingLevel": "OFF",
        "DataTraceEnabled": False,
    }


def _access_log() -> dict[str, Any]:
    group = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${GatewayLogs}"
    return {"DestinationArn": {"Fn::Sub": group}, "Format": json.dumps(ACCESS_LOG)}


def _answer(message: str | None, status: int | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """{"error": message}; without one, the gateway's own words."""
    words = "$context.error.messageString" if message is None else json.dumps(message)
    return {
        "responseTemplates": {"application/json": f'{{"error": {words}}}'},
        "responseParameters": _ANYBODY | (headers or {}),
        **({"statusCode": str(status)} if status else {}),
    }
