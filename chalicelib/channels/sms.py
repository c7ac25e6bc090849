"""Text messages through Amazon SNS: one short message, as far as possible a single part."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from chalicelib.channels import aws, fields, words
from chalicelib.channels.base import Outlet, in_turn
from chalicelib.core.news import News

name = "sms"
service = "SNS"
opens_incidents = False
secrets = ()

# One part holds 160 characters of the GSM alphabet (3GPP TS 23.038), or 70 UTF-16 units of anything else.
GSM_PART, UCS2_PART = 160, 70
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_PUNCTUATION = re.compile(r"[ ().\u00a0-]")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["number", "down", "up"])
    return {"number": number(settings), **fields.directions(settings)}


def number(settings: dict[str, object]) -> str:
    """The setting `number`: a phone number in international form, without what is only there to be read."""
    given = _PUNCTUATION.sub("", fields.text(settings, "number", 40))
    if not _NUMBER.fullmatch(given):
        raise fields.invalid("number", "is not a phone number in international form, such as +37120000000")
    return given


wants = fields.wants


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> str:
    return post(settings["number"], message(news), outlet, news.now)


def post(number: str, text: str, outlet: Outlet, now: datetime) -> str:
    """Hands a text to SNS, and answers its receipt. Raises Undelivered."""
    kind = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
    values = {"PhoneNumber": number, "Message": text, "MessageAttributes": kind}
    return str(aws.ask(service, now, outlet.sns.publish, **values).get("MessageId", ""))


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return dict(settings)


def message(news: News) -> str:
    """`Tocsin: "Backup" is DOWN. Why.`, in one part: the reason goes first, then the end of the name."""
    site, says = words.one_line(news.site.name, 20), words.says(news)
    label, why = words.label(news), words.summary(news)
    for text in (f'{site}: "{label}" {says}. {why}', f'{site}: "{label}" {says}.'):
        if fits(text):
            return text
    while label and not fits(f'{site}: "{label}..." {says}.'):
        label = label[:-1].rstrip()
    return f'{site}: "{label}..." {says}.'


def fits(text: str) -> bool:
    """Whether one part holds `text`."""
    if all(char in _GSM or char in _GSM_TWICE for char in text):
        return len(text) + sum(char in _GSM_TWICE for char in text) <= GSM_PART
    return len(text.encode("utf-16-le")) // 2 <= UCS2_PART
