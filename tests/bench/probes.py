"""What a probe costs us beyond what it costs bare libcurl, and whether our timings are those of the curl command.

The server is a process of its own, so that its CPU is not counted. Alone: `python -m tests.bench.probes`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pycurl

from chalicelib.probes import http
from chalicelib.probes.base import Outcome, Task
from chalicelib.probes.engine import CONCURRENCY, Prober
from tests.probes.authority import Authority

HERE = ("127.0.0.0/8",)
ROUNDS = 5
NUMBER = {"http": 1_500, "https": 400}
FIRST, LAST = 0.120, 0.060  # seconds until the first and from there to the last byte of a slow answer
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1024\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"


def probes(_arguments: argparse.Namespace) -> None:
    """CPU per probe against a bare CurlMulti, and phases against `curl -w`."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        with _server(None) as port, _server(authority.file("127.0.0.1")) as tls_port:
            bases = {"http": f"http://127.0.0.1:{port}", "https": f"https://127.0.0.1:{tls_port}"}
            for scheme, base in bases.items():
                _compare_cpu(scheme, base, authority.bundle)
            for base in bases.values():
                _compare_phases(f"{base}/slow", authority.bundle)


def _compare_cpu(scheme: str, base: str, bundle: str) -> None:
    """Bare and ours in turn, so that both have the same machine; the median of the rounds."""
    urls = [f"{base}/{number}" for number in range(NUMBER[scheme])]
    tasks = [Task(url, http.clean({"url": url})) for url in urls]
    prober, bare, ours = Prober(HERE, authorities=bundle, use_curl=True), _Bare(bundle), []
    costs = []
    for _ in range(ROUNDS):
        costs.append(_cpu(lambda: bare.run(urls), len(urls)))
        ours.append(_cpu(lambda: _good(prober.run(tasks)), len(urls)))
    before, after = statistics.median(costs), statistics.median(ours)
    ratios = sorted(mine / theirs for mine, theirs in zip(ours, costs, strict=True))
    print(
        f"{scheme} probe: CPU {after:.3f} ms, bare multi {before:.3f} ms: {after / before:.2f} times (budget 2);",
        end=" ",
    )
    print(f"rounds {ratios[0]:.2f} to {ratios[-1]:.2f}, {len(urls)} probes each, {CONCURRENCY} at a time")


def _cpu(work: Callable[[], None], number: int) -> float:
    """Milliseconds of this process's CPU for each of so many."""
    began = time.process_time()
    work()
    return 1e3 * (time.process_time() - began) / number


def _good(outcomes: dict[str, Outcome]) -> None:
    bad = [outcome.text for outcome in outcomes.values() if not outcome.ok]
    assert not bad, bad[:3]


class _Bare:
    """What the same requests cost without us: handles made once, a new connection each, the answer thrown away."""

    def __init__(self, bundle: str) -> None:
        self._multi = pycurl.CurlMulti()
        self._handles = [self._handle(bundle) for _ in range(CONCURRENCY)]

    @staticmethod
    def _handle(bundle: str) -> pycurl.Curl:
        easy = pycurl.Curl()
        settings = ((pycurl.NOSIGNAL, 1), (pycurl.CAINFO, bundle), (pycurl.SSL_SESSIONID_CACHE, 0))
        fresh = ((pycurl.FRESH_CONNECT, 1), (pycurl.FORBID_REUSE, 1), (pycurl.WRITEFUNCTION, len))
        for option, value in (*settings, *fresh, (pycurl.TIMEOUT_MS, 30_000)):
            easy.setopt(option, value)
        return easy

    def run(self, urls: list[str]) -> None:
        waiting, idle, active = list(urls), list(self._handles), 0
        while waiting or active:
            while waiting and idle:
                easy = idle.pop()
                easy.setopt(pycurl.URL, waiting.pop())
                self._multi.add_handle(easy)
                active += 1
            self._multi.perform()
            _, good, bad = self._multi.info_read(CONCURRENCY)
            assert not bad, bad
            for easy in good:
                self._multi.remove_handle(easy)
                idle.append(easy)
                active -= 1
            self._multi.select(1.0)


def _compare_phases(url: str, bundle: str) -> None:
    prober = Prober(HERE, authorities=bundle, use_curl=True)
    task = Task("one", http.clean({"url": url}))
    ours, theirs = [], []
    for _ in range(2 * ROUNDS + 1):
        phases = prober.run([task])["one"].phases
        ours.append((phases.dns, phases.connect, phases.ssl, phases.ttfb, phases.ttlb, phases.total))
        theirs.append(_curl_command(url, bundle))
    print(f"phases of {url.partition(':')[0]} in ms, ours / curl -w (median of {len(ours)}):", end=" ")
    names = ("dns", "connect", "ssl", "ttfb", "ttlb", "total")
    columns = zip(names, zip(*ours, strict=True), zip(*theirs, strict=True), strict=True)
    print(
        ", ".join(
            f"{name} {statistics.median(mine):.2f}/{statistics.median(other):.2f}" for name, mine, other in columns
        )
    )


def _curl_command(url: str, bundle: str) -> tuple[float, ...]:
    program = shutil.which("curl")
    assert program, "the curl command is not installed"
    fields = ("namelookup", "connect", "appconnect", "starttransfer", "total")
    written = " ".join(f"%{{time_{name}}}" for name in fields)
    options = ["-s", "-q", "--http1.1", "--no-sessionid", "--cacert", bundle, "-w", f"{written}\\n"]
    # Twice on connections of their own: the first handshake of a process has much to load that is none of the server's.
    command = [program, *options, "-o", "/dev/null", url, "-o", "/dev/null", url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    name, connect, tls, first, total = (1e3 * float(mark) for mark in done.stdout.splitlines()[-1].split())
    ready = max(connect, tls)
    return name, connect - name, max(tls - connect, 0.0), first - ready, total - first, total


@contextlib.contextmanager
def _server(certificate: str | None) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.bench.probes", "serve", certificate or ""]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        request = await reader.readuntil(b"\r\n\r\n")
        slow = request.startswith(b"GET /slow")
        if slow:
            await asyncio.sleep(FIRST)
        writer.write(HEAD + bytes(512))
        if slow:
            await writer.drain()
            await asyncio.sleep(LAST)
        writer.write(bytes(512))
        await writer.drain()
        writer.close()
        await writer.wait_closed()


async def _serve(certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate else None
    if context:
        context.load_cert_chain(certificate)
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(_serve(sys.argv[2]))
    else:
        probes(argparse.Namespace())
