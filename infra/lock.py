"""Compiles the pins: pip resolves the dependency groups of pyproject.toml and requirements*.txt keep what it picked.

1. Each supported Python gets a throw-away environment with a pip that knows dependency groups.
2. The widest group is resolved first; its pins are constraints for the others, so that nothing has two versions.
3. The pins found with the first Python are constraints for the next; what only some of them need gets a marker.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

PYTHONS = ("3.11", "3.12", "3.13")
PIP = "pip==26.2.1"
HEADER = "# Compiled by `make lock` from the group `{group}` of pyproject.toml: edit that.\n"
# group -> its file, the file that it adds to, and a group taken without what it needs
FILES = {
    "dev": ("requirements-dev.txt", "run", "client"),
    "run": ("requirements-run.txt", "lambda", None),
    "package": ("requirements-package.txt", "lambda", None),
    "apprise": ("requirements-apprise.txt", "lambda", None),
    "lambda": ("requirements.txt", None, None),
}
Pins = dict[str, str]


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        found = {version: resolve_all(version, Path(scratch)) for version in PYTHONS}
    for group, (file, base, _) in FILES.items():
        lines = [f"-r {FILES[base][0]}\n"] if base else []
        inherited = lines_of(base, found) if base else []
        lines += [line for line in lines_of(group, found) if line not in inherited]
        Path(file).write_text(HEADER.format(group=group) + "".join(lines))


def lines_of(group: str, found: dict[str, dict[str, Pins]]) -> list[str]:
    """The requirement lines of a group, sorted; those that not every Python needs carry a marker."""
    needed: dict[str, list[str]] = {}
    for version in PYTHONS:
        for name, pin in found[version][group].items():
            needed.setdefault(f"{name}=={pin}", []).append(version)
    return [pin + marker(versions) + "\n" for pin, versions in sorted(needed.items())]


def marker(versions: list[str]) -> str:
    """Which Pythons a pin is for. What the newest of them needs, newer ones need too until they are resolved for."""
    if versions == list(PYTHONS):
        return ""
    if tuple(versions) == PYTHONS[-len(versions) :]:
        return f' ; python_version >= "{versions[0]}"'
    return " ; " + " or ".join(f'python_version == "{version}"' for version in versions)


def resolve_all(version: str, scratch: Path) -> dict[str, Pins]:
    print(f"resolving for Python {version}", file=sys.stderr)
    python = environment(version, scratch)
    constraints = scratch / "constraints.txt"
    constraints.touch()
    result = {}
    for group, (_, _, alone) in FILES.items():
        pins = resolve(python, "--constraint", str(constraints), "--group", group)
        if alone:
            pins |= resolve(python, "--no-deps", "--group", alone)
        extend(constraints, pins.items())
        result[group] = pins
    return result


def environment(version: str, scratch: Path) -> str:
    home = scratch / version
    base = subprocess.run(
        ["infra/python", version, version], check=True, text=True, stdout=subprocess.PIPE
    ).stdout.strip()
    subprocess.run([base, "-m", "venv", str(home)], check=True)
    python = str(home / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", PIP], check=True)
    return python


def resolve(python: str, *arguments: str) -> Pins:
    """Name -> version of everything that pip would install; names are lower case."""
    command = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--report",
        "-",
        *arguments,
    ]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    picked = [item["metadata"] for item in report["install"]]
    return {item["name"].lower().replace("_", "-"): item["version"] for item in picked}


def extend(constraints: Path, pins: Iterable[tuple[str, str]]) -> None:
    known = constraints.read_text().splitlines()
    constraints.write_text("\n".join(sorted({*known, *(f"{name}=={pin}" for name, pin in pins)})) + "\n")


if __name__ == "__main__":
    main()
