"""Simulations that take the same course each time."""

from __future__ import annotations

import os
import sys


def with_fixed_hashes(module: str) -> None:
    """Runs `python -m module` anew unless sets have the same order in every process, so that it can be replayed."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        command = [sys.executable, "-m", module, *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, "PYTHONHASHSEED": "0"})
