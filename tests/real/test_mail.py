"""Postfix and Dovecot."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.probes import Kind, imap, pop3, smtp
from tests.probes.servers.scene import authority, probe
from tests.real.running import free_port, given_to, running

PASSWORD = "s3cret"
QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "hold", "incoming", "pid", "private", "public", "trace")
NOBODY: dict[str, Any] = {}
SOMEBODY: dict[str, Any] = {"user": "me", "password": PASSWORD}
SERVICES = (
    "anvil unix - - n - 1 anvil",
    "proxymap unix - - n - - proxymap",
    "postlog unix-dgram n - n - 1 postlogd",
    "cleanup unix n - n - 0 cleanup",
    "rewrite unix - - n - - trivial-rewrite",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
)


@pytest.fixture(scope="module")
def postfix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, port, pem = tmp_path_factory.mktemp("postfix"), free_port(), authority().file("127.0.0.1")
    queue, data, conf = (folder / name for name in ("queue", "data", "conf"))
    for one in (queue, data, *(queue / name for name in QUEUES)):
        one.mkdir()
    shutil.copytree("/etc/postfix", conf)
    given_to("root", folder)
    for one in (data, *(queue / name for name in QUEUES if name != "pid")):
        given_to("postfix", one)
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": queue,
        "data_directory": data,
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "myhostname": "mail.example.org",
        "mydestination": "",
        "smtpd_tls_cert_file": pem,
        "smtpd_tls_key_file": pem,
        "smtpd_tls_security_level": "may",
        "maillog_file": folder / "mail.log",
        "maillog_file_prefixes": folder,
    }
    (conf / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
    services = (f"127.0.0.1:{port} inet n - n - - smtpd", *SERVICES)
    (conf / "master.cf").write_text("".join(f"{line}\n" for line in services))
    with running(["/usr/lib/postfix/sbin/master", "-c", conf, "-d"], port, folder):
        yield port


def test_postfix_greets_and_speaks_tls(postfix: int) -> None:
    assert probe(smtp, port=postfix).text == "220 ready"
    assert probe(smtp, port=postfix, tls="starttls").text == "220 ready"
    told = probe(smtp, port=postfix, tls="starttls", user="watch", password="x").text
    assert told == "AUTH PLAIN and AUTH LOGIN are not offered"


@pytest.fixture(scope="module")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    folder, pem = tmp_path_factory.mktemp("dovecot"), authority().file("127.0.0.1")
    ports = {name: free_port() for name in ("imap", "imaps", "pop3", "pop3s")}
    listeners = "\n".join(
        f"service {kind}-login {{\n inet_listener {kind} {{\n port = {ports[kind]}\n }}\n"
        f" inet_listener {kind}s {{\n port = {ports[kind + 's']}\n ssl = yes\n }}\n}}"
        for kind in ("imap", "pop3")
    )
    mail = folder / "mail"
    mail.mkdir()
    (folder / "conf").write_text(
        f"base_dir = {folder}/run\nlog_path = /dev/stderr\nprotocols = imap pop3\nlisten = 127.0.0.1\nssl = yes\n"
        f"ssl_cert = <{pem}\nssl_key = <{pem}\ndisable_plaintext_auth = no\n{listeners}\n"
        f"mail_location = maildir:{mail}/%u\n"
        f"passdb {{\n driver = static\n args = password={PASSWORD}\n}}\n"
        f"userdb {{\n driver = static\n args = uid=mail gid=mail home={mail}\n}}\n"
        "first_valid_uid = 1\nfirst_valid_gid = 1\n"
    )
    given_to("mail", mail)
    for above in (folder, *folder.parents):
        if str(above).startswith("/tmp/"):
            above.chmod(above.stat().st_mode | 0o755)
    with running(["dovecot", "-F", "-c", folder / "conf"], ports["imap"], folder):
        yield ports


@pytest.mark.parametrize(("kind", "name"), [(imap, "imap"), (pop3, "pop3")])
def test_dovecot_lets_in_who_knows_the_password(dovecot: dict[str, int], kind: Kind, name: str) -> None:
    for port, tls in ((name, "none"), (name, "starttls"), (f"{name}s", "tls")):
        for user in NOBODY, SOMEBODY:
            outcome = probe(kind, port=dovecot[port], tls=tls, **user)
            assert outcome.ok, (port, tls, user, outcome.text)
    assert not probe(kind, port=dovecot[name], user="me", password="wrong").ok
