"""Settings, read once from the environment, which nobody else reads. The defaults suit a small owner."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass


class BadSettings(Exception):
    """A setting cannot be used; the message names the variable and says what it must be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`stage` and `prefix` name the installation: every table and queue is called `<prefix>-<stage>-<noun>`.

    `mail_to` is the owner's address, to which alerts go that name no channel; `watched_by` is called after each sweep
    that went well, so that somebody else notices when none does. `location` is the name of the place where
    this process runs; `locations` are all places that are probed from with their AWS regions, home first; `home_region`
    is set in the other regions alone: where the tables are. Channels may publish to SNS topics whose names begin with
    `topic_prefix`, "*" for all. `sms_log` is the log group in which SNS tells of text messages that failed; empty where
    nobody asks. With `confirm_addresses` news goes only to addresses and numbers whose owners have confirmed that they
    want it. With `lean_transport` the tables are called by our own transport in place of botocore's. `aws_region` is
    where this process runs, `aws_endpoint_url` where AWS is that is not Amazon's: both are in variables of AWS's own.
    """

    stage: str = "local"
    prefix: str = "tocsin"
    site_name: str = "Tocsin"
    site_root: str = ""
    ping_endpoint: str = ""
    mail_from: str = "Tocsin <alerts@localhost>"
    mail_to: str = ""
    watched_by: str = ""
    check_limit: int = 10_000
    ping_body_limit: int = 10_000
    ping_log_limit: int = 100
    ping_days: int = 90
    flip_days: int = 400
    due_shards: int = 8
    outbox_shards: int = 4
    wheel_shards: int = 4
    result_days: int = 90
    value_days: int = 35
    raw_days: int = 3
    minute_days: int = 183
    hour_days: int = 731
    location: str = "Home"
    locations: tuple[tuple[str, str], ...] = ()
    home_region: str = ""
    allowed_networks: tuple[str, ...] = ()
    topic_prefix: str = "tocsin-news"
    sms_log: str = ""
    confirm_addresses: bool = False
    lean_transport: bool = False
    aws_region: str = ""
    aws_endpoint_url: str = ""

    @property
    def places(self) -> list[str]:
        """The names of the places that can be probed from, home first."""
        return [name for name, _region in self.locations] or [self.location]

    def may_publish(self, topic: str) -> bool:
        """Whether channels may publish to the SNS topic of this ARN. The owner's alarms are nobody else's to raise, and
        what comes back nobody's to forge."""
        name = topic.rpartition(":")[2]
        begins = self.topic_prefix == "*" or name.startswith(self.topic_prefix)
        return begins and name not in (self.resource("alarms"), self.resource("feedback"))

    def resource(self, noun: str) -> str:
        """The name of this installation's table or queue for `noun`."""
        return f"{self.prefix}-{self.stage}-{noun}"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from TOCSIN_* variables. Raises BadSettings for a value that cannot be used."""
    env = os.environ if environ is None else environ
    given = {name: env[key] for name, key in _VARIABLES.items() if env.get(key)}
    values: dict[str, object] = dict(given)
    for name, (low, high) in RANGES.items():
        if name in given:
            values[name] = _number(_VARIABLES[name], given[name], low, high)
    for name in ("confirm_addresses", "lean_transport"):
        if name in given:
            values[name] = _truth(_VARIABLES[name], given[name])
    if "allowed_networks" in given:
        values["allowed_networks"] = _networks(given["allowed_networks"])
    if "locations" in given:
        values["locations"] = _locations(given["locations"])
    _require_shapes(given)
    for name in ("site_root", "ping_endpoint"):
        if name in given:
            values[name] = given[name].rstrip("/")
    return Settings(**values)  # type: ignore[arg-type]


def _require_shapes(given: Mapping[str, str]) -> None:
    for name, shape in SHAPES.items():
        if name in given and not re.fullmatch(shape.pattern, given[name]):
            raise BadSettings(f"{_VARIABLES[name]} must be {shape.words}, not {given[name]!r}")


def _networks(text: str) -> tuple[str, ...]:
    """Networks in CIDR form, separated by commas or spaces."""
    networks = tuple(text.replace(",", " ").split())
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise BadSettings(f"TOCSIN_ALLOWED_NETWORKS must list networks such as 10.0.0.0/8: {error}") from None
    return networks


def _locations(text: str) -> tuple[tuple[str, str], ...]:
    """Places and their regions, no name twice."""
    pairs = [tuple(part.strip() for part in item.split("=")) for item in text.split(",") if item.strip()]
    sound = all(len(pair) == 2 and pair[0] and re.fullmatch(REGION, pair[1]) for pair in pairs)
    if not sound or len({pair[0] for pair in pairs}) < len(pairs):
        raise BadSettings(f"TOCSIN_LOCATIONS must be {PLACES.words}, not {text!r}")
    return tuple((pair[0], pair[1]) for pair in pairs)


def _truth(key: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise BadSettings(f"{key} must be true or false, not {text!r}")
    return text == "true"


def _number(key: str, text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise BadSettings(f"{key} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a text must look: a pattern for all of it, as Python and CloudFormation both read it, and what to say."""

    pattern: str
    words: str


REGION = "[a-z]{2}(-[a-z]+)+-[0-9]+"
ADDRESS = Shape(r"[^@\s<>\",;]+@[^@\s<>\",;]+", "an address alone, as in ops@example.org")
URL = Shape(r"https?://[^\s/?#@\"<>]+(/[^\s?#\"<>]*)?", "an address of the web, as in https://up.example.org")
_PLACE = rf" *[^=,]*[^=, ][^=,]*= *{REGION} *"
PLACES = Shape(
    f"{_PLACE}(,{_PLACE})*,? *", "places and their regions, as in Stockholm SWE=eu-north-1, Dublin IRL=eu-west-1"
)
# Texts that are read by nobody before they are needed.
SHAPES = {
    "site_root": URL,
    "ping_endpoint": URL,
    "mail_to": ADDRESS,
    "watched_by": Shape(r"https?://[^\s\"<>]+", "an address of the web, as in https://hc.example.org/ping/..."),
    "home_region": Shape(REGION, "a region of AWS, as in eu-north-1"),
}
# These have their names from AWS's tools, which read them too.
BY_AWS = {"aws_region": "AWS_REGION", "aws_endpoint_url": "AWS_ENDPOINT_URL"}
_VARIABLES = {name: f"TOCSIN_{name.upper()}" for name in Settings.__dataclass_fields__} | BY_AWS
RANGES = {
    "check_limit": (1, 10_000_000),
    "ping_body_limit": (0, 100_000),
    "ping_log_limit": (1, 1_000),
    "ping_days": (1, 3_650),
    "flip_days": (1, 3_650),
    "due_shards": (1, 256),
    "outbox_shards": (1, 64),
    "wheel_shards": (1, 64),
    "result_days": (1, 3_650),
    "value_days": (1, 3_650),
    "raw_days": (1, 30),
    "minute_days": (31, 1_000),
    "hour_days": (31, 3_650),
}
