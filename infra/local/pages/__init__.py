"""The runner's own pages: a start page, and the outbox with every message sent. The app knows nothing of them.

/                  where to begin (unless the app has a page of its own there)
/outbox            every message, newest first; /outbox/<number> opens one
/outbox.json       the same for scripts: [{"kind", "to", "subject", "text", "html", "at"}], newest first
/outbox/webhook... takes any request and shows it in the outbox, to try webhook channels with
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.local.gateway import BODY_LIMIT, NOT_FOUND, TOO_LARGE, target
from infra.local.outbox import Outbox, Sent
from infra.local.wsgi import Answer, Environ, error, json_answer

HOOK = "/outbox/webhook"
_HERE = Path(__file__).parent
_FILES = {"/outbox/page.css": "text/css", "/outbox/page.js": "text/javascript"}

# What a page may load: its own two files. A mail is shown in a sandboxed frame, so its styles have to be allowed here.
_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; img-src data: https:"
)
_SAFE = [
    ("Content-Security-Policy", _POLICY + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
]


class Pages:
    """Answers what belongs to the runner. `start` is what the start page tells; None leaves "/" to the app. `demo` says
    what there is of the demo at that moment: for each check its name, kind, state and page."""

    def __init__(
        self, outbox: Outbox, start: dict[str, Any] | None, demo: Callable[[], list[dict[str, str]]] = list
    ) -> None:
        self._outbox = outbox
        self._start = start
        self._demo = demo
        self._templates = Environment(
            loader=FileSystemLoader(_HERE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(moment=_moment, pretty=_pretty)
        self._exact: dict[str, Callable[[], Answer]] = {
            "/outbox": lambda: self._page(None),
            "/outbox.json": self._json,
            "/outbox/latest": self._latest,
            **{path: _file(path, kind) for path, kind in _FILES.items()},
            **({"/": self._begin} if start else {}),
        }

    def handle(self, environ: Environ) -> Answer | None:
        """The answer, None for what is not the runner's."""
        path, _ = target(environ)
        if path == HOOK or path.startswith(HOOK + "/"):
            return self._hook(environ, path)
        find = self._exact.get(path) or self._numbered(path)
        if find is None:
            return None
        return find() if environ["REQUEST_METHOD"] in ("GET", "HEAD") else error(405, "method not allowed")

    def _numbered(self, path: str) -> Callable[[], Answer] | None:
        match = re.fullmatch(r"/outbox/([0-9]{1,9})", path)
        return (lambda: self._page(int(match[1]))) if match else None

    def _page(self, number: int | None) -> Answer:
        listed = self._outbox.newest_first()
        opened = self._outbox.get(number) if number else next(iter(listed), None)
        if number and opened is None:
            return NOT_FOUND
        return self._html("outbox.html.j2", listed=listed, opened=opened, frame=opened and _frame(opened))

    def _begin(self) -> Answer:
        return self._html("start.html.j2", **(self._start or {}), demo=self._demo())

    def _html(self, template: str, **shown: Any) -> Answer:
        text = self._templates.get_template(template).render(shown)
        return Answer(200, text.encode(), [("Content-Type", "text/html; charset=utf-8"), *_SAFE])

    def _json(self) -> Answer:
        return json_answer(200, [_document(sent) for sent in self._outbox.newest_first()])

    def _latest(self) -> Answer:
        return json_answer(200, max((sent.number for sent in self._outbox.newest_first()), default=0))

    def _hook(self, environ: Environ, path: str) -> Answer:
        if int(environ.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
            return TOO_LARGE
        body = environ["wsgi.input"].read().decode("utf-8", "replace")
        self._outbox.add("webhook", environ["REQUEST_URI"], f"{environ['REQUEST_METHOD']} {path}", body)
        return Answer(200, b"OK", [("Content-Type", "text/plain")])


def _file(path: str, kind: str) -> Callable[[], Answer]:
    body = (_HERE / path.rpartition("/")[2]).read_bytes()
    return lambda: Answer(200, body, [("Content-Type", f"{kind}; charset=utf-8"), *_SAFE])


def _document(sent: Sent) -> dict[str, Any]:
    fields = sent.to_document()
    del fields["number"]
    return fields


def _frame(sent: Sent) -> str:
    """The mail for its frame; its links open beside the page."""
    return sent.html.replace("<head>", '<head><base target="_blank">', 1)


def _pretty(text: str) -> str:
    """JSON, as topics and webhooks carry it, with its structure to be seen; anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _moment(at: datetime, form: str = "%d %b %H:%M:%S") -> str:
    return at.strftime(form)
