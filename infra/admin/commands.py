"""The commands: each takes services and its arguments and answers both a text for people and a document for scripts."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.check import Access, Project
from chalicelib.core.credentials import Credential
from chalicelib.core.errors import Invalid, TocsinError
from chalicelib.monitor.managing import credentials, projects
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import directory
from chalicelib.store.faults import StoreFault
from infra.admin import arguments, faults, importing, status
from infra.admin.arguments import Help, Usage

# What the API calls each kind of key, and what it is for.
FIELDS: dict[Access, str] = {"write": "api_key", "read": "api_key_readonly", "ping": "ping_key"}
USES: dict[Access, str] = {
    "write": "reads and changes everything of the project",
    "read": "reads only",
    "ping": "in the addresses of pings by slug",
}
ONCE = "This is the only time that they are shown: what is kept is their hashes."


@dataclass(frozen=True, slots=True)
class Outcome:
    text: str
    document: Any


def answer(services: Services, argv: Sequence[str], secret: str = "", document: str = "") -> tuple[int, str]:
    """Runs one command: (0, what to print), or 1 or 2 (see `infra.admin.__main__`) and a line of what is wrong. The
    `secret` is the password that `credential add` keeps, the `document` what `import` reads."""
    try:
        args = arguments.command(argv)
        args.secret, args.document = secret, document
        outcome = _COMMANDS[args.noun, args.verb](services, args)
    except Help as wanted:
        return 0, str(wanted).rstrip()
    except Usage as error:
        return 2, str(error)
    except TocsinError as error:
        return 1, str(error) or type(error).__name__
    except (StoreFault, BotoCoreError, ClientError) as fault:
        return 1, faults.in_a_line(fault, services.settings)
    return 0, json.dumps(outcome.document, indent=2) if "json" in args else outcome.text


def _create(services: Services, args: Namespace) -> Outcome:
    if not args.name.isprintable():
        raise Invalid("name", "must be one line of printable characters")
    ring = projects.create(services, args.name, limit=args.limit)
    return _shown_once(ring, f"Project {ring.project.name} is made. Its code is {ring.project.code}, its keys are:")


def _shown_once(ring: Keyring, headline: str) -> Outcome:
    rows = [[f"  {FIELDS[kind]}", clear, USES[kind]] for kind, clear in ring.keys.items()]
    document = {"code": ring.project.code, "name": ring.project.name}
    document |= {FIELDS[kind]: clear for kind, clear in ring.keys.items()}
    return Outcome("\n".join([headline, "", *_columns(rows), "", ONCE]), document)


def _list(_services: Services, _args: Namespace) -> Outcome:
    found = directory.projects()
    rows = [_project_row(project) for project in found]
    text = "\n".join(_columns([["CODE", "NAME", "CHECKS", "LIMIT", "CREATED"], *rows]))
    return Outcome(text if rows else "No projects yet.", [_project_document(project) for project in found])


def _project_row(project: Project) -> list[str]:
    limit = "-" if project.limit is None else str(project.limit)
    return [project.code, project.name, str(project.checks), limit, f"{project.created:%Y-%m-%d %H:%M}"]


def _project_document(project: Project) -> dict[str, Any]:
    return {
        "code": project.code,
        "name": project.name,
        "checks": project.checks,
        "limit": project.limit,
        "created": project.created.isoformat(timespec="seconds"),
    }


def _delete(services: Services, args: Namespace) -> Outcome:
    project = directory.project(args.code)
    what = f"project {project.name} ({project.code}) and its {project.checks} check{'' if project.checks == 1 else 's'}"
    if not args.yes:
        raise Usage(f"{what} would be gone for good, history and keys too: add --yes")
    projects.delete(services, args.code)
    return Outcome(f"Deleted {what}.", _project_document(project))


def _keys(_services: Services, args: Namespace) -> Outcome:
    found = projects.keys(directory.project(args.code))
    rows = [[FIELDS[key.access], f"{key.hint}...", f"{key.created:%Y-%m-%d %H:%M}"] for key in found]
    document = [
        {"kind": key.access, "begins": key.hint, "created": key.created.isoformat(timespec="seconds")} for key in found
    ]
    return Outcome("\n".join(_columns([["KEY", "BEGINS", "CREATED"], *rows])), document)


def _rotate(services: Services, args: Namespace) -> Outcome:
    ring = projects.rotate(services, args.code, arguments.kinds(args), keep_old=args.keep_old)
    old = "The old ones go on working" if args.keep_old else "The old ones have stopped working"
    return _shown_once(ring, f"New keys of project {ring.project.name}. {old}.")


def _add_credential(services: Services, args: Namespace) -> Outcome:
    if bool(args.role) != (args.kind == "aws") and (args.role or args.user):
        raise Usage("--role is for --kind aws, --user for the others")
    given = Credential(
        args.kind,
        tuple(args.host),
        args.name,
        args.role or args.user,
        args.secret,
        tls=args.tls,
        verify=not args.no_verify,
    )
    made = credentials.add(services, args.code, given)
    return Outcome(f"Commands of the project may use {made.name} ({made.kind}) now.", _credential_document(made))


def _credentials(_services: Services, args: Namespace) -> Outcome:
    found = credentials.of_project(args.code)
    rows = [_credential_row(one) for one in found]
    text = "\n".join(_columns([["NAME", "KIND", "HOSTS", "AS", "TLS", "CREATED"], *rows]))
    return Outcome(text if rows else "No credentials yet.", [_credential_document(one) for one in found])


def _credential_row(made: Credential) -> list[str]:
    document = _credential_document(made)
    hosts, tls = " ".join(made.hosts) or "-", document["tls"]
    return [made.name, made.kind, hosts, made.user or "-", tls, f"{made.created:%Y-%m-%d %H:%M}"]


def _credential_document(made: Credential) -> dict[str, Any]:
    """Whatever is told of a credential: all but its password."""
    return {
        "name": made.name,
        "kind": made.kind,
        "hosts": list(made.hosts),
        "as": made.user,
        "tls": _tls(made),
        "created": made.created.isoformat(timespec="seconds") if made.created else None,
    }


def _tls(made: Credential) -> str:
    if not made.tls:
        return "no"
    return "verified" if made.verify else "any certificate"


def _remove_credential(_services: Services, args: Namespace) -> Outcome:
    credentials.remove(args.code, args.name)
    return Outcome(f"Commands of the project have {args.name} no more.", {"name": args.name})


def _status(services: Services, _args: Namespace) -> Outcome:
    return Outcome(*status.show(services))


def _import(services: Services, args: Namespace) -> Outcome:
    return Outcome(*importing.run(services, args))


def _columns(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


_COMMANDS: dict[tuple[str, str], Callable[[Services, Namespace], Outcome]] = {
    ("project", "create"): _create,
    ("project", "list"): _list,
    ("project", "delete"): _delete,
    ("key", "list"): _keys,
    ("key", "rotate"): _rotate,
    ("credential", "add"): _add_credential,
    ("credential", "list"): _credentials,
    ("credential", "remove"): _remove_credential,
    ("status", ""): _status,
    **{("import", source): _import for source in arguments.IMPORTED},
}
