"""The demo's channels, one of each kind, and a way out for what they send that leads no farther than the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.channels.sender import Answer
from infra.local.environ import REGION, TOPIC
from infra.local.outbox import Outbox

if TYPE_CHECKING:
    from chalicelib.channels.sender import Sender

# The end of addresses that nobody has (RFC 2606), and the word in the logins of services with addresses of their own.
NOWHERE = ".example"
LOGIN = "dem0" * 9
RETIRED = "hooks.slack.example"

_NUMBER = "+37120000000"
# Kind, name, settings; `$ROOT` is where the runner is.
CHANNELS: list[tuple[str, str, dict[str, Any]]] = [
    ("email", "Operations", {"address": "operations@example.org"}),
    ("sms", "On call", {"number": _NUMBER}),
    ("sns", "Incident topic", {"topic": f"arn:aws:sns:{REGION}:123456789012:{TOPIC}"}),
    (
        "webhook",
        "Status board",
        {
            "url_down": "$ROOT/outbox/webhook/status-board",
            "body_down": '{"check": $NAME_JSON, "up": false}',
            "url_up": "$ROOT/outbox/webhook/status-board",
            "body_up": '{"check": $NAME_JSON, "up": true}',
        },
    ),
    ("slack", "Retired room", {"url": f"https://{RETIRED}/services/T0000/B0000/gone"}),
    ("pagerduty", "Rota", {"routing_key": LOGIN[:32]}),
    ("opsgenie", "Second rota", {"api_key": "de000000-de00-4e00-8e00-de0000000000"}),
    ("victorops", "Third rota", {"url": "https://victorops.example/integrations/generic/20131114/alert/k/shop"}),
    ("telegram", "Group", {"token": f"1000000:{LOGIN[:35]}", "chat": "-100123"}),
    ("discord", "Server", {"url": "https://discord.example/api/webhooks/1234/k"}),
    ("msteamsw", "Team", {"url": "https://teams.example/workflows/w1/triggers/manual/paths/invoke?sig=k"}),
    ("ntfy", "Telephones", {"topic": "shop", "url": "https://ntfy.example"}),
    ("matrix", "Room", {"token": "k", "url": "https://matrix.example", "room": "!shop:matrix.example"}),
    ("mattermost", "Town square", {"url": "https://mattermost.example/hooks/k"}),
    ("po", "Pager", {"token": LOGIN[:30], "user": LOGIN[:30]}),
    ("googlechat", "Space", {"url": "https://chat.example/v1/spaces/AAA/messages?key=k&token=k"}),
    ("rocketchat", "Bridge", {"url": "https://rocketchat.example/hooks/1/k"}),
    ("gotify", "Desktop", {"token": "k", "url": "https://gotify.example"}),
    ("zulip", "Stream", {"key": "k", "email": "bot@zulip.example", "url": "https://zulip.example", "to": "ops"}),
    ("alertmanager", "Alertmanager", {"url": "https://alertmanager.example"}),
    (
        "twilio",
        "Call centre",
        {"token": "de" * 16, "account": "AC" + "de" * 16, "sender": "+12025550100", "number": _NUMBER},
    ),
    ("kafka", "Log of events", {"url": "https://kafka.example", "topic": "news"}),
    ("line", "Line", {"token": LOGIN, "to": "U" + "4" * 32}),
    ("signal", "Signal", {"url": "https://signal.example", "number": "+12025550100", "recipients": _NUMBER}),
    ("wecom", "Office", {"url": "https://wecom.example/cgi-bin/webhook/send?key=k"}),
    ("dingtalk", "Works", {"url": "https://dingtalk.example/robot/send?access_token=k"}),
    ("feishu", "Studio", {"url": "https://feishu.example/open-apis/bot/v2/hook/k"}),
    ("threema", "Threema", {"secret": LOGIN[:32], "identity": "*TOCSIN1", "to": "ECHOECHO"}),
    ("sensugo", "Sensu", {"key": "k", "url": "https://sensu.example"}),
    ("apprise", "Anything else", {"url": "jsons://apprise.example/shop"}),
]
# Services whose addresses are fixed are known by the login in the call.
_LOGINS = tuple(
    value
    for _, _, settings in CHANNELS
    for key, value in settings.items()
    if key in ("routing_key", "api_key", "account", "token", "secret") and len(value) >= 30
)


class Collecting:
    """In place of a sender: calls of the demo's channels go into the outbox, those of all others `out`, or into the
    outbox too while there is no way out, as for what is told of the past."""

    def __init__(self, sent: Outbox, out: Sender | None = None) -> None:
        self._sent, self._out = sent, out

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, **how: Any) -> Answer:
        if self._out and not _is_of_demo(url, headers, body or b""):
            return self._out.send(method, url, headers, body, **how)
        host = urlsplit(url).hostname or ""
        if host == RETIRED:
            return Answer(404, b"no_service")
        self._sent.add("webhook", host, f"{method} {urlsplit(url).path}", (body or b"").decode())
        return Answer(200, b"")


def _is_of_demo(url: str, headers: Mapping[str, str], body: bytes) -> bool:
    host = urlsplit(url).hostname or ""
    call = "\n".join([url, *headers.values(), body.decode("utf-8", "replace")])
    return host.endswith(NOWHERE) or any(login in call for login in _LOGINS)
