"""The command: `python -m infra.local --port 8000`. What is wrong with it is told in one line, before anything else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from chalicelib.settings import BadSettings
from infra.local import CannotRun

PORT = 8000


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sys.exit(f"infra.local: {message}")


def main(arguments: list[str]) -> None:
    """Ends by SystemExit: 0 when stopped by Ctrl-C or SIGTERM, 1 with a line on standard error when it cannot run."""
    options = _parsed(arguments)
    try:
        if options.tables_only:
            from infra.local import elsewhere

            elsewhere.main(options.endpoint, options.port, options.keys)
        else:
            from infra.local import runner

            wanted = {name: getattr(options, name) for name in runner.Options.__dataclass_fields__}
            runner.main(runner.Options(**wanted))
    except (CannotRun, BadSettings) as error:
        sys.exit(f"infra.local: {error}")


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = _Parser(prog="infra.local", description="The whole system on this machine, with AWS emulated in memory.")
    parser.add_argument("--port", type=_port, default=PORT, help="where to listen; 0 takes a free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--keys", type=_path, metavar="FILE", help="write the URL and the keys to this JSON file too")
    parser.add_argument("--data", type=_path, metavar="DIR", help="keep everything there, and go on from it")
    parser.add_argument("--demo", action="store_true", help="fill in checks in every state")
    parser.add_argument("--verbose", action="store_true", help="show the structured logs on standard error")
    parser.add_argument(
        "--tables-only", action="store_true", help="make the tables, queues and a project at --endpoint"
    )
    parser.add_argument("--endpoint", metavar="URL", help="an emulated AWS in another process, such as moto_server")
    options = parser.parse_args(arguments)
    if options.tables_only != bool(options.endpoint):
        parser.error("--tables-only and --endpoint go together")
    return options


def _path(text: str) -> Path:
    """Not every shell knows the home directory in the middle of a word."""
    return Path(text).expanduser()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: it must be a whole number from 0 to 65535")
    return int(text)


if __name__ == "__main__":
    main(sys.argv[1:])
