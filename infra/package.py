"""The deployment package of a stage: the functions' code and the template that deploys it.

    python -m infra.package --out build/package [--stage dev] [--apprise]

Leaves `deployment.zip`, `sam.json` and `place.json` in the directory, the last being the template of a place in another
region. With --apprise the package holds the library that channels of the kind `apprise` need. The functions run on the
Python that packages, so that must be one for which every requirement has a wheel that loads on Lambda: 3.12 or newer,
whose runtimes have a C library of this decade.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chalice.config import Config
from chalice.deploy.packager import DependencyBuilder, LambdaDeploymentPackager, PipRunner, SubprocessPip
from chalice.utils import UI, OSUtils

from infra import compiled, place
from infra.environment import included
from infra.parameters import ARCHITECTURES
from infra.template import ROOT, BadStage, merged, settings_of

OLDEST = (3, 12)
ARCHIVE, TEMPLATE, PLACE = "deployment.zip", "sam.json", "place.json"
# What the package holds, and what it holds with the library Apprise.
PLAIN, WITH_APPRISE = ROOT / "requirements.txt", ROOT / "requirements-apprise.txt"
MEGABYTE = 1_000_000
# Lambda quotas, "Deployment package size".
ZIPPED_LIMIT, UNPACKED_LIMIT = 50 * MEGABYTE, 250 * MEGABYTE


class CannotPackage(Exception):
    """The package cannot be made, or must not be deployed; the message has a line for each reason."""


class _Packager(LambdaDeploymentPackager):
    """Chalice's packager. It fetches the requirements only when they have changed; the project's files go in later."""

    requirements = PLAIN

    def _get_requirements_filename(self, project_dir: str) -> str:
        return str(self.requirements)

    def _hash_project_dir(self, requirements_filename: str, *_others: str) -> str:
        whole = b"".join(file.read_bytes() for file in included(Path(requirements_filename)))
        return hashlib.sha256(whole).hexdigest()[:32]

    def _iter_app_filenames(self, project_dir: str) -> Iterator[tuple[str, str]]:
        """Without the bytecode that other interpreters have left in the checkout."""
        files = super()._iter_app_filenames(project_dir)
        return ((file, inside) for file, inside in files if "__pycache__" not in file)


def build(stage: str, out: Path, architecture: str = ARCHITECTURES[0], *, apprise: bool = False) -> None:
    """Makes the files of the stage in `out`, for functions that run on this architecture. Raises CannotPackage,
    BadStage."""
    require_python(sys.version_info[:2], Config().lambda_python_version)
    requirements = WITH_APPRISE if apprise else PLAIN
    template = merged(stage)
    out.mkdir(parents=True, exist_ok=True)
    fetched = _archive(out / ARCHIVE, requirements, architecture)
    found = [*wrong_handlers(template), *flaws(out / ARCHIVE, _pins(requirements))]
    if found:
        fetched.unlink()  # or the next run would take it as it is
        raise CannotPackage("\n".join(found))
    (out / TEMPLATE).write_text(json.dumps(template, indent=1) + "\n")
    (out / PLACE).write_text(json.dumps(place.cut(template, settings_of(stage)), indent=1) + "\n")


def require_python(version: tuple[int, int], runtime: str) -> None:
    """Raises CannotPackage for a Python whose Lambda runtime is too old, or for which Chalice knows none: it would take
    the `runtime` that is nearest, on which the compiled requirements do not load."""
    text = f"{version[0]}.{version[1]}"
    if version < OLDEST:
        raise CannotPackage(f"Python 3.12 or newer is needed to package, this is {text}")
    if runtime != f"python{text}":
        raise CannotPackage(f"the newest runtime of Lambda that Chalice knows is {runtime}, this is Python {text}")


def _archive(made: Path, requirements: Path, architecture: str) -> Path:
    """Makes the archive of app.py, chalicelib and the requirements, all compiled too; answers where the requirements
    are kept for the next time."""
    files, silent = OSUtils(), UI(out=io.StringIO())
    builder = DependencyBuilder(files, PipRunner(SubprocessPip(files), files), architecture=architecture)
    packager = _Packager(files, builder, silent, architecture=architecture)
    packager.requirements = requirements
    fetched = Path(packager.create_deployment_package(str(ROOT), "python{}.{}".format(*sys.version_info)))
    shutil.copyfile(fetched, made)
    packager.inject_latest_app(str(made), str(ROOT))
    compiled.add(made)
    return fetched


def wrong_handlers(template: dict[str, Any]) -> Iterator[str]:
    """Functions whose handler is not in app.py: Lambda would call them without the services that app.py builds."""
    for name, resource in template["Resources"].items():
        handler = resource.get("Properties", {}).get("Handler", "app.")
        if not handler.startswith("app."):
            yield f"{name}: the handler {handler} is not in app.py"


def _pins(requirements: Path) -> list[str]:
    """name==version of everything that Lambda gets."""
    lines = [line for file in included(requirements) for line in file.read_text().splitlines()]
    return [line.split(";")[0].strip() for line in lines if line and not line.startswith(("#", "-r "))]


def flaws(archive: Path, pins: list[str]) -> Iterator[str]:
    """What an archive lacks or has too much of. Chalice only warns of a requirement that it leaves out."""
    with zipfile.ZipFile(archive) as opened:
        names = set(opened.namelist())
        unpacked = sum(member.file_size for member in opened.infolist())
    tops = {_spelt(name.split("/")[0]) for name in names}
    yield from (f"{pin} is missing" for pin in pins if _spelt(pin.replace("==", "-") + ".dist-info") not in tops)
    yield from (f"{file} is missing" for file in sorted(_ours() - names))
    yield from (f"{name} does not belong there" for name in sorted(names) if name.split("/")[0] in ("tests", "infra"))
    if archive.stat().st_size > ZIPPED_LIMIT or unpacked > UNPACKED_LIMIT:
        yield f"too large for Lambda: {sizes(archive)}"


def _spelt(name: str) -> str:
    """Names of distributions differ in case and in the sign between words."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _ours() -> set[str]:
    files = [file for file in (ROOT / "chalicelib").rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    return {"app.py", *(str(file.relative_to(ROOT)) for file in files)}


def sizes(archive: Path) -> str:
    """The archive's size, zipped and unpacked."""
    with zipfile.ZipFile(archive) as opened:
        unpacked = sum(member.file_size for member in opened.infolist())
    return f"{archive.stat().st_size / MEGABYTE:.1f} MB zipped, {unpacked / MEGABYTE:.1f} MB unpacked"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m infra.package", description="make the deployment package of a stage"
    )
    parser.add_argument("--out", type=Path, required=True, help="the directory for deployment.zip and sam.json")
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--apprise", action="store_true", help="with the library that channels of that kind need")
    parser.add_argument("--architecture", choices=ARCHITECTURES, default=ARCHITECTURES[0])
    arguments = parser.parse_args()
    try:
        build(arguments.stage, arguments.out, arguments.architecture, apprise=arguments.apprise)
    except (CannotPackage, BadStage) as reason:
        sys.exit(f"infra.package: {reason}")
    template = json.loads((arguments.out / TEMPLATE).read_text())
    print(f"{arguments.out / ARCHIVE}: {sizes(arguments.out / ARCHIVE)}")
    print(f"{arguments.out / TEMPLATE}: stage {arguments.stage}, {len(template['Resources'])} resources")


if __name__ == "__main__":
    main()
