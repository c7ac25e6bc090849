"""elasticsearch(): counts, searches and the health of a cluster, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from chalicelib.commands import web
from chalicelib.commands.base import TIMEOUT, CommandError, Context, text, whole
from chalicelib.languages.conditions.exposed import Exposed

SIZE = 10
SIZE_MAX = 1_000
INDICES_MAX = 10


def make(context: Context) -> Callable[..., Cluster]:
    def elasticsearch(
        url: object = None,
        timeout: object = TIMEOUT,
        oauth2: object = False,
        oauth2_token_name: object = "uid",
    ) -> Cluster:
        address = text(context.own("url", url, "elasticsearch"), "url").rstrip("/")
        return Cluster(context, address, timeout, text(oauth2_token_name, "oauth2_token_name") if oauth2 else "")

    return elasticsearch


class Cluster(Exposed):
    names: ClassVar[frozenset[str]] = frozenset({"count", "search", "health"})

    def __init__(self, context: Context, address: str, timeout: object, token: str) -> None:
        self._context, self._address, self._timeout, self._token = context, address, timeout, token

    def health(self) -> Any:
        return self._asked("_cluster/health")

    def count(self, indices: object = None, q: object = "", body: object = None) -> Any:
        """What Elasticsearch answers: `count` and what it thinks of its shards."""
        return self._found(indices, "_count", q, body)

    def search(
        self, indices: object = None, q: object = "", body: object = None, source: object = True, size: object = SIZE
    ) -> Any:
        """What Elasticsearch answers: `hits`, at most `size`, with what stands in them unless `source` is False."""
        most = whole(size, "size", 0, SIZE_MAX)
        if body is None:
            return self._found(indices, "_search", q, None, size=most, _source=str(bool(source)).lower())
        more = {"size": most} if source else {"size": most, "_source": False}
        return self._found(indices, "_search", q, {**_object(body), **more})

    def _found(self, indices: object, action: str, q: object, body: object, **params: object) -> Any:
        path = "/".join((*_spelt(indices), action))
        if q:
            params["q"] = text(q, "q")
        return self._asked(path, params, None if body is None else json.dumps(_object(body), default=str))

    def _asked(self, path: str, params: Mapping[str, object] | None = None, body: str | None = None) -> Any:
        page = web.fetch(
            self._context,
            f"{self._address}/{path}",
            method="GET" if body is None else "POST",
            headers=None if body is None else {"Content-Type": "application/json"},
            params=params,
            body=body or "",
            timeout=self._timeout,
            token=self._token,
        )
        page.require()
        return page.json()


def _spelt(indices: object) -> list[str]:
    if indices is None or indices == []:
        return []
    if not isinstance(indices, (list, tuple)) or len(indices) > INDICES_MAX:
        raise CommandError(f"indices must be a list of at most {INDICES_MAX} names")
    return [",".join(quote(text(one, "an index", 255), safe="*-_.:") for one in indices)]


def _object(body: object) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise CommandError("body must be a dict")
    return body
