"""Makes a virtual environment that holds exactly the pins of one requirements file, or leaves a good one alone.

Called by make when its stamp is missing or older than the pins. A stamp says that the pins of one file are all
installed; it carries the time at which the installation began, so that an edit made meanwhile is not lost.

1. One maker at a time: a lock that the system drops with the process, for two makes that start together.
2. Nothing to do if another make has just done it.
3. A file that adds to another (`-r`) is installed on top if the other's pins stand and its own were never there:
   `make test` after `make run`. In every other case, an interrupted installation too, the environment is made anew.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

# Uncompiled: that halves the time, and Python compiles what is imported, a small part of it, by itself.
INSTALL = (
    "-m",
    "pip",
    "install",
    "-qq",
    "--disable-pip-version-check",
    "--no-compile",
    "--no-deps",
    "--requirement",
)


def main(stamp: Path, requirements: Path) -> None:
    """`stamp` is `<environment>/<stamps of one interpreter>/<name of the requirements file without its end>`."""
    home = stamp.parent.parent
    with home.with_name(home.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)  # a pip that outlives this process keeps the lock
        files = included(requirements)
        if not all(installed(stamp.parent, file) for file in files):
            install(home, stamp.parent, files)


def included(file: Path) -> list[Path]:
    """The file and those that it names with -r, the widest first."""
    lines = file.read_text().splitlines()
    return [file, *(found for line in lines if line.startswith("-r ") for found in included(file.with_name(line[3:])))]


def installed(stamps: Path, file: Path) -> bool:
    stamp = stamps / file.stem
    python = stamps.parent / "bin" / "python"
    return stamp.exists() and python.exists() and stamp.stat().st_mtime >= file.stat().st_mtime


def install(home: Path, stamps: Path, files: list[Path]) -> None:
    begun = stamps / "begun"
    widest, *others = files
    on_top = others and not begun.exists() and not (stamps / widest.stem).exists()
    if not (on_top and all(installed(stamps, file) for file in others)):
        create(home)
    print(f"installing {widest} into {home}, once", file=sys.stderr)
    stamps.mkdir(exist_ok=True)
    begun.touch()
    subprocess.run([home / "bin" / "python", *INSTALL, widest], check=True, close_fds=False)
    for file in files:
        finish(begun, stamps / file.stem)
    begun.unlink()


def create(home: Path) -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"making {home} with Python {version} ({sys.executable})", file=sys.stderr)
    shutil.rmtree(home, ignore_errors=True)
    venv.create(home, with_pip=True, symlinks=True)


def finish(begun: Path, stamp: Path) -> None:
    stamp.touch()
    moment = begun.stat().st_mtime_ns
    os.utime(stamp, ns=(moment, moment))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except subprocess.CalledProcessError as failed:
        sys.exit(f"infra/environment.py: pip ended with {failed.returncode}; see its words above")
    except KeyboardInterrupt:
        sys.exit(130)
