"""What may be said to `infra.admin`. A wrong word raises Usage, --help raises Help: nothing here prints or exits."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from chalicelib.core import credentials
from chalicelib.core.check import Access
from chalicelib.monitor.managing.projects import KINDS

LIMIT_MAX = 10_000_000
IMPORTED = {
    "healthchecks": "checks of Healthchecks, as its API lists them",
    "uptime-kuma": "monitors of Uptime Kuma, from its backup",
    "gatus": "endpoints of Gatus, from its configuration",
}

ABOUT = (
    "Makes, lists and removes projects; lists and replaces their keys; keeps what their check commands may log in "
    "with; makes what another monitor watches; tells how the installation fares."
)
WHERE = (
    "Without --stage and --endpoint the service that `make run` started on this machine is asked; "
    "with them the tables themselves are, with the AWS credentials and the region of your environment."
)


class Usage(Exception):
    """The command line makes no sense; the message says what is wrong with it, in a line."""


class Help(Exception):
    """Help was asked for; the message is the text of it."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Usage(f"{message} (see --help)")

    def print_help(self, file: Any = None) -> NoReturn:
        raise Help(self.format_help())


def split_place(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Where to go (stage, endpoint, url: each None if not said), and the rest, which is the command."""
    return _place().parse_known_args(list(argv))


def command(argv: Sequence[str]) -> argparse.Namespace:
    """The command in `argv`: `noun` and `verb` name it, `json` says how to answer."""
    args = _commands().parse_args(argv)
    if args.stage or args.endpoint or args.url:
        raise Usage("a place is not part of a command (see --help)")
    return args


def _place() -> _Parser:
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--stage", help="the stage whose tables to use, as it was deployed")
    parser.add_argument(
        "--endpoint", help="the URL of a DynamoDB or an emulated AWS instead of Amazon's (stage `local`)"
    )
    parser.add_argument("--url", help="where `make run` listens (http://127.0.0.1:8000)")
    return parser


def _commands() -> _Parser:
    """The places are among the options only so that the help shows them: split_place has taken them out before."""
    json = _Parser(add_help=False)
    json.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer with a JSON document")
    root = _Parser(prog="infra.admin", description=f"{ABOUT} {WHERE}", parents=[_place(), json])
    nouns = root.add_subparsers(dest="noun", required=True, metavar="project|key|credential|import|status")

    project = nouns.add_parser("project", help="projects").add_subparsers(dest="verb", required=True, metavar="VERB")
    create = project.add_parser("create", parents=[json], help="a new project; shows its keys, once")
    create.add_argument("--name", required=True)
    create.add_argument("--limit", type=_limit, help="how many checks it may have (else the installation's limit)")
    project.add_parser("list", parents=[json], help="every project")
    delete = project.add_parser("delete", parents=[json], help="a project with its checks, channels and history")
    delete.add_argument("code")
    delete.add_argument("--yes", action="store_true", help="really")

    key = nouns.add_parser("key", help="keys of a project").add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = key.add_parser("list", parents=[json], help="its keys, by how they begin")
    listing.add_argument("code")
    rotate = key.add_parser("rotate", parents=[json], help="new keys in place of the old; shows them, once")
    rotate.add_argument("code")
    rotate.add_argument("--kind", choices=KINDS, action="append", help="only this kind; may be repeated")
    rotate.add_argument("--keep-old", action="store_true", help="the old keys go on working beside the new")
    nouns.add_parser("status", parents=[json], help="is everybody told, how late is it, who fails").set_defaults(
        verb=""
    )
    _credential_commands(nouns.add_parser("credential", help="what check commands may log in with"), json)
    _import_commands(nouns.add_parser("import", help="makes what another monitor watches"), json)
    return root


def _import_commands(noun: argparse.ArgumentParser, json: argparse.ArgumentParser) -> None:
    sources = noun.add_subparsers(dest="verb", required=True, metavar="|".join(IMPORTED))
    for name, about in IMPORTED.items():
        source = sources.add_parser(name, parents=[json], help=about, description=f"{about}. Nothing without --yes.")
        source.add_argument("code", help="the project")
        where = source.add_mutually_exclusive_group(required=True)
        where.add_argument("file", nargs="?", help="- is standard input")
        source.set_defaults(source="", document="")
        if name == "healthchecks":
            asked = "the address of a Healthchecks whose API is asked; its key is read as a password is"
            where.add_argument("--from", dest="source", metavar="URL", help=asked)
            source.add_argument("--api", choices=("1", "2", "3"), default="3", help="the version of its API (3)")
        source.add_argument("--yes", action="store_true", help="really")


def _credential_commands(noun: argparse.ArgumentParser, json: argparse.ArgumentParser) -> None:
    verbs = noun.add_subparsers(dest="verb", required=True, metavar="VERB")
    about = "a login, in the place of one that has its name; its password is asked for, or read from standard input"
    add = verbs.add_parser("add", parents=[json], help=about, description=about)
    add.add_argument("code")
    add.add_argument("name", help="of a token of OAuth 2.0 the name by which commands ask for it")
    add.add_argument("--kind", choices=credentials.KINDS, required=True)
    hosts = 'where it may be sent: a name, "*.example.org" for all below, "*" for all; may be repeated'
    add.add_argument("--host", action="append", default=[], help=hosts)
    who = add.add_mutually_exclusive_group()
    who.add_argument("--user", default="", help="whom to log in as")
    who.add_argument("--role", default="", help="the ARN of the role of AWS to assume; its password is an external id")
    add.add_argument("--tls", action="store_true", help="log in over TLS alone")
    add.add_argument("--no-verify", action="store_true", help="take any certificate")
    add.add_argument("--no-password", action="store_true", help="ask for none: a role without an external id")
    listing = verbs.add_parser("list", parents=[json], help="its credentials, without their passwords")
    listing.add_argument("code")
    remove = verbs.add_parser("remove", parents=[json], help="one of them; commands have it no more")
    remove.add_argument("code")
    remove.add_argument("name")


def wants_secret(args: argparse.Namespace) -> bool:
    """Whether a command needs a password beside its words, which others can read."""
    if args.noun == "import":
        return bool(args.source)
    return (args.noun, args.verb) == ("credential", "add") and not args.no_password


def kinds(args: argparse.Namespace) -> tuple[Access, ...]:
    """The kinds of key that a rotation is about, each once, in their usual order."""
    return tuple(kind for kind in KINDS if kind in (args.kind or KINDS))


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= LIMIT_MAX):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {LIMIT_MAX}, not {text!r}")
    return int(text)
