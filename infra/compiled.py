"""Compiled modules for an archive of Python sources.

Lambda unpacks an archive to where nothing can be written, so Python would compile every module anew at each cold start:
two thirds of the time that importing takes.
"""

from __future__ import annotations

import compileall
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory

# Where Lambda unpacks the archive, in place of where it was compiled: that is another folder each time.
PLACE = "/var/task"
# The same for the same sources, like the rest of the archive.
DATE = (1980, 1, 1, 0, 0, 0)


def add(archive: Path) -> None:
    """Adds what this Python compiles the archive's modules to. No date is compared when they are loaded: they are as
    old as their sources, which the archive does not say. A file that does not compile stays as it is."""
    with TemporaryDirectory() as folder:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)
        compileall.compile_dir(
            folder,
            quiet=2,
            stripdir=folder,
            prependdir=PLACE,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
        with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as opened:
            for file in sorted(Path(folder).rglob("*.pyc")):
                opened.writestr(_entry(file.relative_to(folder)), file.read_bytes())


def _entry(name: Path) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name.as_posix(), DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
