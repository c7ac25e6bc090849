"""Threema: a text of an identity of the gateway, in basic mode.

Reference: Threema Gateway, "Sending Messages in basic mode".
"""

from __future__ import annotations

import re
from typing import Any

from chalicelib.channels import calls, fields, texts
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "threema"
service = "Threema"
opens_incidents = False
secrets = ("secret",)

ENDPOINT = "https://msgapi.threema.ch"

# In bytes.
TEXT_LIMIT = 3_500

_GATEWAY = re.compile(r"\*[A-Z0-9]{7}")
_ID, _PHONE, _MAIL = (
    re.compile(r"[A-Z0-9]{8}"),
    re.compile(r"\+[1-9][0-9]{6,14}"),
    re.compile(r"[^\s@]{1,64}@[^\s@]{1,189}"),
)
_RECIPIENT = re.compile("|".join(form.pattern for form in (_ID, _PHONE, _MAIL)))


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["secret", "identity", "to"])
    return {
        "secret": fields.token(settings, "secret", 100),
        "identity": fields.matching(
            settings, "identity", 10, _GATEWAY, "is not an identity of the gateway, such as *MYID123"
        ),
        "to": fields.matching(
            settings, "to", 260, _RECIPIENT, "is not a Threema ID, a phone number or an address of mail"
        ),
    }


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    form = {
        "from": settings["identity"],
        **_recipient(settings["to"]),
        "secret": settings["secret"],
        "text": texts.plain(news, TEXT_LIMIT, texts.utf8),
    }
    calls.send_form(outlet, service, f"{ENDPOINT}/send_simple", form, [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def _recipient(to: str) -> dict[str, str]:
    if _PHONE.fullmatch(to):
        return {"phone": to.removeprefix("+")}
    return {"to": to} if _ID.fullmatch(to) else {"email": to}
