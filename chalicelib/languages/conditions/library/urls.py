"""urlparse: the parts of a URL, None of what is none."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from chalicelib.languages.conditions.budget import Run
from chalicelib.languages.conditions.library.registry import native
from chalicelib.languages.conditions.values import Record


class _Parts(Record):
    """Parts by name and by number."""

    __slots__ = ("parts",)

    def __init__(self, fields: dict[str, Any], parts: tuple[str, ...]) -> None:
        super().__init__("ParseResult", fields, {})
        self.parts = parts

    def item(self, run: Run, index: Any) -> Any:
        return self.parts[index]


@native("urlparse")
def _urlparse(run: Run, url: Any) -> Any:
    if type(url) is not str:
        return None
    run.write(len(url))
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        return None
    parts = (found.scheme, found.netloc, found.path, "", found.query, found.fragment)
    names = ("scheme", "netloc", "path", "params", "query", "fragment")
    fields = dict(zip(names, parts, strict=True))
    more = {"hostname": found.hostname, "port": port, "username": found.username, "password": found.password}
    return _Parts({**fields, **more}, parts)
