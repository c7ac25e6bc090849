"""E-mail through Amazon SES, version 2 of its API: one message with a text and an HTML part.

The message is made here and sent raw, so that its headers are ours: answering machines keep still (RFC 3834), mails of
one outage stand together (References), every attempt of the same news bears the same X-Tocsin-Id, and mail programs
offer to stop the mails (RFC 2369, RFC 8058).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import formataddr
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.channels import aws, details, fields, incidents, words
from chalicelib.channels.base import Outlet, message_id
from chalicelib.core.check import Ping
from chalicelib.core.news import News, Site
from chalicelib.core.postmark import Postmark
from chalicelib.net import urls

if TYPE_CHECKING:
    from jinja2 import Environment

name = "email"
service = "SES"
opens_incidents = False
secrets = ()

ADDRESSES = 10
ADDRESS_LIMIT, LOCAL_LIMIT = 254, 64
PINGS = 6
BODY_LIMIT = 2_000
DESCRIPTION_LIMIT = 2_000
# One label is no longer than 100 characters.
SUBJECT_LIMIT = 150

# What the moment of the news is called; of an outage that lasts, "Down since".
_SINCE = {"UP": "Back up since", "PAUSED": "Paused at", "NOT WATCHED": "Watched until"}
_CRLF = compat32.clone(linesep="\r\n")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["address", "down", "up"])
    given = fields.text(settings, "address", ADDRESSES * (ADDRESS_LIMIT + 2))
    addresses = list(dict.fromkeys(_address(part.strip(" ")) for part in re.split("[,;]", given)))
    if len(addresses) > ADDRESSES:
        raise fields.invalid("address", f"holds more than {ADDRESSES} addresses")
    return {"address": ", ".join(addresses), **fields.directions(settings)}


wants = fields.wants


def send(settings: dict[str, Any], news: Sequence[News], outlet: Outlet) -> None:
    to = addresses(settings)
    post(message(news, to), to, news[0].site, outlet, news[0].now, news[-1].postmark)


def post(
    mail: Message, to: list[str], site: Site, outlet: Outlet, now: datetime, postmark: Postmark | None = None
) -> None:
    """Hands a finished mail to SES. Raises Undelivered."""
    aws.ask(
        service,
        now,
        outlet.ses.send_email,
        FromEmailAddress=sender_of(site)[1],
        Destination={"ToAddresses": to},
        Content={"Raw": {"Data": mail.as_bytes(policy=_CRLF)}},
        **_followed(postmark, outlet),
    )


def _followed(mark: Postmark | None, outlet: Outlet) -> dict[str, Any]:
    """Has SES say what becomes of the mail, and what it says bear its postmark."""
    if not outlet.mail_set:
        return {}
    tags = [{"Name": name, "Value": value} for name, value in mark.tags().items()] if mark else []
    return {"ConfigurationSetName": outlet.mail_set, "EmailTags": tags}


def addresses(settings: dict[str, Any]) -> list[str]:
    """To whom a channel's mails go."""
    return str(settings["address"]).split(", ")


def rate(outlet: Outlet) -> float | None:
    """How many recipients a second SES takes of this account, as it says itself; None where it does not."""
    return aws.figure(service, lambda: float(outlet.ses.get_account().get("SendQuota", {}).get("MaxSendRate", 0)))


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return dict(settings)


def message(news: Sequence[News], addresses: list[str]) -> MIMEMultipart:
    """The mail as it goes out, all of it in 7-bit characters; several news stand in it one below the other.

    The older half of the email package makes it: the newer one drops spaces from long subjects that mix alphabets.
    """
    name, sender = sender_of(news[0].site)
    contents = {"subject": subject(news), "told": [_contents(one) for one in news], "stop": news[0].stop}
    outages = dict.fromkeys(incidents.name(one) for one in news)
    mail = MIMEMultipart("alternative")
    mail["From"] = formataddr((name, sender))
    mail["To"] = ", ".join(addresses)
    mail["Subject"] = encoded(subject(news))
    mail["References"] = " ".join(f"<{outage}@{sender.rpartition('@')[2]}>" for outage in outages)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Tocsin-Id"] = words.one_line(message_id(news), 200)
    for header, value in stopping(news[0].stop).items():
        mail[header] = value
    mail.attach(part("plain", _render("mail.txt.j2", contents)))
    mail.attach(part("html", _render("mail.html.j2", contents)))
    return mail


def subject(news: Sequence[News]) -> str:
    """DOWN | Backup, or of several news 2 DOWN, 1 UP | Backup, Web, Load."""
    counts = Counter(words.headline(one) for one in news)
    told = (headline if len(news) == 1 else f"{count} {headline}" for headline, count in counts.items())
    labels = words.shortened(", ".join(words.label(one) for one in news), SUBJECT_LIMIT)
    return f"{', '.join(told)} | {labels}"


def stopping(link: str) -> dict[str, str]:
    """The headers by which a mail program stops the mails with one POST; none without a link."""
    if not link:
        return {}
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def sender_of(site: Site) -> tuple[str, str]:
    """Name and address of the installation's sender, each on one line, the name with or without quotes around it."""
    name, bracket, address = words.one_line(site.mail_from, 400).rpartition("<")
    address = address.rstrip("> ").encode("ascii", "replace").decode("ascii")
    return (name.strip(' "') if bracket else ""), address


def encoded(text: str) -> str:
    """A header's text, folded. What merely looks like an encoded word is encoded too, so that it is shown as it is."""
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, header_name="Subject").encode()


def part(subtype: str, text: str) -> MIMEText:
    """A text that stays legible as it is sent."""
    charset = Charset("utf-8")
    charset.body_encoding = QP
    return MIMEText(text, subtype, charset)  # type: ignore[arg-type]  # a Charset is documented, but not in the stubs


def _address(text: str) -> str:
    """One address, its domain in lower-case ASCII. Raises Invalid."""
    local, _, domain = text.rpartition("@")
    try:
        spelt = f"{local}@{_domain(domain)}"
    except ValueError:
        spelt = ""
    if not spelt or len(spelt) > ADDRESS_LIMIT or len(local) > LOCAL_LIMIT or not _LOCAL.fullmatch(local):
        raise fields.invalid("address", f"holds {text[:80]!a}, which is not an e-mail address")
    return spelt


def _domain(text: str) -> str:
    """A name of two labels or more with a top level that is a word: "ops@example" and "ops@10.0.0.1" are slips."""
    host = urls.host_name(text)
    if "." not in host or ":" in host or "_" in host or host.rpartition(".")[2].isdigit():
        raise ValueError("is not a mail domain")
    return host


def _contents(news: News) -> dict[str, Any]:
    """What both templates show of one of the news."""
    description = words.harmless(news.check.desc).strip()
    return {
        "headline": words.headline(news),
        "label": words.label(news),
        "summary": words.summary(news),
        "colour": words.colour(news),
        "url": words.link(news),
        "site": words.one_line(news.site.name, 100),
        "project": words.one_line(news.project, 100),
        "description": words.shortened(description, DESCRIPTION_LIMIT),
        "facts": [] if news.event == "test" else _facts(news),
        "pings": [_ping_row(ping) for ping in news.pings[:PINGS]],
        "body": words.body_text(news.body, BODY_LIMIT),
    }


def _ping_row(ping: Ping) -> tuple[str, str, str, str]:
    return ping.kind, words.ping_words(ping), words.moment(ping.at), words.one_line(ping.remote_addr, 50)


def _facts(news: News) -> list[tuple[str, str]]:
    """The table of labels and values, without what is empty."""
    check, zone = news.check, news.check.tz
    since = _SINCE.get(words.headline(news), "Down since")
    listed = [(since, words.local_moment(news.flip.at, zone))]
    if news.downtime is not None:
        if news.event == "up":
            listed.append(("Went down at", words.local_moment(news.flip.at - news.downtime, zone)))
        listed.append(("Downtime", words.lasted(news.downtime)))
    listed += [("Project", words.one_line(news.project, 100)), ("Tags", words.one_line(check.tags, 300))]
    listed += details.listed(news)
    return [(title, value) for title, value in listed if value]


def _render(template: str, contents: dict[str, Any]) -> str:
    return _environment().get_template(template).render(contents)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
