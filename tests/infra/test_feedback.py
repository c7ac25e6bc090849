"""What a deployment asks SNS for: that it logs the text messages of the account that fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra import deploy, feedback

ROLE = "arn:aws:iam::123456789012:role/tocsin-prod-SmsReportsRole"


@pytest.fixture(autouse=True)
def account(aws: None) -> Iterator[None]:
    """SNS of moto keeps these settings for ever."""
    yield
    boto3.client("sns").set_sms_attributes(attributes={"DeliveryStatusIAMRole": ""})


class Stack:
    def __init__(self, **outputs: str) -> None:
        self._outputs = outputs

    def outputs(self) -> dict[str, str]:
        return self._outputs


def attributes() -> dict[str, str]:
    found: dict[str, str] = boto3.client("sns").get_sms_attributes()["attributes"]
    return found


def role(name: str) -> str:
    made: dict[str, Any] = boto3.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({}))
    return str(made["Role"]["Arn"])


def test_an_account_that_logs_nothing_logs_what_fails_from_then_on(capsys: pytest.CaptureFixture[str]) -> None:
    deploy.ask_for_reports(Stack(SmsReportsRole=ROLE))  # type: ignore[arg-type]
    assert attributes()["DeliveryStatusIAMRole"] == ROLE
    assert attributes()["DeliveryStatusSuccessSamplingRate"] == "0"
    assert ROLE in capsys.readouterr().out


def test_what_the_owner_has_set_himself_stays() -> None:
    own = role("own")
    boto3.client("sns").set_sms_attributes(
        attributes={"DeliveryStatusIAMRole": own, "DeliveryStatusSuccessSamplingRate": "100"}
    )
    feedback.ask_for_reports(ROLE)
    assert attributes()["DeliveryStatusIAMRole"] == own
    assert attributes()["DeliveryStatusSuccessSamplingRate"] == "100"


def test_a_role_that_went_with_its_stage_is_replaced() -> None:
    boto3.client("sns").set_sms_attributes(attributes={"DeliveryStatusIAMRole": "arn:aws:iam::123456789012:role/gone"})
    feedback.ask_for_reports(ROLE)
    assert attributes()["DeliveryStatusIAMRole"] == ROLE


def test_who_does_not_want_it_is_left_alone() -> None:
    deploy.ask_for_reports(Stack())  # type: ignore[arg-type]
    assert not attributes().get("DeliveryStatusIAMRole")


def test_a_stage_stands_though_sns_could_not_be_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_role: str) -> str:
        raise ClientError({"Error": {"Code": "AuthorizationError", "Message": "no"}}, "GetSMSAttributes")

    monkeypatch.setattr(feedback, "ask_for_reports", denied)
    deploy.ask_for_reports(Stack(SmsReportsRole=ROLE))  # type: ignore[arg-type]
    assert "could not be asked" in capsys.readouterr().out
