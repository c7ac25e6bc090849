"""infra.placing and infra.account: a place is what home says, where the environment says."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from infra import account, placing
from infra.change_set import Failed
from infra.checking import BadParameter

HOME = {
    "Location": "Stockholm SWE",
    "Locations": "Stockholm SWE=eu-north-1, Dublin IRL=eu-west-1, Cork IRL=eu-west-1",
    "DueShards": "2",
    "OutboxShards": "2",
    "AlarmEmail": "ops@example.org",
    "AllowedNetworks": "10.1.0.0/16",
}


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The parameters of the stage, in eu-north-1 alone."""
    values = dict(HOME)

    class Stack:
        def __init__(self, client: Any, name: str) -> None:
            self.name, self.region = name, client.meta.region_name

        def parameters(self) -> dict[str, str]:
            return values if self.region == "eu-north-1" else {}

    monkeypatch.setattr(placing, "Stack", Stack)
    return values


def chosen(region: str = "eu-west-1", *, known: dict[str, str] | None = None, **given: str) -> dict[str, str]:
    return placing.chosen("prod", region, known or {}, given)


@pytest.mark.usefixtures("aws", "home")
def test_a_place_has_what_home_has_and_the_name_that_home_gives_it() -> None:
    expected = HOME | {"HomeRegion": "eu-north-1", "Location": "Dublin IRL"}
    assert chosen(HomeRegion="eu-north-1") == expected


@pytest.mark.usefixtures("aws")
def test_a_place_follows_home_but_for_what_is_its_own(home: dict[str, str]) -> None:
    known = {"HomeRegion": "eu-north-1", "Location": "Cork IRL", "AlarmEmail": "cork@example.org", "DueShards": "8"}
    home["DueShards"] = "16"
    found = chosen(known=known)
    assert (found["DueShards"], found["Location"]) == ("16", "Cork IRL")
    assert (found["AlarmEmail"], found["AllowedNetworks"]) == ("cork@example.org", "10.1.0.0/16")
    assert chosen(known=known | {"AlarmEmail": ""})["AlarmEmail"] == "ops@example.org"


@pytest.mark.usefixtures("aws")
def test_a_place_that_home_would_not_find_is_refused(home: dict[str, str]) -> None:
    north = {"HomeRegion": "eu-north-1"}
    cases: list[tuple[dict[str, str], str]] = [
        ({}, "HomeRegion is missing"),
        ({"HomeRegion": "eu-south-1"}, "there is no stack tocsin-prod in eu-south-1"),
        (north | {"Location": "Oslo NOR"}, "Locations has no Oslo NOR in eu-west-1"),
        (north | {"region": "us-east-1"}, "Locations has no place in us-east-1"),
        (north | {"region": "eu-north-1"}, "a place is elsewhere than its home"),
        (north | {"Locations": "Dublin IRL=eu-west-1"}, "Locations begins with Dublin IRL=eu-west-1"),
        (north | {"Locations": ""}, "the stage has no Locations"),
    ]
    for given, reason in cases:
        region = given.pop("region", "eu-west-1")
        with pytest.raises(BadParameter) as refused:
            placing.chosen("prod", region, {}, given)
        assert reason in str(refused.value)


@pytest.mark.usefixtures("aws")
def test_the_region_is_chosen_as_aws_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert account.present() == account.Account("123456789012", "eu-west-1")
    assert boto3.Session().region_name == "eu-west-1"


def test_what_is_missing_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(Failed, match="no AWS region: set AWS_REGION"):
        account.present()
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    with pytest.raises(Failed, match="no AWS credentials: set AWS_PROFILE"):
        account.present()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(Failed, match="AWS is out of reach in eu-north-1"):
        account.present()
