"""What holds for every kind that speaks to a named service: all that can be told is taken, and every refusal means what
the service says with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from chalicelib.channels import KINDS
from chalicelib.core.news import News
from tests.channels.exchanges import answer
from tests.channels.samples import ENDS, HOSTILE, VALID, check, news
from tests.channels.servers import Reply, Server
from tests.channels.services import SERVICES
from tests.channels.stage import Make

OLDER = {"email", "sms", "sns", "webhook", "slack", "pagerduty", "opsgenie", "victorops"}

each_service = pytest.mark.parametrize("name", SERVICES)


def test_every_kind_that_speaks_to_a_named_service_has_one_to_speak_to() -> None:
    assert {kind.name for kind in KINDS} - OLDER == set(SERVICES)


@each_service
@pytest.mark.parametrize(
    ("told", "says"),
    [
        (news(), "is DOWN"),
        (news(reminder=2, downtime=timedelta(hours=2)), "is still DOWN"),
        (news("up"), "is UP"),
        (ENDS["Watched until"], "is not watched any more"),
        (ENDS["Paused at"], "is paused"),
        (news("test"), "sends a test"),
        (news(page="", check=check(desc="", tags=""), project="", pings=(), body=b""), "is DOWN"),
    ],
    ids=["down", "reminder", "up", "last word", "paused", "test", "bare"],
)
def test_all_that_can_be_told_is_taken_and_says_what_happened(name: str, told: News, says: str, stage: Make) -> None:
    played = stage(name)
    played.tell(told)
    shown = played.messages[-1]
    assert "Nightly backup" in shown
    assert says in shown or name == "kafka"


@each_service
def test_the_reason_and_the_way_to_the_check_are_told(name: str, stage: Make) -> None:
    played = stage(name)
    played.tell(news())
    [shown] = played.messages
    assert "It reported a failure" in shown.replace("\\", "")
    assert news().url in shown or name in ("twilio", "telegram", "matrix")


@each_service
def test_hostile_texts_make_a_message_that_the_service_takes(name: str, stage: Make) -> None:
    played = stage(name)
    for text, event in product(HOSTILE.values(), ("down", "up", "test")):
        hostile = check(name=text, desc=text, tags=text)
        played.tell(news(event, check=hostile, project=text, reason=text, body=text.encode("utf-8", "replace")))


@each_service
def test_the_longest_texts_are_cut_to_what_the_service_takes(name: str, stage: Make) -> None:
    played = stage(name)
    for char in ("x", "é", "文", "😀", "<", "&", "*", "`", '"', "\\", "\n", "@all ", "[a](http://b.c) "):
        text, before = char * 30_000, len(played.messages)
        long = replace(check(), name=text, desc=text, tags=text)
        played.tell(news(check=long, project=text, reason=text, body=text.encode()))
        assert len(played.messages) > before, char


# What a service refuses for good, and how that shows.
WRONG: dict[str, tuple[dict[str, object], str]] = {
    "telegram": ({"token": "999:" + "x" * 35}, "answered 401 (the bot's token is not known)"),
    "discord": ({"url": "/api/webhooks/1234/old"}, "answered 404, error 10015 (the webhook is gone)"),
    "msteamsw": ({"url": "/workflows/w1?sig=old"}, "answered 401 (the signature in the address is not taken)"),
    "ntfy": ({"token": "tk_old"}, "answered 401, error 40101 (the access token is not known)"),
    "matrix": ({"token": "old"}, "answered 401, error M_UNKNOWN_TOKEN (the access token is not known)"),
    "mattermost": ({"url": "/hooks/old"}, "answered 404 (the webhook is gone)"),
    "po": ({"token": "o" * 30}, "answered 400 (the application's token is not known)"),
    "googlechat": (
        {"url": "/v1/spaces/A/messages?token=old"},
        "answered 403 (the address has no right to write to the space)",
    ),
    "rocketchat": ({"url": "/hooks/1/old"}, "answered 404 (the webhook is gone)"),
    "gotify": ({"token": "old"}, "answered 401 (the application's token is not known)"),
    "zulip": (
        {"key": "old"},
        "answered 401, error UNAUTHORIZED (the bot's address or key is not known, or it may not write there)",
    ),
    "alertmanager": ({"password": "old"}, "answered 401 (the user or password is not taken)"),
    "twilio": ({"token": "f" * 32}, "answered 401, error 20003 (the account or its token is not known)"),
    "kafka": ({"password": "old"}, "answered 401, error 401 (the user is not known, or may not write to the topic)"),
    "line": ({"token": "old"}, "answered 401 (the channel access token is not known, or may not send)"),
    "signal": ({"number": "+12025550199"}, "answered 400 (the sender is not registered with Signal)"),
    "wecom": ({"url": "/send?key=old"}, "answered 200, error 93000 (the robot is gone)"),
    "dingtalk": (
        {"secret": "SECold"},
        "answered 200, error 310000 (the robot's security settings refuse it: signature, keyword or address)",
    ),
    "feishu": ({"secret": "old"}, "answered 200, error 19021 (the bot's security settings refuse it)"),
    "threema": ({"secret": "old"}, "answered 401 (the gateway's identity or secret is not known)"),
    "sensugo": ({"key": "old"}, "answered 401 (the API key is not known, or may not write there)"),
    "apprise": ({"url": "/hook"}, "Apprise cannot read the address"),
}


@each_service
def test_what_is_refused_for_good_is_final_and_says_why(name: str, stage: Make, server: Server) -> None:
    wrong, said = WRONG[name]
    if "url" in wrong:
        wrong = {"url": server.url(str(wrong["url"]))}
    played = stage(name)
    error = played.refusal(news(), **wrong)
    assert (error.message, error.permanent) == (said, True)
    assert not played.messages


# How each service says that it takes no more, and for how many seconds it is to be left alone.
LIMITS: dict[str, tuple[Reply, float]] = {
    "telegram": (answer(429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 31}}), 31.0),
    "discord": (answer(429, {"message": "You are being rate limited.", "retry_after": 4.25, "global": False}), 4.25),
    "msteamsw": (answer(429, Retry_After="20"), 20.0),
    "ntfy": (answer(429, {"code": 42908, "http": 429, "error": "limit reached: daily message quota reached"}), 900.0),
    "matrix": (answer(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}), 2.5),
    "mattermost": (answer(429, X_RateLimit_Reset="12"), 12.0),
    "po": (answer(429, {"status": 0, "errors": ["application is over its message limit"]}), 900.0),
    "googlechat": (answer(429, {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}), 60.0),
    "rocketchat": (answer(429, {"success": False, "error": "Error, too many requests."}), 60.0),
    "gotify": (answer(503, Retry_After="20"), 20.0),
    "zulip": (answer(429, {"result": "error", "code": "RATE_LIMIT_HIT", "retry-after": 28.7}), 28.7),
    "alertmanager": (answer(429, "too many alerts"), 60.0),
    "twilio": (answer(429, {"code": 20429, "status": 429}), 60.0),
    "kafka": (answer(200, {"error_code": 42901, "message": "Produce limit exceeded"}), 60.0),
    "line": (answer(429, {"message": "You have reached your monthly limit."}), 900.0),
    "signal": (answer(400, {"error": "Rate limit: captcha required"}), 900.0),
    "wecom": (answer(200, {"errcode": 45009, "errmsg": "api freq out of limit"}), 60.0),
    "dingtalk": (answer(200, {"errcode": 130101, "errmsg": "send too fast"}), 60.0),
    "feishu": (answer(200, {"code": 11232, "msg": "frequency limited"}), 60.0),
    "threema": (answer(429), 60.0),
    "sensugo": (answer(429), 60.0),
    "apprise": (answer(429, Retry_After="20"), 20.0),
}


@each_service
def test_who_takes_no_more_is_left_alone_for_as_long_as_he_says(name: str, stage: Make) -> None:
    reply, seconds = LIMITS[name]
    played = stage(name)
    played.answers(reply)
    error = played.refusal(news())
    assert (error.permanent, error.after) == (False, seconds)


@each_service
def test_what_fails_on_the_way_is_tried_again_under_the_same_id(name: str, stage: Make, server: Server) -> None:
    played = stage(name)
    plays, server.plays = server.plays, lambda _: Reply(502)
    error = played.refusal(news(id="n-9"))
    assert (error.message, error.permanent, error.unanswered) == ("answered 502", False, True)
    server.plays = plays
    played.tell(news(id="n-9"))
    first, second = server.received
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == "n-9"
    assert first == second


@each_service
@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_an_answer_that_repeats_a_secret_is_not_repeated(name: str, status: int, stage: Make) -> None:
    played = stage(name)
    for secret in [str(VALID[name][key]) for key in played.kind.secrets if VALID[name].get(key)]:
        said = dict.fromkeys(("error", "message", "code", "errcode", "error_code", "StatusCode"), secret)
        played.answers(answer(status, said, X_Echo=secret))
        assert secret not in played.refusal(news()).message
