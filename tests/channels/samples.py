"""News to tell: one check that went down, and ways to change everything about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.channels import KINDS, answers
from chalicelib.core.check import Check, Flip, Ping, Status
from chalicelib.core.news import News, Site
from chalicelib.core.outages import Outage

AT = datetime(2026, 11, 21, 2, 15, 7, 250_000, tzinfo=UTC)
CODE = "2f0f6d5e-1c5a-4a0e-9d4e-0e8f6f6a2d11"

CHECK = Check(
    project="p-1",
    code=CODE,
    created=datetime(2026, 8, 1, tzinfo=UTC),
    name="Nightly backup",
    slug="nightly-backup",
    tags="prod db",
    desc="Dumps the database.",
    channels=("c-2", "c-1"),
    badge="6a2d11aa-ba09-4ee1-8d0c-0d8b2f1c7c11",
    status="down",
    last_ping=AT,
    n_pings=1234,
)

# The address of the check's page.
PAGE = "p1-" + "mzxw6ytboi" * 4 + "aeaqcaib"

SITE = Site("Tocsin", "https://tocsin.example.org", "Tocsin <alerts@example.org>")

PINGS = (
    Ping(9, "fail", AT, exitstatus=3, remote_addr="203.0.113.7"),
    Ping(8, "start", AT - timedelta(minutes=22), remote_addr="203.0.113.7"),
    Ping(7, "success", AT - timedelta(days=1), exitstatus=0, remote_addr="2001:db8::7"),
)

# Settings that each kind takes. The first of them is a text without which it takes nothing.
VALID: dict[str, dict[str, object]] = {
    "email": {"address": "ops@example.org"},
    "sms": {"number": "+37120000000"},
    "sns": {"topic": "arn:aws:sns:eu-north-1:123456789012:alerts"},
    "webhook": {"url_down": "https://hooks.example.org/down"},
    "slack": {"url": "https://hooks.slack.com/services/T1/B2/c3"},
    "pagerduty": {"routing_key": "R0" + "1a2b3c" * 5},
    "opsgenie": {"api_key": "eb243592-faa2-4ba2-a551-1afdf565c889"},
    "victorops": {"url": "https://alert.victorops.com/integrations/generic/20131114/alert/k3y/database"},
    "telegram": {"token": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawk", "chat": "-100123"},
    "discord": {"url": "https://discord.com/api/webhooks/1234/k3y"},
    "msteamsw": {"url": "https://prod-1.westeurope.logic.azure.com/workflows/w1/triggers/manual/paths/invoke?sig=k3y"},
    "ntfy": {"topic": "ops-k3y-7f3a", "token": "tk_k3y"},
    "matrix": {"token": "syt_k3y", "url": "https://matrix.example.org", "room": "!abc:example.org"},
    "mattermost": {"url": "https://chat.example.org/hooks/k3y"},
    "po": {"token": "a" * 28 + "k3", "user": "u" * 28 + "k3"},
    "googlechat": {"url": "https://chat.googleapis.com/v1/spaces/AAA/messages?key=k3y&token=k3y"},
    "rocketchat": {"url": "https://rocket.example.org/hooks/1/k3y"},
    "gotify": {"token": "Ak3y", "url": "https://gotify.example.org"},
    "zulip": {"key": "k3y", "email": "bot@zulip.example.org", "url": "https://zulip.example.org", "to": "ops"},
    "alertmanager": {"url": "https://alerts.example.org", "user": "tocsin", "password": "k3y"},
    "twilio": {"token": "0" * 32, "account": "AC" + "1" * 32, "sender": "+12025550100", "number": "+37120000000"},
    "kafka": {"url": "https://kafka.example.org", "topic": "news", "user": "tocsin", "password": "k3y"},
    "line": {"token": "k3y", "to": "U" + "4" * 32},
    "signal": {"url": "https://user:k3y@signal.example.org", "number": "+12025550100", "recipients": "+37120000000"},
    "wecom": {"url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k3y"},
    "dingtalk": {"url": "https://oapi.dingtalk.com/robot/send?access_token=k3y", "secret": "SECk3y"},
    "feishu": {"url": "https://open.feishu.cn/open-apis/bot/v2/hook/k3y", "secret": "k3y"},
    "threema": {"secret": "k3y", "identity": "*TOCSIN1", "to": "ECHOECHO"},
    "sensugo": {"key": "k3y", "url": "https://sensu.example.org"},
    "apprise": {"url": "json://tocsin:k3y@alerts.example.org/hook"},
}

HTTP_KINDS = [kind for kind in KINDS if answers.BASES.get(kind.service) == "HTTP"]


def called(name: str) -> str:
    """The setting of a kind that stands first."""
    return next(iter(VALID[name]))


# Texts that break what handles them without care.
HOSTILE = {
    "line breaks": "a\r\nBcc: eve@example.org\n\nb",
    "unicode line breaks": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "controls": "a\x00b\x1b[31mc\x7fd\x9be",
    "direction override": "a\u202egpj.exe",
    "lone surrogate": "a\ud800b",
    "markup": "<script>alert(1)</script> & \"quoted\" 'too'",
    "placeholders": "$BODY $NAME $JSON $TAG1 %s {0} {{ 7*7 }}",
    "encoded word": "=?utf-8?q?hidden?=",
    "mixed alphabets": 'a文, 8Y>=%> 😀a= ("Zä?;Ωbfu t) ' * 3,
    "very long": "x" * 100_000,
    "nothing to see": " \t\n ",
}


def check(**changes: Any) -> Check:
    return replace(CHECK, **changes)


def news(event: Any = "down", /, **changes: Any) -> News:
    """News of CHECK; `reason` and `new` change its flip, everything else the news."""
    new = changes.pop("new", "up" if event == "up" else "down")
    reason = changes.pop("reason", "fail" if new == "down" else "")
    old: Status = "up" if new == "down" else "down"
    flip = Flip("p-1", CODE, AT, old, new, reason, before=AT - timedelta(hours=1, minutes=5))
    plain: dict[str, Any] = {
        "id": "n-1",
        "event": event,
        "check": CHECK,
        "flip": flip,
        "project": "Warehouse",
        "site": SITE,
        "now": AT + timedelta(seconds=2),
        "pings": PINGS,
        "body": b"No space left on device",
        "downtime": timedelta(hours=1, minutes=5) if event == "up" else None,
        "page": PAGE,
    }
    return News(**(plain | changes))


def outage(minutes: int, ago: int = 0) -> Outage:
    """An outage of CHECK that took so long and ended so many minutes before AT."""
    end = AT - timedelta(minutes=ago)
    began = end - timedelta(minutes=minutes)
    return Outage(Flip("p-1", CODE, began, "up", "down", "fail"), Flip("p-1", CODE, end, "down", "up"))


# Ends that are no recoveries, with what a mail calls their moment.
ENDS = {
    "Watched until": news("up", new="paused", ended=True, over=(outage(65),), heard=True),
    "Paused at": news("up", new="paused", heard=True),
}
