"""The trusted certificates: loading them takes tens of milliseconds, which are nobody's answering time."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from chalicelib.probes import domain, http, imap, tcp, tls, websocket
from chalicelib.probes.base import Definition, Task
from chalicelib.probes.engine import Prober
from tests.channels.servers import serving, speaking
from tests.probes.authority import Authority
from tests.probes.conftest import HERE, silent


class Loads:
    """The loading of trusted certificates: how often it happens, on a clock that stands still but for it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._real = ssl.create_default_context
        patch.setattr(ssl, "create_default_context", self._load)

    def clock(self) -> float:
        return 1_000.0 + 40 * self.count

    def _load(self, **about: Any) -> ssl.SSLContext:
        self.count += 1
        return self._real(**about)

    def prober(self, authorities: str | Path) -> Prober:
        return Prober(HERE, authorities=str(authorities), clock=self.clock, use_curl=False)


@pytest.fixture
def bundle(authority: Authority, tmp_path: Path) -> Path:
    """Certificates to trust that nobody has loaded before."""
    copy = tmp_path / "trusted.pem"
    copy.write_bytes(Path(authority.bundle).read_bytes())
    return copy


def test_loading_the_trusted_certificates_is_waiting_and_no_part_of_a_probes_time(
    authority: Authority, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(authority.context("127.0.0.1")) as server:
        loads = Loads(monkeypatch)
        outcome = loads.prober(bundle).run([Task("one", tls.clean({"host": "127.0.0.1", "port": server.port}))])["one"]
    assert (outcome.ok, loads.count) == (True, 1)
    assert (outcome.phases.block, outcome.phases.total) == (40_000, 0)


SECURED: list[Definition] = [
    http.clean({"url": "HTTPS://127.0.0.1:1/"}),
    imap.clean({"host": "127.0.0.1", "port": 1, "tls": "starttls"}),
    tcp.clean({"host": "127.0.0.1", "port": 1, "tls": True}),
    websocket.clean({"url": "wss://127.0.0.1:1/"}),
    domain.clean({"domain": "example.org", "server": "https://127.0.0.1:1/"}),
]
OPEN: list[Definition] = [
    http.clean({"url": "http://127.0.0.1:1/"}),
    imap.clean({"host": "127.0.0.1", "port": 1}),
    tcp.clean({"host": "127.0.0.1", "port": 1}),
    tls.clean({"host": "127.0.0.1", "port": 1, "verify": False}),
    websocket.clean({"url": "wss://127.0.0.1:1/", "verify": False}),
]


@pytest.mark.parametrize("definition", SECURED, ids=lambda definition: definition.type)
def test_the_trusted_certificates_are_loaded_before_a_probe_that_needs_them(
    definition: Definition, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = Loads(monkeypatch)
    outcome = loads.prober(bundle).run([Task("one", definition)])["one"]
    assert (outcome.text, loads.count) == ("connection refused", 1)


@pytest.mark.parametrize("definition", OPEN, ids=lambda definition: definition.type)
def test_the_trusted_certificates_are_not_loaded_for_nobody(
    definition: Definition, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = Loads(monkeypatch)
    outcome = loads.prober(bundle).run([Task("one", definition)])["one"]
    assert (outcome.text, loads.count) == ("connection refused", 0)


def test_an_encrypted_probe_that_verifies_nothing_needs_no_trusted_certificates(
    authority: Authority, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(authority.context("www.example.org", self_signed=True)) as server:
        loads = Loads(monkeypatch)
        task = Task("one", tls.clean({"host": "127.0.0.1", "port": server.port, "verify": False}))
        assert loads.prober(bundle).run([task])["one"].ok
    assert loads.count == 0


def test_trusted_certificates_that_cannot_be_loaded_are_an_outcome(tmp_path: Path) -> None:
    engine = Prober(HERE, authorities=str(tmp_path / "missing.pem"), use_curl=False)
    with speaking(silent) as port:
        tasks = [
            Task("secured", tls.clean({"host": "127.0.0.1", "port": port})),
            Task("open", tcp.clean({"host": "127.0.0.1", "port": port})),
        ]
        outcomes = engine.run(tasks)
    assert {key: outcome.ok for key, outcome in outcomes.items()} == {"secured": False, "open": True}
