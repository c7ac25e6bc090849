"""The services as they answer: each takes what the real one takes, and refuses the rest with the real one's own codes.

A service is a function that is handed a request and the messages that it has taken before, and answers the request;
what it shows to its readers it adds to the messages.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.channels.exchanges import Tags, answer, document, form, is_basic, utf16
from tests.channels.samples import VALID
from tests.channels.servers import Received, Reply

Service = Callable[[Received, list[str]], Reply]


def telegram(received: Received, messages: list[str]) -> Reply:
    def refuse(status: int, description: str) -> Reply:
        return answer(status, {"ok": False, "error_code": status, "description": description})

    if received.path != f"/bot{VALID['telegram']['token']}/sendMessage":
        return refuse(401, "Unauthorized")
    sent = document(received)
    if sent["chat_id"] != VALID["telegram"]["chat"]:
        return refuse(400, "Bad Request: chat not found")
    read = Tags.read(sent["text"], "b", "a", "pre")
    if not read.is_sound:
        return refuse(400, "Bad Request: can't parse entities")
    if not 0 < utf16(read.text) <= 4_096:
        return refuse(400, "Bad Request: message is too long")
    messages.append(read.text)
    return answer(200, {"ok": True, "result": {"message_id": len(messages)}})


def discord(received: Received, messages: list[str]) -> Reply:
    if not received.path.startswith("/api/webhooks/1234/k3y?"):
        return answer(404, {"message": "Unknown Webhook", "code": 10015})
    sent = document(received)
    [embed] = sent["embeds"]
    fields = embed["fields"]
    texts = [embed["title"], embed["description"], embed["footer"]["text"], *(field["value"] for field in fields)]
    names = [field["name"] for field in fields]
    fits = utf16(embed["title"]) <= 256 and utf16(embed["description"]) <= 4_096 and len(fields) <= 25
    fits &= all(0 < utf16(field["value"]) <= 1_024 and 0 < utf16(field["name"]) <= 256 for field in fields)
    if not fits or sum(map(utf16, texts + names)) > 6_000 or sent["allowed_mentions"] != {"parse": []}:
        return answer(400, {"code": 50035, "message": "Invalid Form Body"})
    messages.append("\n".join([*texts, embed.get("url", "")]))
    return answer(200, {"id": "1"}) if "wait=true" in received.path else answer(204)


def teams(received: Received, messages: list[str]) -> Reply:
    if "sig=k3y" not in received.path:
        return answer(401, {"error": {"code": "DirectApiAuthorizationRequired", "message": "no"}})
    if len(received.body) * 1.2 > 28_672:
        return answer(413, {"error": {"code": "RequestEntityTooLarge"}})
    sent = document(received)
    [attachment] = sent["attachments"]
    card = attachment["content"]
    if sent["type"] != "message" or card["type"] != "AdaptiveCard" or card["version"] != "1.2":
        return answer(400, {"error": {"code": "TriggerInputSchemaMismatch"}})
    if any(block["type"] != "RichTextBlock" or not block["inlines"] for block in card["body"]):
        return answer(400, {"error": {"code": "TriggerInputSchemaMismatch"}})
    lines = ["".join(run["text"] for run in block["inlines"]) for block in card["body"]]
    messages.append("\n".join([*lines, *(action["url"] for action in card.get("actions", []))]))
    return answer(202)


def ntfy(received: Received, messages: list[str]) -> Reply:
    def refuse(code: int, error: str) -> Reply:
        return answer(code // 100, {"code": code, "http": code // 100, "error": error})

    sent = document(received)
    if received.headers.get("Authorization") != f"Bearer {VALID['ntfy']['token']}":
        return refuse(40101, "unauthorized")
    if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", sent["topic"]):
        return refuse(40009, "invalid request: topic invalid")
    if len(sent["message"].encode()) > 4_096:
        return refuse(41301, "attachment too large, or bandwidth limit reached")
    if len(sent["title"].encode()) > 1_024:
        return refuse(40057, "title too long")
    if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", sent["sequence_id"]) or not 1 <= sent["priority"] <= 5:
        return refuse(40049, "invalid request: sequence id invalid")
    messages.append("\n".join([sent["title"], sent["message"], sent.get("click", "")]))
    return answer(200, {"id": "x"})


def matrix(received: Received, messages: list[str]) -> Reply:
    def refuse(status: int, code: str) -> Reply:
        return answer(status, {"errcode": code, "error": "no"})

    if received.headers.get("Authorization") != f"Bearer {VALID['matrix']['token']}":
        return refuse(401, "M_UNKNOWN_TOKEN")
    room = re.fullmatch(r"/_matrix/client/v3/rooms/([^/]+)/send/m\.room\.message/([^/]+)", received.path)
    if not room or received.method != "PUT":
        return refuse(404, "M_UNRECOGNIZED")
    if unquote(room[1]) != VALID["matrix"]["room"]:
        return refuse(403, "M_FORBIDDEN")
    if len(received.body) > 65_000 * 1.5 or len(json.dumps(document(received), ensure_ascii=False).encode()) > 65_000:
        return refuse(413, "M_TOO_LARGE")
    sent = document(received)
    read = Tags.read(sent["formatted_body"], "p", "strong", "a", "br")
    if not read.is_sound or sent["m.mentions"] != {} or sent["msgtype"] != "m.text":
        return refuse(400, "M_BAD_JSON")
    shown = f"{sent['body']}\n{read.text}"
    if shown not in messages:
        messages.append(shown)
    return answer(200, {"event_id": "$1"})


def mattermost(received: Received, messages: list[str]) -> Reply:
    if received.path != "/hooks/k3y":
        return answer(404, {"id": "web.incoming_webhook.invalid.app_error", "status_code": 404})
    [attachment] = document(received)["attachments"]
    texts = [attachment["text"], attachment["footer"], *(field["value"] for field in attachment["fields"])]
    if sum(map(len, texts)) > 16_383:
        return answer(400, {"id": "web.incoming_webhook.text.length.app_error", "status_code": 400})
    messages.append("\n".join(texts))
    return Reply(200, {}, b"ok")


def pushover(received: Received, messages: list[str]) -> Reply:
    def refuse(**wrong: Any) -> Reply:
        return answer(400, {"status": 0, "request": "r", **wrong})

    sent = form(received)
    if sent["token"] != VALID["po"]["token"]:
        return refuse(token="invalid", errors=["application token is invalid"])
    if received.path.startswith("/1/receipts/cancel_by_tag/"):
        messages.append(f"cancelled {received.path.rpartition('/')[2]}")
        return answer(200, {"status": 1, "canceled": 1})
    if sent["user"] != VALID["po"]["user"]:
        return refuse(user="invalid", errors=["user identifier is not a valid user, group, or subscribed user key"])
    if not 0 < len(sent["message"]) <= 1_024 or len(sent["title"]) > 250 or len(sent.get("url", "")) > 512:
        return refuse(message="too long", errors=["message is too long"])
    if sent["priority"] == "2" and not (int(sent["retry"]) >= 30 and int(sent["expire"]) <= 10_800):
        return refuse(expire="must be supplied", errors=["expire must be supplied with priority=2"])
    messages.append("\n".join([sent["title"], sent["message"], sent.get("url", "")]))
    return answer(200, {"status": 1, "request": "r", **({"receipt": "x" * 30} if sent["priority"] == "2" else {})})


def googlechat(received: Received, messages: list[str]) -> Reply:
    def refuse(code: int, status: str) -> Reply:
        return answer(code, {"error": {"code": code, "message": "no", "status": status}})

    query = parse_qs(urlsplit(received.path).query)
    if query.get("token") != ["k3y"]:
        return refuse(403, "PERMISSION_DENIED")
    if len(received.body) > 32_000:
        return refuse(400, "INVALID_ARGUMENT")
    [card] = document(received)["cardsV2"]
    [section] = card["card"]["sections"]
    shown = [card["card"]["header"]["title"]]
    for widget in section["widgets"]:
        text = widget.get("textParagraph", widget.get("decoratedText", {})).get("text", "")
        read = Tags.read(text)
        if not read.is_sound:
            return refuse(400, "INVALID_ARGUMENT")
        buttons = widget.get("buttonList", {}).get("buttons", [])
        shown += [read.text, *(button["onClick"]["openLink"]["url"] for button in buttons)]
    if "\n".join(shown) not in messages:
        messages.append("\n".join(shown))
    return answer(200, {"name": query["requestId"][0]})


def rocketchat(received: Received, messages: list[str]) -> Reply:
    if received.path != "/hooks/1/k3y":
        return answer(404, {"success": False, "error": "Invalid integration id or token provided."})
    text = document(received)["text"]
    if len(text) > 5_000:
        return answer(400, {"success": False, "error": "error-message-size-exceeded"})
    messages.append(text)
    return answer(200, {"success": True})


def gotify(received: Received, messages: list[str]) -> Reply:
    if received.headers.get("X-Gotify-Key") != VALID["gotify"]["token"] or received.path != "/message":
        return answer(401, {"error": "Unauthorized", "errorCode": 401, "errorDescription": "no"})
    sent = document(received)
    if not sent["message"] or sent["extras"]["client::display"]["contentType"] != "text/plain":
        return answer(400, {"error": "Bad Request", "errorCode": 400, "errorDescription": "no"})
    messages.append("\n".join([sent["title"], sent["message"]]))
    return answer(200, {"id": 1})


def zulip(received: Received, messages: list[str]) -> Reply:
    def refuse(status: int, code: str) -> Reply:
        return answer(status, {"result": "error", "msg": "no", "code": code})

    if not is_basic(received, str(VALID["zulip"]["email"]), str(VALID["zulip"]["key"])):
        return refuse(401, "UNAUTHORIZED")
    sent = form(received)
    if len(sent["content"]) > 10_000 or len(sent.get("topic", "x")) not in range(1, 61):
        return refuse(400, "BAD_REQUEST")
    if sent["type"] == "stream" and sent["to"] != VALID["zulip"]["to"]:
        return refuse(400, "STREAM_DOES_NOT_EXIST")
    messages.append(sent["content"])
    return answer(200, {"result": "success", "id": 1})


def alertmanager(received: Received, messages: list[str]) -> Reply:
    if not is_basic(received, str(VALID["alertmanager"]["user"]), str(VALID["alertmanager"]["password"])):
        return Reply(401, {}, b"Unauthorized")
    [alert] = document(received)
    if not all(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name) for name in (*alert["labels"], *alert["annotations"])):
        return answer(400, "bad_data: invalid label set")
    starts, ends = (datetime.fromisoformat(alert[key]) for key in ("startsAt", "endsAt"))
    if ends < starts or not all(alert["labels"].values()):
        return answer(400, "bad_data: start time must be before end time")
    messages.append("\n".join([*alert["annotations"].values(), alert.get("generatorURL", "")]))
    return answer(200)


def twilio(received: Received, messages: list[str]) -> Reply:
    def refuse(status: int, code: int) -> Reply:
        return answer(status, {"code": code, "message": "no", "status": status})

    account, token = str(VALID["twilio"]["account"]), str(VALID["twilio"]["token"])
    if not is_basic(received, account, token):
        return refuse(401, 20003)
    sent = form(received)
    if sent["To"] != VALID["twilio"]["number"]:
        return refuse(400, 21211)
    if len(sent["Body"]) > 1_600 or not sent.get("From", sent.get("MessagingServiceSid")):
        return refuse(400, 21617)
    messages.append(sent["Body"])
    return answer(201, {"sid": "SM1", "status": "queued"})


def kafka(received: Received, messages: list[str]) -> Reply:
    if not is_basic(received, str(VALID["kafka"]["user"]), str(VALID["kafka"]["password"])):
        return answer(401, {"error_code": 401, "message": "Unauthorized"})
    sent = document(received)
    if received.path == "/topics/news":
        [record] = sent["records"]
        messages.append(json.dumps(record["value"], ensure_ascii=False))
        return answer(200, {"offsets": [{"partition": 0, "offset": 1, "error_code": None, "error": None}]})
    if received.path == "/v3/clusters/c1/topics/news/records":
        messages.append(json.dumps(sent["value"]["data"], ensure_ascii=False))
        return answer(200, {"error_code": 200, "offset": 1})
    return answer(404, {"error_code": 40403, "message": "This server does not host this topic-partition."})


def line(received: Received, messages: list[str]) -> Reply:
    if received.headers.get("Authorization") != f"Bearer {VALID['line']['token']}":
        return answer(401, {"message": "Authentication failed"})
    sent = document(received)
    [message] = sent["messages"]
    if sent["to"] != VALID["line"]["to"] or not 0 < utf16(message["text"]) <= 5_000:
        return answer(400, {"message": "The request body has 1 error(s)"})
    if not re.fullmatch(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", received.headers["X-Line-Retry-Key"]):
        return answer(400, {"message": "Invalid retry key"})
    messages.append(message["text"])
    return answer(200, {})


def signal(received: Received, messages: list[str]) -> Reply:
    if received.path != "/v2/send" or not is_basic(received, "user", "k3y"):
        return Reply(401)
    sent = document(received)
    if sent["number"] != VALID["signal"]["number"]:
        return answer(400, {"error": "User +1 is not registered."})
    if len(sent["message"].encode()) > 2_000:
        return answer(400, {"error": "too long"})
    messages.append(sent["message"])
    return answer(201, {"timestamp": "1"})


def wecom(received: Received, messages: list[str]) -> Reply:
    if not received.path.endswith("key=k3y"):
        return answer(200, {"errcode": 93000, "errmsg": "invalid webhook url"})
    text = document(received)["text"]["content"]
    if len(text.encode()) > 2_048:
        return answer(200, {"errcode": 45002, "errmsg": "content size out of limit"})
    messages.append(text)
    return answer(200, {"errcode": 0, "errmsg": "ok"})


def dingtalk(received: Received, messages: list[str]) -> Reply:
    query = parse_qs(urlsplit(received.path).query)
    secret = str(VALID["dingtalk"]["secret"])
    signed = hmac.digest(secret.encode(), f"{query['timestamp'][0]}\n{secret}".encode(), "sha256")
    if query["sign"] != [base64.b64encode(signed).decode()]:
        return answer(200, {"errcode": 310000, "errmsg": "sign not match"})
    text = document(received)["text"]["content"]
    if len(text.encode()) > 20_000 or "Tocsin" not in text:
        return answer(200, {"errcode": 310000, "errmsg": "keywords not in content"})
    messages.append(text)
    return answer(200, {"errcode": 0, "errmsg": "ok"})


def feishu(received: Received, messages: list[str]) -> Reply:
    sent, secret = document(received), str(VALID["feishu"]["secret"])
    signed = hmac.digest(f"{sent['timestamp']}\n{secret}".encode(), b"", "sha256")
    if sent["sign"] != base64.b64encode(signed).decode():
        return answer(200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"})
    if len(received.body) > 20_480 * 2 or len(json.dumps(sent, ensure_ascii=False).encode()) > 20_480:
        return answer(200, {"code": 11246, "msg": "request too large"})
    post = sent["content"]["post"]["en_us"]
    elements = [element for row in post["content"] for element in row]
    messages.append("\n".join([post["title"], *(one.get("href", one["text"]) for one in elements)]))
    return answer(200, {"StatusCode": 0, "StatusMessage": "success", "code": 0, "msg": "success"})


def threema(received: Received, messages: list[str]) -> Reply:
    sent = form(received)
    if sent["secret"] != VALID["threema"]["secret"] or sent["from"] != VALID["threema"]["identity"]:
        return Reply(401)
    if sent.get("to") != VALID["threema"]["to"]:
        return Reply(400)
    if len(sent["text"].encode()) > 3_500:
        return Reply(413)
    messages.append(sent["text"])
    return Reply(200, {}, b"0123456789abcdef")


def sensu(received: Received, messages: list[str]) -> Reply:
    if received.headers.get("Authorization") != f"Key {VALID['sensugo']['key']}":
        return answer(401, {"message": "bad credentials", "code": 1})
    if received.path != "/api/core/v2/namespaces/default/events":
        return answer(404, {"message": "not found", "code": 2})
    event = document(received)
    names = [event[part]["metadata"]["name"] for part in ("entity", "check")]
    if not all(re.fullmatch(r"[\w.\-]+", name) for name in names) or event["check"]["interval"] < 1:
        return answer(400, {"message": "name invalid", "code": 3})
    messages.append("\n".join([event["check"]["output"], *event["check"]["metadata"]["annotations"].values()]))
    return answer(201)


# By the name of the kind.
def apprise(received: Received, messages: list[str]) -> Reply:
    """The one of its services that takes any JSON."""
    if not is_basic(received, "tocsin", "k3y"):
        return Reply(401)
    sent = document(received)
    if received.method != "POST" or received.path != "/hook" or not sent["title"]:
        return Reply(400)
    messages.append(f"{sent['title']}\n{sent['message']}")
    return Reply()


SERVICES: dict[str, Service] = {
    "telegram": telegram,
    "discord": discord,
    "msteamsw": teams,
    "ntfy": ntfy,
    "matrix": matrix,
    "mattermost": mattermost,
    "po": pushover,
    "googlechat": googlechat,
    "rocketchat": rocketchat,
    "gotify": gotify,
    "zulip": zulip,
    "apprise": apprise,
    "alertmanager": alertmanager,
    "twilio": twilio,
    "kafka": kafka,
    "line": line,
    "signal": signal,
    "wecom": wecom,
    "dingtalk": dingtalk,
    "feishu": feishu,
    "threema": threema,
    "sensugo": sensu,
}
