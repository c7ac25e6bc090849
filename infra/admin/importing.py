"""The command `import`: has the text at hand where it is typed, and makes what it holds where the tables are."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from argparse import Namespace
from collections import Counter
from pathlib import Path
from typing import Any

from chalicelib.core.errors import TocsinError
from chalicelib.monitor.services import Services
from chalicelib.store import directory
from infra import moving
from infra.admin.arguments import Usage
from infra.moving import making
from infra.moving.making import Made
from infra.moving.wanted import Found, Unreadable

PATIENCE = 30.0
SIZE = 20_000_000
_WORDS = {True: {"made": "made", "there": "there already", "refused": "REFUSED"}}
_WORDS[False] = _WORDS[True] | {"made": "would be made"}


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows nobody: the key is for the address that was typed."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def document(args: Namespace, secret: str) -> str:
    """The text that is to be imported: from the file, standard input (`-`), or the API of a Healthchecks, to which
    `secret` is the key. Raises Usage."""
    if args.source:
        return _fetched(f"{args.source.rstrip('/')}/api/v{args.api}/checks/", secret)
    try:
        text = sys.stdin.read(SIZE) if args.file == "-" else Path(args.file).expanduser().read_text("utf-8-sig")
    except OSError as error:
        raise Usage(f"cannot read {args.file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Usage(f"{args.file} is not UTF-8") from None
    return text


def _fetched(url: str, key: str) -> str:
    request = urllib.request.Request(url, headers={"X-Api-Key": key, "User-Agent": "Tocsin"})
    try:
        with urllib.request.build_opener(_Straight).open(request, timeout=PATIENCE) as answer:
            return str(answer.read(SIZE).decode())
    except urllib.error.HTTPError as error:
        with error:
            raise Usage(f"{url} answers {error.code}") from None
    except (OSError, ValueError) as error:
        raise Usage(f"{url} cannot be asked: {getattr(error, 'reason', error)}") from None


def run(services: Services, args: Namespace) -> tuple[str, Any]:
    """What became of everything, as a text and as a document; without --yes what would."""
    project = directory.project(args.code)
    try:
        found = moving.SOURCES[args.verb](args.document)
    except Unreadable as error:
        raise TocsinError(f"this cannot be imported: {error}") from None
    made = making.make(services, project, found, really=args.yes)
    return "\n".join(_lines(found, made, really=args.yes)), _document(found, made, really=args.yes)


def _lines(found: Found, made: list[Made], *, really: bool) -> list[str]:
    words = _WORDS[really]
    lines = []
    for one in made:
        lines.append(f"{words[one.becomes]}: {one.wanted.kind} {_shown(one.wanted.name)}{_why(one.why)}")
        lines += [f"    not taken along: {left}" for left in one.wanted.left if one.becomes == "made"]
    lines += [f"REFUSED: {_shown(name)}{_why(why)}" for name, why in found.skipped]
    lines += [f"not taken along: {left}" for left in found.left]
    counts = Counter(one.becomes for one in made)
    told = f"{counts['made']} {words['made']}, {counts['there']} there already, "
    told += f"{counts['refused'] + len(found.skipped)} refused"
    return [*lines, "", told if really else f"{told}. Nothing has been made: add --yes"]


def _shown(name: str) -> str:
    return repr(name)[1:-1]


def _why(why: str) -> str:
    return f": {why}" if why else ""


def _document(found: Found, made: list[Made], *, really: bool) -> dict[str, Any]:
    """The same for scripts."""
    things = [
        {
            "kind": one.wanted.kind,
            "name": one.wanted.name,
            "becomes": one.becomes,
            "why": one.why,
            "code": one.check.code if one.check else None,
            "left": one.wanted.left,
        }
        for one in made
    ]
    skipped = [{"name": name, "why": why} for name, why in found.skipped]
    return {"really": really, "checks": things, "skipped": skipped, "left": found.left}
