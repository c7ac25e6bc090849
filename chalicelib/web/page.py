"""The page of one check, which mails and messages link to: GET /status/<address>. It shows much and opens nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from chalicelib import gateway
from chalicelib.gateway import Reply, Request, public, resource
from chalicelib.monitor.views import pages
from chalicelib.web import gathering, rendering, view

TROUBLE = {
    404: ("No such check", "The address may be mistyped, or it leads nowhere any more since you were sent it."),
    405: ("Not like this", "This page can be read, and that is all."),
    503: ("One moment", "The check cannot be read right now. Please try again shortly."),
}
OTHER_TROUBLE = ("Something went wrong", "That is our fault, and it has been noted. Please try again later.")


class Voice(gateway.Voice):
    """Whatever goes wrong is told on a page of the same look; no page is kept, framed, indexed or leaves a trail."""

    prefixes: ClassVar[tuple[str, ...]] = ("/status",)
    error = "text/html"
    trouble: ClassVar[Mapping[int, tuple[str, str]]] = TROUBLE
    forms: ClassVar[str] = "'none'"

    def broken(self, status: int, _message: str, _field: str = "") -> Reply:
        title, text = self.trouble.get(status, OTHER_TROUBLE)
        return rendering.page("trouble.html.j2", {"name": title, "text": text}, status)

    def finish(self, request: Request, methods: tuple[str, ...], reply: Reply) -> Reply:
        headers = rendering.headers(rendering.STYLE, forms=self.forms)
        reply.headers = {**headers, "X-Robots-Tag": "noindex, nofollow", **reply.headers}
        if request.method == "HEAD":
            reply.body = ""
        return super().finish(request, methods, reply)


def _show(request: Request) -> Reply:
    """Show the page of one check. It can be read, and opens nothing."""
    found = gathering.gather(request.services, pages.check_behind(request.parts["address"]))
    return rendering.page("check.html.j2", view.page(found, request.services.site))


RESOURCES = [resource("/status/{address}", Voice(), GET=public(_show, "text/html"), HEAD=public(_show, ""))]
