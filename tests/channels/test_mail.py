"""E-mail: addresses, headers and both parts."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from chalicelib.channels import mail
from chalicelib.core.check import Flip, Ping
from chalicelib.core.errors import Invalid
from chalicelib.core.news import News, Site
from tests.cases import each
from tests.channels.samples import AT, CODE, ENDS, HOSTILE, check, news

HEADERS = {"content-type", "mime-version", "from", "to", "subject", "references", "auto-submitted", "x-tocsin-id"}


def written(*told: News) -> EmailMessage:
    """The mail as the one who gets it reads it, from its bytes."""
    raw = mail.message(told, ["ops@example.org"]).as_bytes()
    raw.decode("ascii")
    return email.message_from_bytes(raw, policy=email.policy.default)


def part(told: News | list[News], subtype: str) -> str:
    body = written(*(told if isinstance(told, list) else [told])).get_body((subtype,))
    assert body is not None
    return str(body.get_content())


class Page(HTMLParser):
    """The tags, the links and the text of an HTML document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


@each(
    ("given", "kept"),
    [
        ("ops@example.org", "ops@example.org"),
        ("  ops@example.org ", "ops@example.org"),
        ("a@example.org,b@example.org; c@example.org", "a@example.org, b@example.org, c@example.org"),
        ("a@example.org, a@EXAMPLE.org", "a@example.org"),
        ("First.Last+tag@Sub.Example.ORG", "First.Last+tag@sub.example.org"),
        ("o'brien_{x}@example.co.uk", "o'brien_{x}@example.co.uk"),
        ("ops@bücher.example", "ops@xn--bcher-kva.example"),
        ("ops@пример.испытание", "ops@xn--e1afmkfd.xn--80akhbyknj4f"),
    ],
)
def test_addresses_are_brought_into_one_form(given: str, kept: str) -> None:
    assert mail.clean({"address": given}) == {"address": kept, "down": True, "up": True}


@each(
    "address",
    [
        "",
        " ",
        "ops",
        "@example.org",
        "ops@",
        "ops@example",
        "ops@localhost",
        "ops@10.0.0.1",
        "ops@[10.0.0.1]",
        "ops@[::1]",
        "ops@::1",
        "ops@exa_mple.org",
        "ops@-example.org",
        "ops@example..org",
        "ops@@example.org",
        "o ps@example.org",
        "ops@exam ple.org",
        "ops@example.org\r\nBcc: eve@example.org",
        "ops\n@example.org",
        "ops@example.org\n",
        "\tops@example.org",
        "Ops <ops@example.org>",
        '"o ps"@example.org',
        ".ops@example.org",
        "ops.@example.org",
        "o..ps@example.org",
        "ops@example.org,",
        ",ops@example.org",
        "a@example.org b@example.org",
        "öps@example.org",
        "ops@" + "a" * 64 + ".org",
        "o" * 65 + "@example.org",
        "ops@" + "a." * 125 + "example.org",
        "ops(comment)@example.org",
        "ops@example.org\u202e",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as caught:
        mail.clean({"address": address})
    assert caught.value.field == "settings.address"
    assert caught.value.message.isprintable()


def test_ten_addresses_are_taken_and_eleven_are_not() -> None:
    addresses = [f"a{number}@example.org" for number in range(11)]
    assert mail.clean({"address": ",".join(addresses[:10])})["address"] == ", ".join(addresses[:10])
    with pytest.raises(Invalid, match="more than 10"):
        mail.clean({"address": ",".join(addresses)})


def test_a_reader_sees_the_address() -> None:
    settings = mail.clean({"address": "ops@example.org"})
    assert mail.public(settings) == settings


@each(
    ("told", "subject"),
    [
        (news(), "DOWN | Nightly backup"),
        (news("up"), "UP | Nightly backup"),
        (news(reminder=3), "STILL DOWN | Nightly backup"),
        (news("test", check=check(name="Operations")), "TEST | Operations"),
        (news(check=check(name="")), "DOWN | Unnamed check"),
        (news(check=check(name="Žurnāls 備份 ☃ " * 7)), "DOWN | " + ("Žurnāls 備份 ☃ " * 7).strip()),
        (news(check=check(name="=?utf-8?q?hidden?=")), "DOWN | =?utf-8?q?hidden?="),
        (news(check=check(name="x" * 300)), "DOWN | " + "x" * 99 + "…"),
    ],
)
def test_the_subject_tells_what_happened_to_what(told: News, subject: str) -> None:
    assert written(told)["Subject"] == subject


@each("text", HOSTILE.values())
def test_no_text_can_add_a_header_or_hide_itself(text: str) -> None:
    told = news(id=text, check=check(name=text), site=Site(text, "https://x.example", "Tocsin <alerts@example.org>"))
    message = written(told)
    assert {name.lower() for name in message} == HEADERS
    assert len(message.keys()) == len(HEADERS)
    assert message["Subject"].isprintable()
    assert message["To"] == "ops@example.org"


@each("text", HOSTILE.values())
def test_no_text_can_add_to_the_page(text: str) -> None:
    hostile = news(
        check=check(name=text, desc=text, tags=text),
        project=text,
        reason=text,
        body=text.encode("utf-8", "replace"),
        pings=(Ping(1, "fail", AT, remote_addr=text),),
    )
    before, after = Page(part(news(), "html")), Page(part(hostile, "html"))
    assert after.tags <= before.tags
    assert after.links == before.links
    assert not any(char in part(hostile, "plain") for char in "\x00\x1b\x7f\u202e")


def test_what_looks_like_a_template_in_a_text_is_text() -> None:
    shown = part(news(check=check(desc="{{ 7*7 }} {% include '/etc/passwd' %}")), "html")
    assert "{{ 7*7 }} {% include &#39;/etc/passwd&#39; %}" in shown


def test_every_attempt_bears_the_same_id() -> None:
    assert written(news(id="n-7"))["X-Tocsin-Id"] == written(news(id="n-7"))["X-Tocsin-Id"] == "n-7"


def test_answering_machines_are_told_to_keep_still() -> None:
    assert written(news())["Auto-Submitted"] == "auto-generated"


def test_the_mails_of_one_outage_stand_together_and_no_others() -> None:
    down, reminder = written(news())["References"], written(news(reminder=1))["References"]
    up = news("up")
    began = up.flip.before
    assert began is not None
    earlier = news(flip=Flip("p-1", CODE, began, "up", "down", "fail"))
    assert down == reminder != written(up)["References"]
    assert written(earlier)["References"] == written(up)["References"]


def test_the_code_that_can_ping_is_in_no_header() -> None:
    assert CODE not in str(list(written(news()).values()))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("alerts@example.org", ""),
        ("Žurnāls, Inc. <alerts@example.org>", "Žurnāls, Inc."),
        ('"Ops, \u2603" <alerts@example.org> ', "Ops, ☃"),
        ("A\r\nBcc: eve@example.org <alerts@example.org>", "A Bcc: eve@example.org"),
    ],
)
def test_a_sender_may_have_any_name(given: str, name: str) -> None:
    message = written(news(site=Site("Tocsin", "https://x.example", given)))
    [sender] = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "alerts@example.org")
    assert message["Bcc"] is None


def test_a_sender_that_cannot_be_one_is_for_ses_to_refuse() -> None:
    assert "From" in written(news(site=Site("Tocsin", "https://x.example", "ž\r\nBcc: eve@example.org")))


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_both_parts_tell_what_why_since_when_and_where_to_look(subtype: str) -> None:
    told = news(check=check(tz="Europe/Riga", schedule_kind="cron", schedule="0 3 * * *"))
    shown = part(told, subtype)
    for said in (
        *("DOWN", "Nightly backup", "It reported a failure (exit status 3).", "Dumps the database.", told.url),
        *("2026-11-21 02:15:07 UTC (2026-11-21 04:15:07 Europe/Riga)", "Warehouse", "prod db", "0 3 * * *"),
        *("1,234 since 2026-08-01", "1 hour", "Failed (exit status 3)", "203.0.113.7", "2001:db8::7"),
        "No space left on device",
    ):
        assert said in shown


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_good_news_tell_the_downtime_and_when_it_began(subtype: str) -> None:
    shown = part(news("up"), subtype)
    assert "It is back, after 1 hour, 5 minutes down." in shown
    assert "2026-11-21 01:10:07 UTC" in shown


@pytest.mark.parametrize("subtype", ["plain", "html"])
@pytest.mark.parametrize("called", ENDS)
def test_an_end_that_is_no_recovery_does_not_say_that_the_check_is_back(called: str, subtype: str) -> None:
    shown = part(ENDS[called], subtype)
    assert called in shown
    assert "is back" not in shown
    assert "Back up" not in shown


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_a_reminder_tells_how_long_it_has_been(subtype: str) -> None:
    shown = part(news(reminder=1, downtime=timedelta(days=2), reason="timeout"), subtype)
    assert "It has been down for 2 days." in shown
    assert "STILL DOWN" in shown


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_a_test_holds_no_facts_of_a_check(subtype: str) -> None:
    shown = part(news("test", pings=(), body=b""), subtype)
    assert "If you can read it, the channel works." in shown
    assert "Total pings" not in shown
    assert "Open the check" not in shown


def test_what_is_empty_leaves_no_trace() -> None:
    bare = check(desc="", tags="")
    shown = part(news(check=bare, pings=(), body=b"", project="", page=""), "html")
    for said in ("Tags", "Project", "Last pings", "Last ping body", "Open the check", "for the project"):
        assert said not in shown


def test_a_long_body_is_cut_and_many_pings_are_too() -> None:
    pings = tuple(Ping(n, "success", AT - timedelta(hours=n), remote_addr=f"192.0.2.{n}") for n in range(50))
    shown = part(news(body=b"y" * 100_000, pings=pings), "plain")
    assert shown.count("y" * 1_999 + "…") == 1
    assert shown.count("192.0.2.") == mail.PINGS


def test_the_text_part_keeps_the_lines_of_a_body() -> None:
    assert "\none\n  two\n" in part(news(body=b"one\r\n  two\n"), "plain").replace("\r\n", "\n")


SEVERAL = [
    news(id="n-1", check=check(name="Backup")),
    news("up", id="n-2", check=check(name="Web", desc="Serves.")),
    news(id="n-3", check=check(name="<Load>"), pings=()),
]


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_one_mail_tells_several_news_in_their_order(subtype: str) -> None:
    shown = part(SEVERAL, subtype).rpartition("<body")[2]
    said = ["Backup", "Dumps the database.", "Web", "Serves.", "Load"]
    assert sorted(said, key=shown.index) == said
    assert shown.count("DOWN") >= 2
    assert "<Load>" not in part(SEVERAL, "html")


def test_the_subject_of_several_news_counts_them() -> None:
    assert written(*SEVERAL)["Subject"] == "2 DOWN, 1 UP | Backup, Web, <Load>"
    many = [news(check=check(name="x" * 60 + str(number))) for number in range(50)]
    assert len(str(written(*many)["Subject"])) < 180


def test_a_mail_of_several_news_stands_with_all_their_outages_and_bears_one_id() -> None:
    mail_of_all, each = written(*SEVERAL), [written(one) for one in SEVERAL]
    assert set(mail_of_all["References"].split()) == {one["References"] for one in each}
    assert mail_of_all["X-Tocsin-Id"] == written(*SEVERAL)["X-Tocsin-Id"]
    assert mail_of_all["X-Tocsin-Id"] not in {one["X-Tocsin-Id"] for one in each}


STOP = "https://tocsin.example.org/stop/abcdefghijkl234567"


def test_a_mail_program_finds_how_to_stop_the_mails() -> None:
    mail = written(news(stop=STOP))
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (f"<{STOP}>", "List-Unsubscribe=One-Click")


@pytest.mark.parametrize("told", [[news(stop=STOP)], [news(stop=STOP), news("up", stop=STOP)]], ids=["one", "two"])
def test_a_reader_finds_the_link_once_in_each_part(told: list[News]) -> None:
    assert part(told, "plain").rstrip().endswith(f"Stop these mails: {STOP}")
    assert part(told, "plain").count(STOP) == 1
    assert Page(part(told, "html")).links.count(STOP) == 1


def test_without_a_link_nothing_speaks_of_stopping() -> None:
    mail = written(news())
    assert mail["List-Unsubscribe"] is mail["List-Unsubscribe-Post"] is None
    assert "Stop these mails" not in part(news(), "plain") + part(news(), "html")
