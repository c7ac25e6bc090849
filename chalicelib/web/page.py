"""The page of one check, which mails and messages link to: GET /status/<badge>. It shows much and opens nothing."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib import gateway
from chalicelib.gateway import Reply, Request, public, resource
from chalicelib.monitor.views import badges
from chalicelib.web import gathering, view

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
TROUBLE = {
    404: ("No such check", "The address may be mistyped, or the check has been deleted since you were sent it."),
    405: ("Not like this", "This page can be read, and that is all."),
    503: ("One moment", "The check cannot be read right now. Please try again shortly."),
}
OTHER_TROUBLE = ("Something went wrong", "That is our fault, and it has been noted. Please try again later.")


class Voice(gateway.Voice):
    """Whatever goes wrong is told on a page of the same look; no page is kept, framed, indexed or leaves a trail."""

    prefixes = ("/status",)

    def broken(self, status: int, _message: str, _field: str = "") -> Reply:
        title, text = TROUBLE.get(status, OTHER_TROUBLE)
        return _page("trouble.html.j2", {"name": title, "text": text}, status)

    def finish(self, request: Request, methods: tuple[str, ...], reply: Reply) -> Reply:
        reply.headers = {**_headers(), **reply.headers}
        if request.method == "HEAD":
            reply.body = ""
        return super().finish(request, methods, reply)


def _show(request: Request) -> Reply:
    found = gathering.gather(request.services, badges.check_behind(request.parts["badge"]))
    return _page("check.html.j2", view.page(found, request.services.site), 200)


def _page(template: str, values: dict[str, Any], status: int) -> Reply:
    body = _environment().get_template(template).render(values)
    return Reply(status, body, content_type="text/html; charset=utf-8")


@cache
def _headers() -> dict[str, str]:
    """The page needs nothing but its own style, which is named by its hash, and the picture in its head."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:"
    return {
        "Content-Security-Policy": f"{policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }


@cache
def _style() -> str:
    return (TEMPLATES / "page.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    # Not at the top: most processes answer pings and never draw a page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style"] = Markup(_style())
    return environment


RESOURCES = [resource("/status/{badge}", Voice(), GET=public(_show), HEAD=public(_show))]
