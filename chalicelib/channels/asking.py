"""Asking the owner of an address or number whether he wants the news of a project: a mail, or a text, with a link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr

from chalicelib.channels import mail, sms, words
from chalicelib.channels.base import Outlet
from chalicelib.core.news import Site

_MAIL = """\
{site} was told to send the alerts of the project {project} to {address}.

If you want them, open this page and confirm it there:

{confirm}

Until then nothing else is sent to you. If you do not want to be asked again, stop these mails:

{stop}
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody is asked: whether he wants the news of the `project`, at an `address` of a channel of this `kind`.
    At `confirm` he says so, at `stop` he stops the mails of the channel; a text has no room for the latter."""

    kind: str
    address: str
    project: str
    confirm: str
    stop: str = ""


def ask(question: Question, site: Site, outlet: Outlet, now: datetime) -> None:
    """Raises Undelivered."""
    if question.kind == sms.name:
        _text(question, site, outlet, now)
    else:
        _mail(question, site, outlet, now)


def _text(question: Question, site: Site, outlet: Outlet, now: datetime) -> None:
    said = f"{words.one_line(site.name, 20)}: alerts to this number? Confirm: {question.confirm}"
    sms.post(question.address, said, outlet, now)


def _mail(question: Question, site: Site, outlet: Outlet, now: datetime) -> None:
    name, sender = mail.sender_of(site)
    about = {"site": words.one_line(site.name, 100), "project": words.one_line(question.project, 100)}
    links = {"address": question.address, "confirm": question.confirm, "stop": question.stop}
    message = mail.part("plain", _MAIL.format(**about, **links))
    headers = {
        "From": formataddr((name, sender)),
        "To": question.address,
        "Subject": mail.encoded(f"CONFIRM | {about['project']}"),
        "Auto-Submitted": "auto-generated",
        **mail.stopping(question.stop),
    }
    for header, value in headers.items():
        message[header] = value
    mail.post(message, [question.address], site, outlet, now)
