"""WeCom (WeChat Work): a text through a robot of a group. As text it has no markup, and calls nobody.

Reference: WeCom, "Group robot configuration" and "Global error codes".
"""

from __future__ import annotations

from typing import Any

from chalicelib.channels import calls, fields, texts
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "wecom"
service = "WeCom"
opens_incidents = False
secrets = ("url",)

# In bytes.
TEXT_LIMIT = 2_048


clean = fields.webhook
wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    document = {"msgtype": "text", "text": {"content": texts.plain(news, TEXT_LIMIT, texts.utf8)}}
    calls.send_json(outlet, service, settings["url"], document, [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)
