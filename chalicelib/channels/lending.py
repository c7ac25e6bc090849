"""The library Apprise, which is lent our HTTP: it says what is sent, and the sender sends it, or nobody does.

1. When it is loaded, `requests` in each of its modules is replaced by `Lent`, whose sessions hand every request to the
   message that is under way. There is no way from there to a connection: outside of a message they raise.
2. A service is told only if its class is called over HTTP in this way, whatever its address is called.
3. No redirect is followed, and no request is made once the message has failed: neither the tries that some services
   have of their own, nor what would follow.
4. What a refusal means follows from the answer, as with every other kind: its status and Retry-After.
5. Files, templates and attachments are switched off: an address could name any file of the machine.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

import apprise
import requests
from apprise.manager_attachment import AttachmentManager
from apprise.manager_plugins import NotificationManager
from requests.structures import CaseInsensitiveDict

from chalicelib.channels import answers, texts, words
from chalicelib.channels.apprise_services import REFUSED
from chalicelib.channels.base import message_id
from chalicelib.channels.sender import Answer, Sender
from chalicelib.core.errors import Undelivered
from chalicelib.core.news import News

SERVICE = "Apprise"
# Seconds after which a message makes no further request: each may take ten, and a message is leased for a minute.
LONGEST = 30.0
# In characters; few services take more, and those that take less say so.
BODY_LIMIT, BODY_LEAST = 8_000, 100

_TYPES = {"bad": apprise.NotifyType.FAILURE, "good": apprise.NotifyType.SUCCESS, "neutral": apprise.NotifyType.INFO}
# Headers that the sender makes itself.
_OURS = ("connection", "content-length", "host", "accept-encoding")


@dataclass
class _Message:
    """A message under way: what it asks goes through `http`. `failure` ended it; `refusal` is what its last request was
    answered that was refused."""

    http: Sender
    news: News
    count: int = 0
    failure: Undelivered | None = None
    refusal: Undelivered | None = None
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.now_is()

    now_is = staticmethod(time.monotonic)

    def ask(self, request: requests.PreparedRequest) -> requests.Response:
        """The answer to a request. Raises Undelivered if the message has failed with it, or had before."""
        if self.failure is None:
            try:
                return _response(request, self._ask(request))
            except Undelivered as failure:
                self.failure = failure
        raise self.failure

    def _ask(self, request: requests.PreparedRequest) -> Answer:
        if self.now_is() - self.began > LONGEST:
            raise Undelivered(f"not done within {LONGEST:g} seconds", unanswered=True)
        self.count += 1
        headers = {name: _text(value) for name, value in request.headers.items() if name.lower() not in _OURS}
        headers["Idempotency-Key"] = f"{message_id([self.news])}{f'-{self.count}' if self.count > 1 else ''}"
        body = request.body.encode() if isinstance(request.body, str) else request.body
        answer = self.http.send(request.method or "GET", request.url or "", headers, body, redirects=0)
        if not answer.ok:
            self.refusal = answers.refused(SERVICE, answer, self.news.now)
            if self.refusal.after is not None:
                raise self.refusal
        return answer


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _response(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    response = requests.Response()
    response.status_code, response._content = answer.status, answer.body
    response.headers = CaseInsensitiveDict(answer.headers)
    response.encoding = requests.utils.get_encoding_from_headers(response.headers)
    response.request, response.url = request, request.url or ""
    return response


_under_way: ContextVar[_Message] = ContextVar("_under_way")


class _Session(requests.Session):
    """Makes requests as any session, and sends none."""

    def __init__(self) -> None:
        super().__init__()
        # Neither proxies nor passwords of the machine.
        self.trust_env = False

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        # Raises LookupError outside of a message, and in a thread that somebody else has started.
        return _under_way.get().ask(request)


class Lent:
    """What stands in place of `requests`: as much of it as the services use."""

    RequestException: ClassVar[Any] = requests.RequestException
    TooManyRedirects: ClassVar[Any] = requests.TooManyRedirects
    auth: ClassVar[Any] = requests.auth
    codes: ClassVar[Any] = requests.codes
    exceptions: ClassVar[Any] = requests.exceptions
    Session: ClassVar[Any] = _Session

    @staticmethod
    def request(method: str, url: str, **more: Any) -> requests.Response:
        with _Session() as session:
            return session.request(method, url, **more)

    @classmethod
    def get(cls, url: str, **more: Any) -> requests.Response:
        return cls.request("GET", url, **more)

    @classmethod
    def post(cls, url: str, **more: Any) -> requests.Response:
        return cls.request("POST", url, **more)

    @classmethod
    def put(cls, url: str, **more: Any) -> requests.Response:
        return cls.request("PUT", url, **more)

    @classmethod
    def delete(cls, url: str, **more: Any) -> requests.Response:
        return cls.request("DELETE", url, **more)


# Many threads may tell at the same time; none may find the library half lent.
_LENDING = threading.Lock()


def lend() -> None:
    """Loads every service, once, and lends it our HTTP."""
    with _LENDING:
        _lend()


@cache
def _lend() -> None:
    # What it logs may hold addresses and answers.
    logging.getLogger("apprise").disabled = True
    NotificationManager().load_modules()
    attachments = AttachmentManager()
    attachments.load_modules()
    attachments.remove(*attachments.schemas(), unload=False)
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith("apprise.") and getattr(module, "requests", None) is requests:
            setattr(module, "requests", Lent)  # noqa: B010


def is_lent(plugin: type) -> bool:
    """Whether a service is called over HTTP that we have lent it."""
    modules = [sys.modules.get(one.__module__) for one in plugin.__mro__]
    return any(getattr(module, "requests", None) is Lent for module in modules)


def tell(url: str, news: News, http: Sender) -> None:
    """Tells the service at this address. Raises Undelivered."""
    lend()
    message = _Message(http, news)
    token = _under_way.set(message)
    try:
        plugin = _plugin(url, news)
        is_taken = message.failure is None and _notify(plugin, news)
    except Undelivered:
        raise
    except Exception as error:  # noqa: BLE001
        # The library is others' code, and what it raises may hold the address. Who tells logs what it is called.
        raise message.failure or Undelivered(f"Apprise failed ({type(error).__name__})", unanswered=True) from None
    finally:
        _under_way.reset(token)
    if message.failure or not is_taken:
        raise message.failure or message.refusal or Undelivered("the service did not say that it took the message")


def _plugin(url: str, news: News) -> Any:
    """The service at an address. Raises Undelivered if it is none, or may not be called."""
    scheme = url.partition("://")[0].lower()
    plugin = apprise.Apprise.instantiate(url, asset=_asset(news))
    if plugin is None:
        raise Undelivered("Apprise cannot read the address", permanent=True)
    if scheme in REFUSED or not is_lent(type(plugin)):
        raise Undelivered(f"{scheme}:// is not called over HTTP", permanent=True)
    # Nobody sleeps here between two requests.
    plugin.request_rate_per_sec = 0
    return plugin


def _asset(news: News) -> apprise.AppriseAsset:
    asset = apprise.AppriseAsset(
        storage_mode=apprise.PersistentStoreMode.MEMORY.value, allow_templates=False, secure_logging=True
    )
    asset.app_id = words.one_line(news.site.name, 100)
    asset.app_desc, asset.app_url = asset.app_id, news.site.root
    asset.image_url_mask = asset.image_url_logo = ""
    asset.http_redirects = asset.pem_autogen = asset.pgp_autogen = asset.async_mode = False
    return asset


def _notify(plugin: Any, news: News) -> bool:
    """Has the service tell the news, in this thread. One that knows no title has it before the text."""
    title = _encodable(texts.title(news))
    room = plugin.body_maxlen - (0 if plugin.title_maxlen else len(title) + len("\r\n"))
    body = _encodable(texts.plain(news, max(min(room, BODY_LIMIT), BODY_LEAST), titled=False))
    told = plugin.notify(
        body=body,
        title=title,
        notify_type=_TYPES[words.colour(news)],
        body_format=apprise.NotifyFormat.TEXT,
        overflow=apprise.OverflowMode.TRUNCATE,
    )
    return bool(told)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
