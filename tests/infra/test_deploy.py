"""infra.deploy: the bucket, the upload, the parameters, and the address that the functions are told."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from infra import deploy, entrance
from infra.change_set import Stack
from infra.checking import BadParameter, check_home, check_parameters
from infra.parameters import adjustable, parameters

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
    (rule,) = boto3.client("s3").get_bucket_lifecycle_configuration(Bucket=deploy.artifacts_bucket("tocsin"))["Rules"]
    assert (rule["Status"], rule["Expiration"]["Days"]) == ("Enabled", 365)


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


# What CloudFormation would refuse late, or take and leave the functions with.
REFUSED = {
    "MailForm=x": "no parameter MailForm; there are SiteName, .*MailFrom",
    "PingDays=many": "PingDays must be a whole number from 1 to 3650",
    "DueShards=0": "DueShards must be a whole number from 1 to 256",
    "SiteRoot=up.example.org": "SiteRoot must be an address of the web",
    "SiteRoot=https://": "SiteRoot must be an address of the web",
    "SiteRoot=https://up.example.org/?a=b": "SiteRoot must be an address of the web",
    "PingEndpoint=ping": "PingEndpoint must be an address of the web",
    "AlarmEmail=ops": "AlarmEmail must be an address alone",
    "AlarmEmail=a@b.org, c@d.org": "AlarmEmail must be an address alone",
    "MailFrom=Ops <a@example.org>": "MailFrom must be an address alone",
    "MailTo=@example.org": "MailTo must be an address alone",
    "Locations=Stockholm": "Locations must be places and their regions",
    "Locations=Stockholm=sweden": "Locations must be places and their regions",
    "Locations=A=eu-north-1,A=eu-west-1": "TOCSIN_LOCATIONS must be places and their regions",
    "AllowedNetworks=10.1/16": "TOCSIN_ALLOWED_NETWORKS must list networks",
    "LogDays=2": "LogDays must be one of 1, 3, 5",
    "ConfirmAddresses=yes": "ConfirmAddresses must be one of true, false",
    "CommandRoles=arn:aws:iam::*:role/x": "CommandRoles must be ARNs of roles",
    "HomeRegion=eu-north-1": "no parameter HomeRegion",
}


def test_what_no_stage_could_work_with_is_refused_before_anything_is_done() -> None:
    for words, reason in REFUSED.items():
        with pytest.raises(BadParameter) as refused:
            check_parameters(fresh()["Parameters"], dict([deploy.parameter(words)]))
        assert re.search(reason, str(refused.value)), words


def test_good_parameters_pass() -> None:
    given = {"PingDays": "30", "MailFrom": "a@example.org", "AlarmEmail": "b@example.org", "SiteRoot": "https://x/"}
    given |= {"Locations": "Stockholm SWE=eu-north-1, Dublin IRL=eu-west-1", "MailTo": "", "CommandRoles": ""}
    check_parameters(fresh()["Parameters"], given)


def test_the_first_of_the_places_is_the_stages_own() -> None:
    sound = {"Location": "Stockholm", "Locations": "Stockholm=eu-north-1"}
    check_home(sound, "eu-north-1")
    check_home({}, "eu-north-1")
    for values, region in ((sound, "eu-west-1"), ({"Locations": "Stockholm=eu-north-1"}, "eu-north-1")):
        with pytest.raises(BadParameter, match=f"must begin with the place of the stage itself, .*={region}"):
            check_home(values, region)


def test_parameters_are_given_as_name_and_value() -> None:
    assert deploy.parameter("SiteRoot=https://x/?a=b") == ("SiteRoot", "https://x/?a=b")
    with pytest.raises(argparse.ArgumentTypeError):
        deploy.parameter("SiteRoot")


# What packages were made for.
built: list[str] = []


class Deployed:
    """Takes the place of a stack: remembers what it was given, as CloudFormation would."""

    def __init__(self, _client: Any, name: str, *, agree: object = None) -> None:
        self.name, self.agree = name, agree
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

    def build(stage: str, folder: Path, architecture: str, *, apprise: bool) -> None:
        built.append(architecture)
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
    assert stack.applied == [{"MailFrom": "a@example.org"}, {"Protection": "on", "SiteRoot": ADDRESS}]


def test_the_package_is_made_for_what_the_functions_run_on(deployed: Callable[..., Deployed]) -> None:
    deployed(Architecture="arm64")
    assert built.pop() == "arm64"


def test_an_address_of_the_owners_own_stands(deployed: Callable[..., Deployed]) -> None:
    given = {"SiteRoot": "https://up.example.org", "Protection": "off"}
    assert deployed(**given).applied == [given]


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
