"""One outage, step by step, on a deployed stack: what the lane expects at each step, and where it looks."""

import email.utils
import re
import time
from typing import Any

import botocore.exceptions

from infra.lanes import jobs, watching
from infra.lanes.process import LaneFailed, step
from infra.lanes.stack import Stack
from infra.lanes.web import Api, expect

READER = "ops@example.org"
CHANNEL = "Ops"
WATCHED = "lane"
"""The check's name."""
TIMEOUT = GRACE = 60
DOWN_PATIENCE = 240.0
"""Seconds: the check's own two minutes and two rounds of the schedule."""
UP_PATIENCE = 90.0
"""Seconds: one round of the schedule, should the nudge be lost."""
TROUBLE = ("AccessDenied", "not authorized to perform", "Traceback (most recent call last)", "Task timed out")


def preparations(stack: Stack) -> None:
    """What the owner does once, and proof that this run can find anything wrong. LaneFailed."""
    verify_sender(stack)
    with step("every role refused what no function needs"):
        expect_refusals(stack)
    with step("unknown address answers 404"):
        expect(404, "GET", stack.api_url() + "/no-such-address")


def outage(stack: Stack, api: Api, ping_key: str) -> None:
    """One ping, silence, the mail about it, another ping, the mail about that. LaneFailed at the first wrong thing.

    Meanwhile everything else is done once that a function may do.
    """
    code = new_check(api)
    deadline = time.time() + TIMEOUT + GRACE
    with step("pinged"):
        expect(200, "GET", f"{api.url}/ping/{code}")
    expect_status(api, code, "up")
    with step("every other kind of request"):
        jobs.run(stack, api, ping_key)
    with step("a metric out of its bounds"):
        watching.metric(api, CHANNEL)
        mail_about(stack, "down", UP_PATIENCE, "queue")
    with step("a site that is down"):
        device = watching.site(api)
        watching.expect_down(api, device)
        mail_about(stack, "down", UP_PATIENCE, "front")
    with step("down mail"):
        told = float(mail_about(stack, "down", DOWN_PATIENCE)["Timestamp"])
    print(f"           {told - deadline:.1f} s after the deadline", flush=True)
    if told < deadline:
        raise LaneFailed("the down mail came before the deadline")
    expect_status(api, code, "down")
    with step("pinged again, with a body of an odd type"):
        expect(200, "POST", f"{api.url}/ping/{code}", "fünf Zeilen".encode(), {"Content-Type": "application/x-odd"})
    with step("up mail"):
        mail_about(stack, "up", UP_PATIENCE)
    expect_status(api, code, "up")
    if found := trouble(stack):
        raise LaneFailed(f"all mails came, but a function's log has: {found}")


def new_check(api: Api) -> str:
    """The code of a fresh check whose news go to the reader."""
    with step("channel made"):
        settings = {"address": READER}
        api.call("POST", "/api/v1/channels/", {"kind": "email", "name": CHANNEL, "settings": settings})
    with step("check made"):
        check = {"name": WATCHED, "timeout": TIMEOUT, "grace": GRACE, "channels": "*"}
        ping_url = str(api.call("POST", "/api/v1/checks/", check)["ping_url"])
    return ping_url.rstrip("/").rpartition("/")[2]


def expect_status(api: Api, code: str, wanted: str) -> None:
    """LaneFailed unless the check has that status."""
    with step(f"check is {wanted}"):
        found = api.call("GET", f"/api/v1/checks/{code}")["status"]
        if found != wanted:
            raise LaneFailed(f"the check is {found}, not {wanted}")


def verify_sender(stack: Stack) -> None:
    """SES sends only from identities that were verified; the lane does that in the owner's place."""
    variables = [function.get("Environment", {}).get("Variables", {}) for function in stack.functions().values()]
    for sender in {names["TOCSIN_MAIL_FROM"] for names in variables if "TOCSIN_MAIL_FROM" in names}:
        address = email.utils.parseaddr(sender)[1]
        stack.emulator.client("sesv2").create_email_identity(EmailIdentity=address)


def expect_refusals(stack: Stack) -> None:
    """A run in which nothing is refused would prove nothing about the policies. LaneFailed."""
    for role in {function["Role"] for function in stack.functions().values()}:
        given = stack.emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="lane")["Credentials"]
        client = stack.emulator.client(
            "s3",
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )
        if not refused(client):
            raise LaneFailed(f"{role} was not refused to list buckets: its policy is too wide, or none is enforced")


def refused(client: Any) -> bool:
    try:
        client.list_buckets()
    except botocore.exceptions.ClientError as error:
        return bool(error.response["Error"]["Code"] == "AccessDenied")
    return False


def mail_about(stack: Stack, word: str, patience: float, about: str = WATCHED) -> dict[str, Any]:
    """The first mail to the reader with that word and what it is about in its subject. LaneFailed when none comes."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        for mail in stack.emulator.mails():
            if READER in mail["To"] and {word, about} <= set(re.findall(r"\w+", mail["Subject"].lower())):
                return complete(mail)
        if found := trouble(stack):
            raise LaneFailed(f"while the {word} mail was awaited, a function's log had: {found}")
        time.sleep(1)
    subjects = [mail["Subject"] for mail in stack.emulator.mails()]
    raise LaneFailed(f"no {word} mail within {patience:.0f} s; the mails are {subjects}")


def complete(mail: dict[str, Any]) -> dict[str, Any]:
    """The mail. LaneFailed when it lacks a part."""
    missing = [part for part in ("Source", "BodyText", "BodyHtml") if not mail[part]]
    if missing:
        raise LaneFailed(f"the mail {mail['Subject']!r} has no {', '.join(missing)}")
    return mail


def trouble(stack: Stack) -> str:
    """The first line of a function's log that tells of a failure (its beginning), or nothing."""
    lines = stack.logs().splitlines()
    return next((line[:500] for line in lines if any(sign in line for sign in TROUBLE)), "")
