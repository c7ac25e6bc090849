"""s3() and cloudwatch(), against AWS as moto serves it over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

from chalicelib.commands import CommandError, Credential
from tests.channels.servers import Doorbell, Reply, Server
from tests.commands.scene import function

ROLE = "arn:aws:iam::123456789012:role/watch"
OWN = Credential("aws", ())
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    # What another server of this process has held is there still.
    moto_api_backend.reset()
    yield f"http://{host}:{port}"
    server.stop()


def filled(service: str, address: str) -> Any:
    return boto3.client(
        service, "eu-central-1", endpoint_url=address, aws_access_key_id="testing", aws_secret_access_key="testing"
    )


def asked(name: str, address: str, *credentials: Credential, **more: Any) -> Any:
    settings: dict[str, Any] = {"aws": address, "region": "eu-central-1", "now": lambda: NOW} | more
    return function(name, credentials=credentials or (OWN,), **settings)


@pytest.fixture(scope="module")
def bucket(address: str) -> str:
    s3 = filled("s3", address)
    s3.create_bucket(Bucket="backups", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    for key, body in (
        ("a/one.json", b'{"n": 1}'),
        ("a/two", b"text"),
        ("a/b/three", b"x" * 5),
        ("large", b"x" * 1_000_001),
    ):
        s3.put_object(Bucket="backups", Key=key, Body=body)
    return address


def test_an_object_is_read(bucket: str) -> None:
    found = asked("s3", bucket)().get_object("backups", "a/one.json")
    assert (found.json(), found.text(), found.size(), found.exists()) == ({"n": 1}, '{"n": 1}', 8, True)
    with pytest.raises(CommandError, match="not JSON"):
        asked("s3", bucket)().get_object("backups", "a/two").json()


def test_an_object_that_is_not_there_is_nothing(bucket: str) -> None:
    s3 = asked("s3", bucket)()
    found = s3.get_object("backups", "none")
    assert (found.json(), found.text(), found.size(), found.exists()) == (None, None, -1, False)
    about = s3.get_object_metadata("backups", "none")
    assert (about.size(), about.exists()) == (-1, False)


def test_the_size_of_an_object_is_told_without_reading_it(bucket: str) -> None:
    s3 = asked("s3", bucket)()
    assert s3.get_object_metadata("backups", "large").size() == 1_000_001
    with pytest.raises(CommandError, match="larger than 1000000 bytes"):
        s3.get_object("backups", "large")


def test_a_bucket_is_listed(bucket: str) -> None:
    s3 = asked("s3", bucket)()
    assert [one["file_name"] for one in s3.list_bucket("backups", "a/").files()] == ["a/b/three", "a/one.json", "a/two"]
    assert [one["size"] for one in s3.list_bucket("backups", "a/", recursive=False).files()] == [8, 4]
    assert len(s3.list_bucket("backups", "", max_items=2).files()) == 2
    assert (s3.bucket_exists("backups"), s3.bucket_exists("nothing")) == (True, False)
    with pytest.raises(CommandError, match="no bucket of this name"):
        s3.list_bucket("nothing", "")


@pytest.mark.parametrize("name", ["", "A", "a/../b", "arn:aws:s3:eu-west-1:123456789012:accesspoint/x", "a" * 64, 7])
def test_what_is_no_bucket_is_told(address: str, name: object) -> None:
    with pytest.raises(CommandError, match="bucket_name"):
        asked("s3", address)().bucket_exists(name)


@pytest.fixture(scope="module")
def measured(address: str) -> str:
    cloudwatch = filled("cloudwatch", address)
    balancers: list[tuple[dict[str, str], float]] = [
        ({"LoadBalancerName": "web-1"}, 100.0),
        ({"LoadBalancerName": "web-2"}, 300.0),
        ({"LoadBalancerName": "other"}, 7.0),
        ({"LoadBalancerName": "web-3", "AvailabilityZone": "a"}, 9.0),
    ]
    for dimensions, value in balancers:
        for minutes, figure in ((3, 1.0), (2, value)):
            point = {
                "MetricName": "Latency",
                "Dimensions": [{"Name": name, "Value": one} for name, one in dimensions.items()],
                "Timestamp": NOW - timedelta(minutes=minutes),
                "Value": figure,
            }
            cloudwatch.put_metric_data(Namespace="Shop", MetricData=[point])
    cloudwatch.put_metric_alarm(
        AlarmName="slow",
        MetricName="Latency",
        Namespace="Shop",
        Period=60,
        EvaluationPeriods=1,
        Statistic="Average",
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    return address


def test_the_newest_value_of_a_metric_is_told(measured: str) -> None:
    cloudwatch = asked("cloudwatch", measured)()
    only = {"LoadBalancerName": "web-2", "AvailabilityZone": "NOT_SET"}
    assert cloudwatch.query_one(only, "Latency", "Average", "Shop") == 300
    both = cloudwatch.query_one(only, "Latency", ["Average", "Maximum"], "Shop", start="-10m", end="now")
    assert both == {"Average": 300, "Maximum": 300}
    assert cloudwatch.query_one({"LoadBalancerName": "none"}, "Latency", "Sum", "Shop") is None


def test_many_metrics_are_told_by_dimension_and_together(measured: str) -> None:
    cloudwatch = asked("cloudwatch", measured)()
    wanted = {"AvailabilityZone": "NOT_SET", "LoadBalancerName": "web-*"}
    assert cloudwatch.query(wanted, "Latency", "Average", "Shop") == {
        "Latency": 200,
        "dimensions": {"LoadBalancerName": {"web-1": 100, "web-2": 300}},
    }
    assert cloudwatch.query(wanted, "Nothing", "Sum", "Shop") == {"dimensions": {}}
    with pytest.raises(CommandError, match="statistics must be one of Sum"):
        cloudwatch.query(wanted, "Latency", "p99", "Shop")


def test_alarms_are_described_as_plain_values(measured: str) -> None:
    cloudwatch = asked("cloudwatch", measured)()
    (alarm,) = cloudwatch.alarms(state_value=None)
    assert alarm["AlarmName"] == "slow"
    assert isinstance(alarm["StateUpdatedTimestamp"], str)
    assert cloudwatch.alarms() == []


def test_a_role_of_the_settings_is_assumed(bucket: str) -> None:
    role = Credential("aws", (), user=ROLE, password="external")
    assert asked("s3", bucket, role)().bucket_exists("backups")
    assert asked("cloudwatch", bucket, OWN, role)(assume_role_arn=ROLE).alarms() == []


@pytest.mark.parametrize("name", ["s3", "cloudwatch"])
def test_without_a_setting_there_is_no_aws(name: str, address: str) -> None:
    with pytest.raises(CommandError, match="give commands no access to AWS"):
        function(name, aws=address, region="eu-central-1")()


def test_a_role_that_the_settings_do_not_name_is_refused(address: str) -> None:
    for given in (ROLE, "", 7):
        with pytest.raises(CommandError, match="do not name this role"):
            asked("cloudwatch", address, OWN)(assume_role_arn=given)


@pytest.mark.parametrize("region", ["", "evil.example.org/", "eu-central-1.example.org#", 7])
def test_what_is_no_region_of_aws_is_refused(region: object, address: str) -> None:
    with pytest.raises(CommandError, match="a region must be"):
        asked("s3", address)(region)


def test_an_error_of_aws_is_told_by_its_code(server: Server) -> None:
    words = (
        b"<Error><Code>AccessDenied</Code><Message>arn:aws:sts::123456789012:assumed-role/x is not</Message></Error>"
    )
    server.answer(Reply(403, {"Content-Type": "application/xml"}, words))
    with pytest.raises(CommandError) as caught:
        asked("s3", server.url("").rstrip("/"))().get_object("backups", "a")
    assert str(caught.value) == "S3 answers AccessDenied"


def test_aws_too_is_reached_over_the_guard(doorbell: Doorbell) -> None:
    with pytest.raises(CommandError, match=r"^AWS at 127\.0\.0\.2: address not allowed$"):
        asked("s3", f"http://127.0.0.2:{doorbell.port}")().bucket_exists("backups")
    assert doorbell.rings() == 0


def test_a_redirect_of_aws_leads_nowhere_else(server: Server, doorbell: Doorbell) -> None:
    server.answer(Reply(307, {"Location": f"http://127.0.0.2:{doorbell.port}/"}))
    with pytest.raises(CommandError, match="S3 redirects without end"):
        asked("s3", server.url("").rstrip("/"))().get_object("backups", "a")
    assert doorbell.rings() == 0
