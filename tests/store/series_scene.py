"""A project with series for tests of their store."""

from __future__ import annotations

from tests.conftest import NOW

PROJECT = "6f0f6a3e-0000-4000-8000-000000000001"
# The tests' now, in seconds since 1970: noon.
T = int(NOW.timestamp())
