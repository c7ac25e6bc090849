"""Signal: a message through the owner's own signal-cli-rest-api.

Reference: signal-cli-rest-api, "Send a signal message" (v2).
"""

from __future__ import annotations

import re
from typing import Any

from chalicelib.channels import calls, fields, sms, texts
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "signal"
service = "Signal"
opens_incidents = False
# The service asks for no password itself, so that one may stand in its address.
secrets = ("url",)

# In bytes: a longer text becomes an attachment.
TEXT_LIMIT = 2_000
RECIPIENTS = 10

_RECIPIENT = re.compile(r"\+[1-9][0-9]{6,14}|group\.[A-Za-z0-9+/=_-]{10,100}|[A-Za-z_][A-Za-z0-9_]{2,31}\.[0-9]{2,9}")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["url", "number", "recipients"])
    url, sender = fields.server(settings, "url", with_user=True), sms.number(settings)
    recipients = [one.strip() for one in fields.text(settings, "recipients", 1_000).split(",")]
    if len(recipients) > RECIPIENTS:
        raise fields.invalid("recipients", f"names more than {RECIPIENTS} recipients")
    if not all(map(_RECIPIENT.fullmatch, recipients)):
        raise fields.invalid("recipients", "is not a list of numbers, user names and groups, parted by commas")
    return {"url": url, "number": sender, "recipients": ", ".join(recipients)}


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    document = {
        "message": texts.plain(news, TEXT_LIMIT, texts.utf8),
        "number": settings["number"],
        "recipients": settings["recipients"].split(", "),
        "text_mode": "normal",
    }
    calls.send_json(outlet, service, f"{settings['url']}/v2/send", document, [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)
