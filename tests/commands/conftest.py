"""What the tests of commands share with those of probes: a web server, and a place that they may not reach."""

from tests.probes.conftest import doorbell, server

__all__ = ["doorbell", "server"]
