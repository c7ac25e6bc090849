"""What a kind of channel is, and what it sends through."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Literal, Protocol

from chalicelib.core.news import News

if TYPE_CHECKING:
    from chalicelib.channels.sender import Sender


# What can be told of a check. A reminder is a "down" that is told again.
Event = Literal["down", "up", "test"]


class Kind(Protocol):
    """A kind of channel: a module of this package with these names in it."""

    name: str
    # Whose answers it gets, see `meanings.BASES`.
    service: str
    # Whether "down" opens an incident at the service, which "up" closes.
    opens_incidents: bool

    @property
    def secrets(self) -> tuple[str, ...]:
        """The settings that hold secrets: `public` covers them, and a dialect may leave them out."""

    def clean(self, settings: dict[str, object], /) -> dict[str, Any]:
        """The settings as they are kept: validated, complete, in one form. Raises Invalid ("settings.address", ...)."""

    def wants(self, settings: dict[str, Any], event: Event, /) -> bool:
        """Whether these (clean) settings let an event through; `everything` for a kind without directions."""

    def send(self, settings: dict[str, Any], news: Sequence[News], outlet: Outlet, /) -> str | None:
        """Tells the news, which is one or several, in their order: in one message, or `in_turn`. Raises Undelivered,
        without any secret in its message; then all of them are told again, each under the id that it had. Answers the
        receipt by which the service names the message later, where it takes no postmark with it."""

    def public(self, settings: dict[str, Any], /) -> dict[str, Any]:
        """The settings as a reader may see them: whatever may be a secret is masked."""


# The shape of `Kind.send`.
Send = Callable[[dict[str, Any], Sequence[News], "Outlet"], str | None]


def everything(_settings: dict[str, Any], _event: Event) -> bool:
    """The `wants` of a kind whose settings know no directions."""
    return True


def in_turn(tell: Callable[[dict[str, Any], News, Outlet], str | None]) -> Send:
    """The `send` of a kind whose message tells one thing: several news go out one after another, in their order."""

    @wraps(tell)
    def send(settings: dict[str, Any], news: Sequence[News], outlet: Outlet) -> str | None:
        return [tell(settings, one, outlet) for one in news][-1]

    return send


def message_id(news: Sequence[News]) -> str:
    """The id of a message that tells these news: that of the one, or a hash of all. Same content, same id."""
    if len(news) == 1:
        return news[0].id
    return hashlib.sha256("\n".join(one.id for one in news).encode("utf-8", "replace")).hexdigest()


@dataclass
class Outlet:
    """What channels send through: SES, SNS and HTTP, each made when it is first used. boto3 finds out the region, the
    credentials and the endpoints.

    `allowed_networks` are networks in CIDR form that channels may reach although they are not public. Mails go out
    under the configuration set `mail_set` of SES, which says what became of them; without one, nobody learns it.
    """

    allowed_networks: tuple[str, ...] = ()
    ses_client: Any = None
    sns_client: Any = None
    sender: Sender | None = None
    mail_set: str = ""
    logs_client: Any = None

    @cached_property
    def ses(self) -> Any:
        return self.ses_client or _client("sesv2")

    @cached_property
    def sns(self) -> Any:
        return self.sns_client or _client("sns")

    @cached_property
    def logs(self) -> Any:
        return self.logs_client or _client("logs")

    @cached_property
    def http(self) -> Sender:
        from chalicelib.channels.sender import Sender

        return self.sender or Sender(self.allowed_networks)


# Connections that one client keeps; the deliverer tells about so many channels at the same time.
POOL = 64

# boto3's default session must not be used by two threads at once while it makes a client.
_MAKING = threading.Lock()


def _client(service: str) -> Any:
    """A client that gives up soon, for the deliverer tries again later, and that many threads may use at once.

    It sends nothing twice by itself: who says that this is too much is not asked again at once, and what failed on the
    way may have been taken.
    """
    import boto3
    from botocore.config import Config

    retries = {"mode": "standard", "total_max_attempts": 1}
    config = Config(connect_timeout=3, read_timeout=10, retries=retries, max_pool_connections=POOL)
    with _MAKING:
        return boto3.client(service, config=config)
