"""The environment of the app on this machine: its own settings, and an AWS that can only be the emulated one."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

REGION = "eu-north-1"
# A topic that is there from the start, to try channels of kind "sns" with.
TOPIC = "tocsin-local"
# Who is told when an alert names nobody; the outbox takes it.
OWNER = "owner@example.org"
# Where SNS writes about text messages that failed; the account is moto's.
SMS_LOG = f"sns/{REGION}/123456789012/DirectPublishToPhoneNumber/Failure"
LOOPBACK = ("127.0.0.0/8", "::1/128")

# Whatever these prefixes name could lead a call elsewhere: credentials, profiles, endpoints, proxies of the emulation.
_FOREIGN = ("AWS_", "BOTO", "MOTO_", "TEST_SERVER_MODE", "TEST_PROXY_MODE")

_EMULATED = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
}


def prepare(site_root: str, environ: MutableMapping[str, str], *, endpoint: str = "") -> None:
    """Sets up `environ` for the app, which must not have been imported yet.

    The owner's own TOCSIN_* settings hold, but for the stage and the address. With `endpoint`, AWS is emulated there
    instead of in this process.
    """
    for name in [name for name in environ if name.startswith(_FOREIGN)]:
        del environ[name]
    environ.update(_EMULATED)
    if endpoint:
        environ["AWS_ENDPOINT_URL"] = endpoint
        environ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false"
    environ["TOCSIN_STAGE"] = "local"
    environ.setdefault("TOCSIN_MAIL_TO", OWNER)
    environ.setdefault("TOCSIN_TOPIC_PREFIX", TOPIC)
    environ["TOCSIN_SITE_ROOT"] = site_root
    environ["TOCSIN_SMS_LOG"] = SMS_LOG
    environ.pop("TOCSIN_PING_ENDPOINT", None)
    environ.pop("TOCSIN_LEAN_TRANSPORT", None)  # a way past botocore is one past the emulation
    environ["TOCSIN_ALLOWED_NETWORKS"] = " ".join([environ.get("TOCSIN_ALLOWED_NETWORKS", ""), *LOOPBACK]).strip()
