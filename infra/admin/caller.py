"""Asks the service that `make run` started on this machine to run a command: the other side of the door."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence

from infra.admin.door import HEADER, HEADER_VALUE, PATH

PATIENCE = 60.0
"""Seconds: a project with many checks takes a while to delete."""

# A proxy meant for the way to AWS has no place on the way to this machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(url: str, argv: Sequence[str], secret: str = "", document: str = "") -> tuple[int, str]:
    """The exit code and the output of the command, or 1 and a line about why there is none."""
    beside = {"secret": secret, "document": document}
    body = json.dumps({"argv": list(argv)} | {name: text for name, text in beside.items() if text}).encode()
    request = urllib.request.Request(url + PATH, body, {HEADER: HEADER_VALUE, "Content-Type": "application/json"})
    try:
        with _opener.open(request, timeout=PATIENCE) as reply:
            answer = json.load(reply)
            return int(answer["code"]), str(answer["output"])
    except urllib.error.HTTPError as error:
        with error:
            return 1, f"{url} is not a service that takes commands from here (it answers {error.code})"
    except OSError:
        return 1, f"nothing answers at {url}: start it with `make run`, or name a stage with --stage"
    except (ValueError, KeyError, TypeError):
        return 1, f"{url} is not a service that takes commands from here"
