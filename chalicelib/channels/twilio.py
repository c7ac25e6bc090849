"""Twilio: a text message from a number of the owner's own account, in one part, as through Amazon SNS.

Reference: Twilio, Programmable Messaging, "Messages resource", and "Error and Warning Dictionary".
"""

from __future__ import annotations

import re
from typing import Any

from chalicelib.channels import calls, fields, sms
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "twilio"
service = "Twilio"
opens_incidents = False
secrets = ("token",)

ENDPOINT = "https://api.twilio.com"

_ACCOUNT = re.compile(r"AC[0-9a-f]{32}")
_TOKEN = re.compile(r"[0-9a-f]{32}")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
# A number, a short code, or a sender of letters, which some countries know.
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|MG[0-9a-f]{32}")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["token", "account", "sender", "number"])
    return {
        "token": fields.matching(
            settings, "token", 40, _TOKEN, "is not the token of an account: 32 hexadecimal digits"
        ),
        "account": fields.matching(
            settings, "account", 40, _ACCOUNT, "is not the SID of an account, which begins with AC"
        ),
        "sender": fields.matching(
            settings, "sender", 40, _SENDER, "is not a number, nor the SID of a messaging service"
        ),
        "number": sms.number(settings),
    }


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    account, token = settings["account"], settings["token"]
    url = f"{ENDPOINT}/2010-04-01/Accounts/{account}/Messages.json"
    calls.send_form(outlet, service, url, message(settings, news), [news], calls.basic(account, token))


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(settings: dict[str, Any], news: News) -> dict[str, str]:
    sender = "MessagingServiceSid" if _SERVICE.fullmatch(settings["sender"]) else "From"
    return {"To": settings["number"], sender: settings["sender"], "Body": sms.message(news)}
