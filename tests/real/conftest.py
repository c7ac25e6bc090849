"""Probes against the servers that people run, from Debian's packages and from pip. They are started here, on ports of
their own, in folders of their own, and ended. The lane `infra/lanes/servers` installs them and asks for these tests;
without it they are not looked at."""

from __future__ import annotations

import os

# Names the Python that has the servers from pip.
ASKED = "TOCSIN_REAL_SERVERS"
collect_ignore_glob = [] if os.environ.get(ASKED) else ["test_*.py"]
