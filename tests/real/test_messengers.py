"""Mosquitto, OpenLDAP, OpenSSH, vsftpd, BIND."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.probes import dns, ftp, ldap, mqtt, ssh
from tests.probes.servers.scene import authority, probe
from tests.real.running import done, free_port, given_to, running

PASSWORD = "s3cret"


@pytest.fixture(scope="module", params=["anybody", "known"])
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, bool]]:
    folder, port = tmp_path_factory.mktemp("mosquitto"), free_port()
    anybody = request.param == "anybody"
    done("mosquitto_passwd", "-b", "-c", folder / "passwords", "watch", PASSWORD)
    (folder / "conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous {'true' if anybody else 'false'}\n"
        + ("" if anybody else f"password_file {folder}/passwords\n")
    )
    given_to("mosquitto", folder)
    with running(["mosquitto", "-c", folder / "conf"], port, folder):
        yield port, anybody


def test_mosquitto_takes_a_connection(broker: tuple[int, bool]) -> None:
    port, anybody = broker
    assert probe(mqtt, port=port).text == ("MQTT connection accepted" if anybody else "MQTT broker wants a login")
    if not anybody:
        assert probe(mqtt, port=port, user="watch", password=PASSWORD).text == "MQTT connection accepted"
        outcome = probe(mqtt, port=port, user="watch", password="wrong")
        assert (outcome.ok, outcome.text) == (False, "login refused")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """Its port, and the one with TLS."""
    folder, port, tls = tmp_path_factory.mktemp("slapd"), free_port(), free_port()
    (folder / "data").mkdir()
    pem = authority().file("127.0.0.1")
    (folder / "conf").write_text(
        "modulepath /usr/lib/ldap\nmoduleload back_mdb\ninclude /etc/ldap/schema/core.schema\n"
        f"pidfile {folder}/pid\nTLSCertificateFile {pem}\nTLSCertificateKeyFile {pem}\n"
        'database mdb\nsuffix "dc=example,dc=org"\nrootdn "cn=watch,dc=example,dc=org"\n'
        f"rootpw {PASSWORD}\ndirectory {folder}/data\n"
    )
    addresses = f"ldap://127.0.0.1:{port} ldaps://127.0.0.1:{tls}"
    with running(["slapd", "-f", folder / "conf", "-h", addresses, "-d", "0"], port, folder):
        yield port, tls


def test_openldap_takes_a_bind(directory: tuple[int, int]) -> None:
    port, tls = directory
    named: dict[str, Any] = {"user": "cn=watch,dc=example,dc=org", "password": PASSWORD}
    assert probe(ldap, port=port).text == "LDAP bind accepted"
    assert probe(ldap, port=port, **named).text == "LDAP bind accepted"
    assert probe(ldap, port=tls, tls=True, **named).text == "LDAP bind accepted"
    assert probe(ldap, port=port, **{**named, "password": "wrong"}).text == "login refused (49)"
    assert probe(ldap, port=port, user="no name", password="x").text == "login refused (34)"


def test_openssh_says_who_it_is(tmp_path: Path) -> None:
    port = free_port()
    Path("/run/sshd").mkdir(parents=True, exist_ok=True)
    done("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key")
    (tmp_path / "conf").write_text(f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/key\nUsePAM no\n")
    with running(["/usr/sbin/sshd", "-D", "-e", "-f", tmp_path / "conf"], port, tmp_path):
        outcome = probe(ssh, port=port, expect="OpenSSH")
    assert outcome.ok
    assert outcome.text.startswith("SSH-2.0-OpenSSH_")


def test_vsftpd_lets_anybody_in(tmp_path: Path) -> None:
    port, home = free_port(), tmp_path / "home"
    home.mkdir()
    given_to("root", tmp_path)
    Path("/var/run/vsftpd/empty").mkdir(parents=True, exist_ok=True)
    (tmp_path / "conf").write_text(
        f"listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nanonymous_enable=YES\n"
        f"local_enable=NO\nanon_root={home}\nseccomp_sandbox=NO\nftpd_banner=Welcome\n"
    )
    with running(["vsftpd", tmp_path / "conf"], port, tmp_path):
        assert probe(ftp, port=port).text == "220 ready"
        assert probe(ftp, port=port, user="anonymous", password="a@example.org").text == "230 logged in"
        assert probe(ftp, port=port, user="nobody", password="x").text == "login refused (530)"


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, port = tmp_path_factory.mktemp("named"), free_port()
    (folder / "conf").write_text(
        f'options {{ directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};\n'
        f'  pid-file "{folder}/pid"; session-keyfile "{folder}/key"; recursion no; dnssec-validation no; }};\n'
        f'controls {{ }};\nzone "example.org" {{ type primary; file "{folder}/zone"; }};\n'
        f'zone "broken.example" {{ type primary; file "{folder}/none"; }};\n'
    )
    texts = " ".join(f'"{"x" * 250}"' for _ in range(20))
    (folder / "zone").write_text(
        "$TTL 60\n@ IN SOA ns admin 1 60 60 60 60\n@ IN NS ns\nns IN A 127.0.0.1\n"
        f"www IN A 192.0.2.1\nwww IN A 192.0.2.2\n@ IN MX 10 mail\nlong IN TXT {texts}\n"
    )
    given_to("bind", folder)

    def loaded() -> bool:
        return "all zones loaded" in (folder / "server.log").read_text()

    # It listens before it knows its zones.
    with running(["named", "-g", "-c", folder / "conf", "-u", "bind"], port, folder, loaded):
        yield port


def test_bind_answers(names: int) -> None:
    about: dict[str, Any] = {"server": "127.0.0.1", "port": names}
    assert probe(dns, host="www.example.org", expected=["192.0.2.2"], **about).text == "A 192.0.2.1, 192.0.2.2"
    assert probe(dns, host="example.org", record="MX", expected=["mail.example.org"], **about).ok
    assert probe(dns, host="none.example.org", **about).text == "name server answers NXDOMAIN"
    assert probe(dns, host="www.broken.example", **about).text == "name server answers SERVFAIL"
    assert probe(dns, host="elsewhere.example", **about).text == "name server answers REFUSED"
    # It does not fit a datagram.
    assert probe(dns, host="long.example.org", record="TXT", **about).ok
