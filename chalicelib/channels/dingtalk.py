"""DingTalk: a text through a custom robot of a group, signed if the robot asks for that.

A robot may ask for a word instead, which every message must hold: the name of the installation stands in each.

Reference: DingTalk, "Custom robot access" and "Customize robot security settings".
"""

from __future__ import annotations

import base64
import hmac
from typing import Any
from urllib.parse import urlencode

from chalicelib.channels import calls, fields, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "dingtalk"
service = "DingTalk"
opens_incidents = False
secrets = ("url", "secret")

# In bytes; DingTalk takes 20,000.
TEXT_LIMIT = 8_000


clean = fields.signed_webhook
wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    text = f"{words.one_line(news.site.name, 100)}: {texts.plain(news, TEXT_LIMIT - 500, texts.utf8)}"
    document = {"msgtype": "text", "text": {"content": text}, "at": {"isAtAll": False}}
    calls.send_json(outlet, service, address(settings, news), document, [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def address(settings: dict[str, Any], news: News) -> str:
    """The robot's address, signed with the moment at which it is called: it holds for an hour."""
    url, secret = settings["url"], settings["secret"]
    if not secret:
        return str(url)
    timestamp = str(int(news.now.timestamp() * 1000))
    digest = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), "sha256")
    signed = urlencode({"timestamp": timestamp, "sign": base64.b64encode(digest).decode("ascii")})
    return f"{url}{'&' if '?' in url else '?'}{signed}"
