"""The servers that people run, from Debian's packages and from pip, looked at by every type of probe that has one.

    infra/lanes/servers

What is missing is installed, which takes root and apt. Nothing is started as a service: each test starts its own, on a
port and in a folder of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence

from infra.lanes.environments import servers_python
from infra.lanes.graphite_lane import project_python
from infra.lanes.process import SKIPPED, CannotRun, run_in_foreground

VARIABLE = "TOCSIN_REAL_SERVERS"
COMMAND = ("-m", "pytest", "-p", "no:xdist", "tests/real")
# What each package is for: the program that the tests start.
PACKAGES = {
    "nginx-light": "nginx",
    "apache2": "apache2",
    "postfix": "postfix",
    "dovecot-imapd": "dovecot",
    "dovecot-pop3d": "dovecot",
    "bind9": "named",
    "mariadb-server": "mariadbd",
    "postgresql": "pg_lsclusters",
    "redis-server": "redis-server",
    "mosquitto": "mosquitto",
    "slapd": "slapd",
    "vsftpd": "vsftpd",
    "openssh-server": "sshd",
}
SYSTEM = "/usr/sbin:/sbin"


def main(_arguments: Sequence[str]) -> int:
    """Run the tests; their exit code, or 77 when the lane cannot run here."""
    try:
        if os.geteuid() != 0:
            raise CannotRun("servers are started by root, who becomes each one's own user")
        install(PACKAGES)
        command = [project_python(), *COMMAND]
        given = {VARIABLE: str(servers_python())}
    except CannotRun as reason:
        print(f"servers: skipped: {reason}", file=sys.stderr)
        return SKIPPED
    # Not pytest's own folder: whoever else runs tests meanwhile closes that to all users but root.
    with tempfile.TemporaryDirectory(prefix="servers-") as folder:
        return run_in_foreground([*command, f"--basetemp={folder}/tests"], {**os.environ, **given})


def install(packages: Mapping[str, str]) -> None:
    """Installs those of some packages whose programs are missing. CannotRun."""
    path = f"{os.environ.get('PATH', '')}:{SYSTEM}"
    missing = [package for package, program in packages.items() if not shutil.which(program, path=path)]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise CannotRun(f"missing: {', '.join(missing)}; to install takes root and apt-get")
    # Without questions, and without starting what is installed.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
        if subprocess.run(["apt-get", "-qq", *command], env=quiet, stdin=subprocess.DEVNULL).returncode:
            raise CannotRun(f"could not be installed: {', '.join(missing)}")
