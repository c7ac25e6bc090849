"""Amazon's DynamoDB engine (DynamoDB Local) under a command.

    infra/lanes/dynamodb_local -- COMMAND...

The engine lives in memory for as long as the command runs; the command finds it in TOCSIN_TEST_ENGINE and its exit
code is passed on. The npm package `amplify-dynamodb-simulator` ships Amazon's jar; it is fetched once into `.cache/`,
and only its `emulator` folder is unpacked: none of the package's own code runs. Options as in the DynamoDB Developer
Guide, "DynamoDB local usage notes". It has none for its address and listens on every interface while the command runs.
"""

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.lanes.process import (
    ROOT,
    SKIPPED,
    CannotRun,
    LaneFailed,
    background,
    free_port,
    run_in_foreground,
    wait_until,
)

PACKAGE = "amplify-dynamodb-simulator"
VERSION = "2.9.30"
OLDEST_JAVA = 17
CACHE = ROOT / ".cache" / "dynamodb-local"
USAGE = "usage: infra/lanes/dynamodb_local -- COMMAND..."


def main(arguments: Sequence[str]) -> int:
    """Run the command of `arguments` on a fresh engine; its exit code, or 77 when the lane cannot run here."""
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command or command[0] in ("-h", "--help"):
        print(USAGE, file=sys.stderr)
        return 0 if command else 2
    # Without this a SIGTERM before or after the command's run would leave the engine behind.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        with running() as endpoint:
            return run_in_foreground(command, {**os.environ, "TOCSIN_TEST_ENGINE": endpoint})
    except CannotRun as reason:
        print(f"dynamodb_local: skipped: {reason}", file=sys.stderr)
        return SKIPPED
    except LaneFailed as reason:
        print(f"dynamodb_local: {reason}", file=sys.stderr)
        return 1


@contextlib.contextmanager
def running() -> Iterator[str]:
    """An empty engine in memory, on a free port; yields its endpoint, stops it in the end. CannotRun, LaneFailed."""
    java, home = find_java(), installed(CACHE / VERSION)
    port = free_port()
    command = [
        *(java, "-Xmx1g", f"-Djava.library.path={home / 'DynamoDBLocal_lib'}", "-jar", str(home / "DynamoDBLocal.jar")),
        *("-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)),
    ]
    log = CACHE / f"engine-{port}.log"
    with background(command, log, cwd=home) as process:
        wait_until(lambda: answers(port), process, log, patience=60, what="DynamoDB Local")
        yield f"http://127.0.0.1:{port}"
    log.unlink(missing_ok=True)


def answers(port: int) -> bool:
    """Whether an engine listens on that port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        # An unsigned request is refused with 400: enough to know that it listens.
        return connection.getresponse().status == 400
    except OSError:
        return False
    finally:
        connection.close()


def find_java() -> str:
    """The java command of JAVA_HOME, or else of PATH. CannotRun when there is none or it is too old."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(str(Path(home) / "bin" / "java")) if home else None
    java = java or shutil.which("java")
    if java is None:
        raise CannotRun("no java command (Java 17 or newer is needed)")
    said = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    if found is None or int(found[1]) < OLDEST_JAVA:
        raise CannotRun(f"{java} is older than Java {OLDEST_JAVA}")
    return java


def installed(home: Path) -> Path:
    """The engine's folder, fetched with npm on first use. CannotRun when npm or the package cannot be had."""
    if not (home / "DynamoDBLocal.jar").exists():
        npm = shutil.which("npm")
        if npm is None:
            raise CannotRun("no npm command to fetch the engine with")
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
            _unpack(_fetch(npm, Path(scratch)), Path(scratch))
            # Renaming is atomic: an interrupted run leaves nothing half made. A second run that was faster is as good.
            try:
                (Path(scratch) / "package" / "emulator").rename(home)
            except OSError:
                if not (home / "DynamoDBLocal.jar").exists():
                    raise
    return home


def _fetch(npm: str, folder: Path) -> Path:
    fetched = subprocess.run(
        [npm, "pack", "--loglevel=error", f"{PACKAGE}@{VERSION}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    archives = list(folder.glob("*.tgz"))
    if fetched.returncode or not archives:
        problem = next(
            (line for line in fetched.stderr.splitlines() if line.startswith("npm error")), "no reason given"
        )
        raise CannotRun(f"npm could not fetch {PACKAGE} {VERSION}: {problem}")
    return archives[0]


def _unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as package:
        members = [member for member in package if member.name.startswith("package/emulator/")]
        package.extractall(folder, members=members, filter="data")
