"""What a kind of channel is, and what it sends through."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.core.news import News

if TYPE_CHECKING:
    from chalicelib.channels.sender import Sender


class Kind(Protocol):
    """A kind of channel: a module of this package with these names in it."""

    name: str

    def clean(self, settings: dict[str, object]) -> dict[str, Any]:
        """The settings as they are kept: validated, complete, in one form. Raises Invalid ("settings.address", ...)."""

    def wants(self, settings: dict[str, Any], news: News) -> bool:
        """Whether a channel with these (clean) settings is to be told of `news`."""

    def send(self, settings: dict[str, Any], news: News, outlet: Outlet) -> None:
        """Tells the news, once. Raises Undelivered, without any secret in its message."""

    def public(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The settings as a reader may see them: whatever may be a secret is masked."""


@dataclass
class Outlet:
    """The ways out, each made at its first use. Region, credentials and endpoints are boto3's business.

    `allowed_networks` are networks in CIDR form that channels may reach although they are not public.
    """

    allowed_networks: tuple[str, ...] = ()
    ses_client: Any = None
    sns_client: Any = None
    sender: Sender | None = None

    @cached_property
    def ses(self) -> Any:
        return self.ses_client or _client("sesv2")

    @cached_property
    def sns(self) -> Any:
        return self.sns_client or _client("sns")

    @cached_property
    def http(self) -> Sender:
        from chalicelib.channels.sender import Sender

        return self.sender or Sender(self.allowed_networks)


# Connections that one client keeps; the deliverer tells about so many channels at the same time.
POOL = 64

# boto3's default session must not be used by two threads at once while it makes a client.
_MAKING = threading.Lock()


def _client(service: str) -> Any:
    """A client that gives up soon, for the deliverer tries again later, and that many threads may use at once."""
    import boto3
    from botocore.config import Config

    retries = {"mode": "standard", "total_max_attempts": 2}
    config = Config(connect_timeout=3, read_timeout=10, retries=retries, max_pool_connections=POOL)
    with _MAKING:
        return boto3.client(service, config=config)
