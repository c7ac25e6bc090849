"""Deploys a stage into the AWS account whose credentials are in the environment.

    make deploy STAGE=prod [APPRISE=1] [ARGS="MailFrom=alerts@example.org AlarmEmail=ops@example.org"]
    make deploy STAGE=prod PLACE=1 ARGS="HomeRegion=eu-north-1"

The second form deploys a place: into the region of the environment, the functions that probe alone, with the
parameters that the stage has at home.

1. Look whether the parameters, the credentials and the region will do, then package (see infra.package).
2. Upload code and template into the bucket `<prefix>-artifacts-<account>-<region>`, made on first use.
3. Create or update the stack `<prefix>-<stage>` by a change set, which is told first; where something would go that
   holds data or has an address, whoever deploys is asked. Parameters that are not named keep their value; the
   role with which API Gateway writes logs, of which an account has one, is left as it is if there is one.
4. On the first time, tell the functions their own address, and protect the tables, by a second, small change set: the
   parameter SiteRoot cannot refer to the API of its own stack, since the API refers to the functions; and tables that
   are protected could not be taken back if the creation failed.
5. Ask SNS to log the text messages that fail, a setting of the account, unless SmsReports=no.

AWS_ENDPOINT_URL points all of it elsewhere, at an emulator for instance.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra import account, change_set, entrance, feedback, parameters, place, placing
from infra.change_set import Failed, Stack
from infra.checking import BadParameter, check_home, check_parameters
from infra.package import ARCHIVE, PLACE, TEMPLATE, CannotPackage, build
from infra.parameters import ARCHITECTURES
from infra.resources import THROWAWAY
from infra.template import ROOT, BadStage, settings_of, stack_of

FUNCTION = "AWS::Serverless::Function"
# A stack that is rolled back, or a function that is looked at, may want the package of some time ago; each deployment
# uploads its own again.
EXPIRY = {
    "ID": "packages",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "Expiration": {"Days": 365},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
}
Agree = Callable[[str], bool]


def deploy(
    stage: str, given: dict[str, str], agree: Agree = change_set.nobody_asked, *, apprise: bool = False
) -> Stack:
    """The first four steps, with the library Apprise in the package if it is asked for. Raises BadStage, CannotPackage,
    BadParameter, Failed, or botocore's errors."""
    settings, out = settings_of(stage), ROOT / "build" / stage
    check_parameters(parameters.parameters() | entrance.parameters(), given)
    here = account.present()
    stack = Stack(boto3.client("cloudformation"), stack_of(settings), agree=agree)
    known = stack.parameters()
    check_home(known | given, here.region)
    build(stage, out, (known | given).get("Architecture", ARCHITECTURES[0]), apprise=apprise)
    template = json.loads((out / TEMPLATE).read_text())
    bucket = artifacts_bucket(settings.prefix)
    url = upload(bucket, stage, out, template)
    names = list(template["Parameters"])
    if not stack.apply(url, names, log_role(known) | given):
        print(f"{stack.name}: nothing has changed")
    now = stack.parameters()
    later = {"Protection": "on"} if now["Protection"] == "unset" and stage != THROWAWAY else {}
    if not now["SiteRoot"]:
        later["SiteRoot"] = stack.outputs()["EndpointURL"].rstrip("/")
        print(f"telling the functions their address, {later['SiteRoot']}")
    if later:
        stack.apply(url, names, later)
    return stack


def ask_for_reports(stack: Stack) -> None:
    """The fifth step. The stage stands without it; what text messages become is not known then."""
    role = stack.outputs().get(feedback.ROLE_OUTPUT)
    if not role:
        return
    try:
        print(feedback.ask_for_reports(role))
    except (ClientError, BotoCoreError) as error:
        print(f"SNS could not be asked to log text messages that fail, so nobody learns of them: {error}")


def deploy_place(stage: str, given: dict[str, str], agree: Agree = change_set.nobody_asked) -> Stack:
    """The first three steps for a place, whose stack is called `<prefix>-<stage>-place`. Raises what deploy raises."""
    settings, out = settings_of(stage), ROOT / "build" / stage
    check_parameters(place.parameters(), given)
    here = account.present()
    stack = Stack(boto3.client("cloudformation"), f"{stack_of(settings)}-place", agree=agree)
    chosen = placing.chosen(stage, here.region, stack.parameters(), given)
    build(stage, out, chosen.get("Architecture", ARCHITECTURES[0]))
    template = json.loads((out / PLACE).read_text())
    url = upload(artifacts_bucket(settings.prefix), stage, out, template)
    names = list(template["Parameters"])
    if not stack.apply(url, names, {name: value for name, value in chosen.items() if name in names}):
        print(f"{stack.name}: nothing has changed")
    return stack


def log_role(known: dict[str, str]) -> dict[str, str]:
    """The parameter by which a stack leaves the role alone with which API Gateway writes logs: an account has one in
    a region, which may serve other APIs. Nothing where there is none yet, or where the stack knows what to do."""
    if "AccessLogRole" in known or not boto3.client("apigateway").get_account().get("cloudwatchRoleArn"):
        return {}
    return {"AccessLogRole": "keep"}


def artifacts_bucket(prefix: str) -> str:
    """The bucket for this account and region, made if there is none: private, and nobody can change that by an ACL."""
    s3, account = boto3.client("s3"), boto3.client("sts").get_caller_identity()["Account"]
    region = s3.meta.region_name
    bucket = f"{prefix}-artifacts-{account}-{region}"
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise Failed(f"the bucket {bucket} cannot be used: {error}") from error
        print(f"making the bucket {bucket}")
        # us-east-1 is the one region that must not be named (Amazon S3 API Reference, CreateBucket).
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **place)
        closed = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=closed)
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [EXPIRY]})
    return bucket


def upload(bucket: str, stage: str, out: Path, template: dict[str, Any]) -> str:
    """Puts the code and the template that points at it into the bucket; answers the template's address.

    Both are called by what is in them, so that an unchanged package is an unchanged template.
    """
    s3, code = boto3.client("s3"), (out / ARCHIVE).read_bytes()
    key = f"{stage}/{hashlib.sha256(code).hexdigest()}.zip"
    for resource in template["Resources"].values():
        if resource["Type"] == FUNCTION:
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    text = json.dumps(template, separators=(",", ":")).encode()
    print(f"uploading {len(code) / 1e6:.1f} MB to {bucket}/{key}")
    s3.put_object(Bucket=bucket, Key=key, Body=code)
    name = f"{stage}/{hashlib.sha256(text).hexdigest()}.json"
    s3.put_object(Bucket=bucket, Key=name, Body=text)
    return f"{s3.meta.endpoint_url}/{bucket}/{name}"


def tell(stack: Stack, stage: str) -> None:
    """Where the stage is, and what its owner may want to do next."""
    now = stack.parameters()
    print(f"\n{stack.name} is at {now['SiteRoot']}\n")
    print(f'  make admin STAGE={stage} ARGS="project create --name NAME"   makes a project and shows its keys')
    print(f"  make smoke STAGE={stage}   proves the stage alive")
    if now["MailFrom"].endswith("@localhost"):
        print(f'  make deploy STAGE={stage} ARGS="MailFrom=ADDRESS"   before that, no mail can go out')
    if not now["AlarmEmail"]:
        print(f'  make deploy STAGE={stage} ARGS="AlarmEmail=ADDRESS"   before that, nobody hears of alarms')


def tell_place(stack: Stack) -> None:
    """Where the place is, and whether anybody hears of its alarms."""
    now = stack.parameters()
    readers = now.get("AlarmEmail") or "nobody: name an AlarmEmail"
    print(f"\n{stack.name} probes from {now['Location']}; its alarms go to {readers}")


def asked(question: str) -> bool:
    """Whether who deploys agrees. Where nobody sits at the terminal, nobody does."""
    if not sys.stdin.isatty():
        print(f"{question} Nobody is there to ask: --yes goes on")
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def parameter(text: str) -> tuple[str, str]:
    """Name=value of the command line."""
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text!r} is not Name=value")
    return name, value


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description="deploy a stage to AWS")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--place", action="store_true", help="a place that probes for the stage, in this region")
    parser.add_argument("--apprise", action="store_true", help="with the library that channels of that kind need")
    parser.add_argument("--yes", action="store_true", help="ask nothing before something is removed or made anew")
    parser.add_argument("parameters", nargs="*", type=parameter, metavar="Name=value", help="see docs/deploying.md")
    arguments = parser.parse_args()
    agree = change_set.nobody_asked if arguments.yes else asked
    try:
        if arguments.place:
            tell_place(deploy_place(arguments.stage, dict(arguments.parameters), agree))
            return
        stack = deploy(arguments.stage, dict(arguments.parameters), agree, apprise=arguments.apprise)
        ask_for_reports(stack)
        tell(stack, arguments.stage)
    except (BadStage, CannotPackage, BadParameter, Failed, ClientError, BotoCoreError) as reason:
        sys.exit(f"infra.deploy: {reason}")


if __name__ == "__main__":
    main()
