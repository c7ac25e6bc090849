"""`python -m infra.admin [--stage S] [--endpoint URL] [--url URL] COMMAND...`: has the command run in the right place.

Exit codes: 0, 1 for what went wrong, 2 for a command line that makes no sense.
"""

from __future__ import annotations

import getpass
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from urllib.parse import urlsplit

from chalicelib import settings, store
from chalicelib.monitor.services import Services
from infra import account
from infra.admin import arguments, caller, commands, importing
from infra.admin.arguments import Help, Usage

RUNNER = "http://127.0.0.1:8000"
ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB")


def main(argv: Sequence[str]) -> int:
    try:
        code, output = _run(argv)
    except Help as wanted:
        code, output = 0, str(wanted).rstrip()
    except (Usage, settings.BadSettings) as error:
        code, output = 2, str(error)
    print(output if code == 0 else f"infra.admin: {output}", file=sys.stdout if code == 0 else sys.stderr)
    return code


def _run(argv: Sequence[str]) -> tuple[int, str]:
    place, command = arguments.split_place(argv)
    parsed = arguments.command(command)  # what makes no sense is said at once, before anything is asked
    if place.url and (place.stage or place.endpoint):
        raise Usage("--url is a running service, --stage and --endpoint are tables: say one or the other")
    address = "" if not place.url and _tables_meant(place) else _address("--url", place.url or RUNNER)
    secret = _secret() if arguments.wants_secret(parsed) else ""
    document = ""
    if parsed.noun == "import":
        document, secret = importing.document(parsed, secret), ""  # the key was for the source alone
    if address:
        return caller.ask(address, command, secret, document)
    return commands.answer(_services(place), command, secret, document)


def _secret() -> str:
    """The password, which is no word of the command line: other users see those of a process, and shells keep them."""
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    try:
        return sys.stdin.readline().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise Usage("the password that came on standard input is not UTF-8") from None


def _tables_meant(place: Namespace) -> bool:
    return bool(place.stage or place.endpoint or any(os.environ.get(name) for name in ENDPOINTS))


def _services(place: Namespace) -> Services:
    """The services over the tables of the stage; where they are and whose key opens them is boto3's business."""
    if place.endpoint:
        os.environ["AWS_ENDPOINT_URL"] = _address("--endpoint", place.endpoint)
        os.environ.pop("AWS_ENDPOINT_URL_DYNAMODB", None)  # it would win
    for name in ENDPOINTS:
        if os.environ.get(name):
            _address(name, os.environ[name])
    account.choose_region()
    stage = {"TOCSIN_STAGE": place.stage} if place.stage else {}
    found = settings.load({**os.environ, **stage})
    store.connect(found)
    return Services(found)


def _address(option: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise Usage(f"{option} must be a URL such as {RUNNER}, not {text!r}")
    return text.rstrip("/")


if __name__ == "__main__":
    # What goes wrong is said in one line; the log's own lines are for CloudWatch.
    logging.getLogger("tocsin").addHandler(logging.NullHandler())
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
