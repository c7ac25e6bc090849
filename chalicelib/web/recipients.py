"""The pages behind the links in mails and texts: GET shows a button and changes nothing, for scanners follow links;
POST does it, also the one click of a mail program (RFC 8058), which has no cookies and follows no redirects.

/stop/<link>      stops the mails of a channel to one reader; its button then takes them up again
/confirm/<link>   confirms that a reader wants the news of a project
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import parse_qs

from chalicelib.gateway import Reply, Request, public, resource
from chalicelib.monitor.managing import recipients
from chalicelib.monitor.managing.recipients import Reader
from chalicelib.web import page, rendering

# What the button that takes the mails up again sends; whatever else comes stops them.
RESUME = "resume"
TROUBLE = {
    404: ("No such link", "It may be incomplete, or nothing is sent there any more."),
    405: ("Not like this", "Open the link in a browser, and press the button there."),
    503: ("One moment", "This cannot be done right now. Please try again shortly."),
}


class Voice(page.Voice):
    """As the page of a check, with a button that comes back to the same address."""

    prefixes: ClassVar[tuple[str, ...]] = ("/stop", "/confirm")
    trouble = TROUBLE
    forms = "'self'"


def _show_stop(request: Request) -> Reply:
    """Show the page on which a reader stops the mails of a channel, or takes them up again."""
    reader = recipients.stopping(request.parts["link"])
    if reader.has_stopped:
        return _stopped(request, reader)
    text = f"{_about(request, reader)} will not be mailed to {reader.address} any more. Others go on getting them."
    return _page("Stop these mails?", text, "Stop these mails")


def _stop(request: Request) -> Reply:
    """Stop the mails of a channel to one reader, as mail programs do with one click; with the field
    `wish=resume`, take them up again."""
    reader = recipients.stopping(request.parts["link"])
    if _wish(request) == RESUME:
        recipients.resume(request.services, reader)
        text = f"{_about(request, reader)} are mailed to {reader.address} again."
        return _page("Taken up again", text)
    recipients.stop(request.services, reader)
    return _stopped(request, reader)


def _stopped(request: Request, reader: Reader) -> Reply:
    text = f"{_about(request, reader)} are not mailed to {reader.address} any more."
    return _page("Stopped", text, "Take them up again", RESUME)


def _show_confirm(request: Request) -> Reply:
    """Show the page on which a reader confirms that he wants the news of a project."""
    reader = recipients.confirming(request.parts["link"])
    if not reader.waits:
        return _confirmed(reader)
    site = request.services.settings.site_name
    text = f"{site} was told to send the alerts of {reader.project.name} to {reader.address}."
    return _page("Do you want these alerts?", f"{text} Until you confirm it, nothing is sent.", "Confirm")


def _confirm(request: Request) -> Reply:
    """Confirm that a reader wants the news of a project."""
    reader = recipients.confirming(request.parts["link"])
    recipients.confirm(request.services, reader)
    return _confirmed(reader)


def _confirmed(reader: Reader) -> Reply:
    text = f"The alerts of {reader.project.name} go to {reader.address}."
    return _page("Confirmed", text)


def _about(request: Request, reader: Reader) -> str:
    return f"These alerts of {reader.project.name} on {request.services.settings.site_name}"


def _wish(request: Request) -> str:
    """What a button has sent."""
    sent = parse_qs(request.body.decode("ascii", "replace"))
    return sent.get("wish", [""])[0]


def _page(title: str, text: str, button: str = "", wish: str = "") -> Reply:
    shown: dict[str, Any] = {"name": title, "text": text, "button": button, "wish": wish}
    return rendering.page("recipient.html.j2", shown)


_VOICE = Voice()


def _of(path: str, show: Callable[[Request], Reply], do: Callable[[Request], Reply]) -> Any:
    html = "text/html"
    return resource(path, _VOICE, GET=public(show, html), HEAD=public(show, ""), POST=public(do, html))


RESOURCES = [_of("/stop/{link}", _show_stop, _stop), _of("/confirm/{link}", _show_confirm, _confirm)]
