"""Apprise: the long tail of services, by an address of that library, such as `json://user:password@host/path`.

The library is no part of the package unless a deployment asks for it, and it is loaded only when such a channel is
told: see `lending` for what it may do then.

Reference: Apprise, "Supported Notifications" and "Universal Syntax".
"""

from __future__ import annotations

import importlib.util
from typing import Any

from chalicelib.channels import fields
from chalicelib.channels.apprise_services import REFUSED, SERVICES
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.errors import Invalid, Undelivered
from chalicelib.core.news import News

name = "apprise"
service = "Apprise"
opens_incidents = False
# Keys, passwords and tokens stand anywhere in such an address.
secrets = ("url",)

MISSING = "needs the library Apprise, which is not part of this installation: deploy it with APPRISE=1"


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["url"])
    url = fields.text(settings, "url", fields.URL_LIMIT).strip()
    scheme, sign, rest = url.partition("://")
    scheme = scheme.lower()
    if not is_installed():
        raise Invalid("kind", MISSING)
    if not (sign and rest):
        raise fields.invalid("url", "is no address of Apprise, such as json://example.org/path")
    if scheme in REFUSED:
        raise fields.invalid("url", f"cannot be used: {scheme}:// {REFUSED[scheme]}")
    if scheme not in SERVICES:
        raise fields.invalid("url", f"names no service of Apprise: {ascii(scheme)[1:-1][:60]}://")
    return {"url": f"{scheme}://{rest}"}


def is_installed() -> bool:
    """Whether the library is there. It is not loaded."""
    return importlib.util.find_spec("apprise") is not None


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    if not is_installed():
        raise Undelivered(MISSING)
    # Not at the top: nobody else waits for the library, and most installations do not have it.
    from chalicelib.channels import lending

    lending.tell(settings["url"], news, outlet.http)


def public(settings: dict[str, Any]) -> dict[str, Any]:
    """Of the address no more than the service is shown."""
    return {"url": f"{settings['url'].partition('://')[0]}://{fields.MASK}"}
