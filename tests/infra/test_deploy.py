"""infra.deploy: the bucket, the upload, the parameters, and the address that the functions are told."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from infra import deploy, entrance
from infra.change_set import Stack
from infra.resources import adjustable, parameters

TEMPLATE = {
    "Parameters": parameters() | entrance.parameters(),
    "Globals": {"Function": {"Environment": {"Variables": adjustable()}}},
    "Resources": {"SweepDue": {"Type": deploy.FUNCTION, "Properties": {"CodeUri": "./deployment.zip"}}},
}
ADDRESS = "https://abc.execute-api.eu-north-1.amazonaws.com/blue"


def fresh() -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(TEMPLATE))
    return copy


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "deployment.zip").write_bytes(b"code")
    (tmp_path / "sam.json").write_text(json.dumps(TEMPLATE))
    return tmp_path


@pytest.mark.usefixtures("aws")
def test_the_bucket_is_private_and_made_once(capsys: pytest.CaptureFixture[str]) -> None:
    names = {deploy.artifacts_bucket("tocsin"), deploy.artifacts_bucket("tocsin")}
    assert names == {"tocsin-artifacts-123456789012-eu-north-1"}
    assert capsys.readouterr().out.count("making the bucket") == 1
    closed = boto3.client("s3").get_public_access_block(Bucket=names.pop())["PublicAccessBlockConfiguration"]
    assert set(closed.values()) == {True}


@pytest.mark.usefixtures("aws")
def test_the_one_region_that_must_not_be_named_has_its_bucket_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert deploy.artifacts_bucket("tocsin").endswith("us-east-1")


@pytest.fixture
def uploaded(aws: None, out: Path) -> Callable[[], tuple[str, dict[str, Any]]]:
    """Uploads and answers the address of the template with what lies there."""

    def upload() -> tuple[str, dict[str, Any]]:
        bucket = deploy.artifacts_bucket("tocsin")
        url = deploy.upload(bucket, "blue", out, fresh())
        key = url.partition(f"/{bucket}/")[2]
        return url, json.loads(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())

    return upload


def test_the_uploaded_template_points_at_the_uploaded_code(uploaded: Callable[[], tuple[str, dict[str, Any]]]) -> None:
    code = uploaded()[1]["Resources"]["SweepDue"]["Properties"]["CodeUri"]
    assert boto3.client("s3").get_object(**code)["Body"].read() == b"code"


def test_an_unchanged_package_is_an_unchanged_template(
    uploaded: Callable[[], tuple[str, dict[str, Any]]], out: Path
) -> None:
    before = uploaded()
    assert uploaded() == before
    (out / "deployment.zip").write_bytes(b"other code")
    assert uploaded()[0] != before[0]


def test_a_parameter_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(deploy.BadParameter, match=r"no parameter MailForm; there are SiteName, .*MailFrom"):
        deploy.check_parameters(fresh(), {"MailForm": "x"})


def test_a_value_that_the_functions_could_not_read_is_refused() -> None:
    with pytest.raises(deploy.BadParameter, match="TOCSIN_PING_DAYS must be a whole number"):
        deploy.check_parameters(fresh(), {"PingDays": "many"})


def test_good_parameters_pass() -> None:
    given = {"PingDays": "30", "MailFrom": "a@example.org", "AlarmEmail": "b@example.org", "SiteRoot": "https://x/"}
    deploy.check_parameters(fresh(), given)


def test_parameters_are_given_as_name_and_value() -> None:
    assert deploy.parameter("SiteRoot=https://x/?a=b") == ("SiteRoot", "https://x/?a=b")
    with pytest.raises(argparse.ArgumentTypeError):
        deploy.parameter("SiteRoot")


class Deployed:
    """Takes the place of a stack: remembers what it was given, as CloudFormation would."""

    def __init__(self, _client: Any, name: str) -> None:
        self.name = name
        self.values: dict[str, str] = {}
        self.applied: list[dict[str, str]] = []

    def apply(self, _url: str, names: list[str], given: dict[str, str]) -> bool:
        self.applied.append(given)
        defaults = {name: str(TEMPLATE["Parameters"][name]["Default"]) for name in names}
        self.values = {**defaults, **self.values, **given}
        return True

    def parameters(self) -> dict[str, str]:
        return self.values

    def outputs(self) -> dict[str, str]:
        return {"EndpointURL": f"{ADDRESS}/"}


@pytest.fixture
def deployed(aws: None, out: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Deployed]:
    """Deploys the stage blue without packaging anything."""

    def build(stage: str, folder: Path, **_: bool) -> None:
        folder.mkdir(parents=True)
        for file in out.iterdir():
            if file.is_file():
                (folder / file.name).write_bytes(file.read_bytes())

    def run(**given: str) -> Deployed:
        stack: Any = deploy.deploy("blue", given)
        assert isinstance(stack, Deployed)
        return stack

    monkeypatch.setattr(deploy, "ROOT", out)
    monkeypatch.setattr(deploy, "build", build)
    monkeypatch.setattr(deploy, "Stack", Deployed)
    return run


def test_the_functions_are_told_their_address_once_it_is_known(deployed: Callable[..., Deployed]) -> None:
    stack = deployed(MailFrom="a@example.org")
    assert stack.name == "tocsin-blue"
    assert stack.applied == [{"MailFrom": "a@example.org"}, {"SiteRoot": ADDRESS}]


def test_an_address_of_the_owners_own_stands(deployed: Callable[..., Deployed]) -> None:
    assert deployed(SiteRoot="https://up.example.org").applied == [{"SiteRoot": "https://up.example.org"}]


def test_a_role_that_the_account_has_for_logs_is_left_alone(
    deployed: Callable[..., Deployed], monkeypatch: pytest.MonkeyPatch
) -> None:
    role = {"cloudwatchRoleArn": "arn:aws:iam::123456789012:role/logs"}
    monkeypatch.setattr(boto3, "client", with_account(role))
    stack = deployed()
    assert stack.applied[0] == {"AccessLogRole": "keep"}


def test_where_there_is_no_role_the_stack_makes_one(
    deployed: Callable[..., Deployed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "client", with_account({}))
    assert "AccessLogRole" not in deployed().applied[0]


def test_what_the_owner_says_of_the_role_stands(
    deployed: Callable[..., Deployed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "client", with_account({"cloudwatchRoleArn": "arn"}))
    assert deployed(AccessLogRole="make").applied[0] == {"AccessLogRole": "make"}


def test_a_stack_that_knows_its_role_is_not_asked_again(aws: None) -> None:
    assert deploy.log_role({"AccessLogRole": "make"}) == {}


def with_account(account: dict[str, str]) -> Callable[[str], Any]:
    """A maker of clients, of which that of API Gateway knows this of the account."""
    made = boto3.client
    gateway = SimpleNamespace(get_account=lambda: account)
    return lambda service, **more: gateway if service == "apigateway" else made(service, **more)


def test_in_the_end_it_says_where_the_stage_is_and_what_is_missing(
    deployed: Callable[..., Deployed], capsys: pytest.CaptureFixture[str]
) -> None:
    stack: Any = deployed()
    deploy.tell(stack, "blue")
    told = capsys.readouterr().out
    assert f"tocsin-blue is at {ADDRESS}" in told
    assert "make smoke STAGE=blue" in told
    assert "MailFrom=ADDRESS" in told and "AlarmEmail=ADDRESS" in told


def test_what_is_set_is_not_asked_for(deployed: Callable[..., Deployed], capsys: pytest.CaptureFixture[str]) -> None:
    stack: Any = deployed(MailFrom="a@example.org", AlarmEmail="b@example.org")
    deploy.tell(stack, "blue")
    assert "=ADDRESS" not in capsys.readouterr().out


def test_the_stack_is_a_stack() -> None:
    assert {"apply", "parameters", "outputs"} <= set(dir(Stack)) & set(dir(Deployed))
