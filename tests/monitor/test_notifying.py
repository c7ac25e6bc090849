"""What the notifications of an alert definition stand for."""

from __future__ import annotations

import pytest

from chalicelib.core.errors import Invalid
from chalicelib.monitor.managing import notifying
from chalicelib.monitor.managing.notifying import Wanted
from tests.cases import each

ALERT = "00000001-0000-4000-8000-000000000000"
HOOK = "https://hooks.slack.com/services/T0/B0/secret"
KEY = "0123456789abcdef0123456789abcdef"
PEOPLE = {
    ("group:ops", "email"): ["ann@example.org", "bob"],
    ("active:ops", "sms"): ["+371 2000 0000"],
    ("group:none", "email"): [],
}


def people(name: str, kind: str) -> list[str]:
    return PEOPLE[name, kind]


def meant(text: str) -> list[Wanted] | str:
    return notifying.wanted(notifying.read(text), people)


def only(text: str) -> Wanted:
    found = meant(text)
    assert not isinstance(found, str)
    (one,) = found
    return one


@pytest.mark.parametrize("name", ["send_mail", "send_email", "notify_mail", "notify_email"])
def test_a_mail_is_one_channel_for_all_its_addresses(name: str) -> None:
    one = only(f"{name}('a@example.org', 'b@example.org', subject='x', cc=['c@example.org'], html=True, repeat=600)")
    assert (one.kind, one.settings["address"]) == ("email", "a@example.org, b@example.org, c@example.org")
    assert (one.remind, one.whole) == (600, False)


@pytest.mark.parametrize("name", ["send_sms", "notify_sms"])
def test_a_text_message_is_a_channel_for_each_number(name: str) -> None:
    found = meant(f"{name}('+371 2000 0000', '+37120000001', message='x')")
    assert [one.settings["number"] for one in found if isinstance(one, Wanted)] == ["+37120000000", "+37120000001"]


def test_groups_are_whoever_is_in_them_and_has_an_address() -> None:
    assert only("send_mail('group:ops')").settings["address"] == "ann@example.org"
    assert only("send_sms('active:ops')").settings["number"] == "+37120000000"
    assert meant("send_mail('group:none')") == "nobody is behind the groups that it names"


def test_a_channel_is_the_same_whatever_it_says_and_however_often_it_reminds() -> None:
    codes = {
        only(text).code(ALERT)
        for text in (
            "send_mail('a@example.org')",
            "notify_email('a@example.org', repeat=3600)",
            "send_mail('a@example.org', subject='Other')",
        )
    }
    others = {
        only(text).code(ALERT)
        for text in ("send_mail('b@example.org')", "send_mail('a@example.org', per_entity=False)")
    }
    assert (len(codes), len(others), codes & others) == (1, 2, set())
    assert only("send_mail('a@example.org')").code(ALERT.replace("1", "2")) not in codes


@pytest.mark.parametrize(("repeat", "remind"), [(0, 0), (1, 300), (60.5, 300), (3600, 3600)])
def test_a_reminder_comes_no_more_often_than_channels_remind(repeat: float, remind: int) -> None:
    assert only(f"send_mail('a@example.org', repeat={repeat})").remind == remind


def test_slack_pagerduty_and_opsgenie_have_their_keys_in_the_call() -> None:
    assert only(f"send_slack('{HOOK}', '#ops', message='x')").settings == {"url": HOOK}
    room = "https://chat.googleapis.com/v1/spaces/AAA/messages?key=k&token=t"
    assert only(f"send_google_hangouts_chat(webhook_link='{room}')").settings == {"url": room}
    paged = only(f"notify_pagerduty('x', routing_key='{KEY}', region='eu')")
    assert (paged.settings, paged.whole) == ({"routing_key": KEY, "region": "eu"}, True)
    told = only(f"notify_opsgenie(message='x', teams=['ops'], api_key='{KEY}', per_entity=True)")
    assert (told.settings["api_key"], told.whole) == (KEY, False)


@pytest.mark.parametrize("text", ["notify_slack('')", "notify_pagerduty('x')", "notify_opsgenie(teams=['ops'])"])
def test_without_a_key_nobody_is_told(text: str) -> None:
    assert meant(text) == "it names no key: that of the service has to stand in the call"


def test_a_request_carries_the_alert_and_what_its_owner_wrote() -> None:
    text = "notify_http('https://example.org/$NAME?a=1', body={'a': '$NAME'}, params={'b': 2}, headers={'X-A': '1'})"
    settings = only(text).settings
    for direction in ("down", "up"):
        assert settings[f"url_{direction}"] == "https://example.org/%24NAME?a=1&b=2"
        assert settings[f"headers_{direction}"] == {"X-A": "1"}
        assert settings[f"body_{direction}"] == '{"alert": $ZMON_ALERT, "body": {"a": "\\u0024NAME"}}'
    bare = only("notify_http('https://example.org/', include_alert=False)").settings
    assert bare["body_down"] == '{"body": null}'


def test_two_requests_to_one_address_are_two_channels_and_the_same_twice_is_one() -> None:
    texts = [f"notify_http('https://example.org/', body={body})" for body in (1, 2, 1)]
    found = notifying.all_wanted(texts, people)
    assert [one.settings["body_down"][-2:] for one in found] == ["1}", "2}"]
    assert len({one.code(ALERT) for one in found}) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("send_hipchat(room='x', message='y')", "the service is no more"),
        ("notify_hubot('queue', 'https://example.org')", "the service is no more"),
        ("send_push('https://example.org', key='x')", "the service is no more"),
        ("notify_twilio(numbers=['+1'])", "there is no account for it here"),
    ],
)
def test_what_nobody_delivers_is_kept_and_says_why(text: str, why: str) -> None:
    found = meant(text)
    assert isinstance(found, str) and found.startswith(why)


@each(
    ("text", "message"),
    [
        ("send_mail(", "notifications[0] cannot be read: SyntaxError: '(' was never closed (line 1, column 10)"),
        ("send_letter('a')", "notifications[0] calls send_letter, which is none of send_mail, send_email"),
        ("send_mail()", "notifications[0] send_mail: it names nobody (line 1, column 1)"),
        ("send_mail('a@example.org', 'b')", "notifications[0] send_mail: address "),
        ("send_mail('a@example.org',\n 'b')", "(line 2, column 2)"),
        ("send_mail('a@example.org', cc=['b'])", "(line 1, column 31)"),
        ("send_mail(5)", "send_mail: an address must be a text (line 1, column 11)"),
        ("send_mail('a@example.org', colour='red')", "there is no argument colour, or it stands twice (line 1, col"),
        ("send_mail('a@example.org', repeat='soon')", "send_mail: repeat cannot be a str (line 1, column 35)"),
        ("send_mail('a@example.org', repeat=-1)", "repeat must be from 0 to 604800 seconds (line 1, column 35)"),
        ("send_mail('a@example.org', repeat=True)", "send_mail: repeat cannot be a bool (line 1, column 35)"),
        ("send_sms('12')", "send_sms: number is not a phone number in international form"),
        ("send_slack('#ops')", "send_slack: url "),
        ("send_slack('a', 'b', 'c', True, 1, 2)", "send_slack: it takes 5 arguments (line 1, column 36)"),
        ("send_slack('a', webhook='b')", "there is no argument webhook, or it stands twice"),
        ("notify_http()", "notify_http: it needs a url (line 1, column 1)"),
        ("notify_http('ftp://example.org')", "notify_http: url_down "),
        ("notify_http('https://example.org', oauth2=True)", "notify_http: oauth2 is not served"),
        ("notify_http('https://example.org', headers={'Host': 'x'})", "notify_http: headers_down must not set Host"),
        ("notify_pagerduty(routing_key='x')", "notify_pagerduty: routing_key is not an integration key"),
        ("send_mail(*['a@example.org'] * 3)", "is expected"),
        (f"send_mail({', '.join(repr(f'a{n}@example.org') for n in range(51))})", "it names more than 50"),
        ("x" * 8_001, "notifications[0] must not be longer than 8000 characters"),
        ("notify_channel()", "notify_channel: it names no channel (line 1, column 1)"),
        ("notify_channel('a', 1)", "a channel is named by its id or its name (line 1, column 21)"),
        ("notify_channel('a', repeat=60)", "there is no argument repeat, or it stands twice (line 1, column 28)"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        notifying.read_all([text])
    assert message in str(refused.value)


def test_a_definition_has_no_more_than_twenty() -> None:
    with pytest.raises(Invalid, match="must not be more than 20"):
        notifying.read_all(["send_mail('a@example.org')"] * 21)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("send_mail('a@example.org',repeat=60)", "send_mail('a@example.org', repeat=60)"),
        (f"send_slack('{HOOK}', '#ops')", "send_slack(webhook=\u2022\u2022\u2022, channel='#ops')"),
        (f"notify_pagerduty(routing_key='{KEY}')", "notify_pagerduty(routing_key=\u2022\u2022\u2022)"),
    ],
)
def test_whoever_may_only_read_is_shown_no_key(text: str, shown: str) -> None:
    assert notifying.read(text).masked == shown
