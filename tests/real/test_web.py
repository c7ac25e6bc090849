"""nginx and Apache, with both engines."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.probes import http, tls
from chalicelib.probes.base import Outcome, Task
from chalicelib.probes.engine import Prober
from tests.channels.servers import HERE
from tests.probes.servers.scene import authority, probe
from tests.real.running import free_port, running

Look = Callable[..., Outcome]
LARGE = b"all is well. " * 700_000 + b"The end."


@pytest.fixture(params=[True, False], ids=["curl", "plain"])
def look(request: pytest.FixtureRequest) -> Look:
    def once(url: str, **definition: Any) -> Outcome:
        cleaned = replace(http.clean({"url": url, **definition}), timeout=10)
        prober = Prober(HERE, use_curl=request.param, authorities=authority().bundle)
        return prober.run([Task("one", cleaned)])["one"]

    return once


def _pages(folder: Path) -> Path:
    root = folder / "root"
    root.mkdir()
    (root / "index.html").write_text("<html>all is well</html>" * 100)
    (root / "large.txt").write_bytes(LARGE)
    (root / "latin.html").write_bytes("<html><meta charset=iso-8859-1>Größe</html>".encode("latin-1"))
    (root / "two.gz").write_bytes(gzip.compress(b"one ") + gzip.compress(b"two"))
    for one in (folder, *folder.parents):
        if str(one).startswith("/tmp/"):
            one.chmod(one.stat().st_mode | 0o755)
    return root


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """Its port, and the one with TLS, whose certificate an intermediate one vouches for."""
    folder, port, secure = tmp_path_factory.mktemp("nginx"), free_port(), free_port()
    root, pem = _pages(folder), authority().chained_file("127.0.0.1", intermediate=9)
    servers = "\n".join(
        f"server {{ listen 127.0.0.1:{number}{' ssl' if number == secure else ''}; root {root};\n"
        f"  ssl_certificate {pem}; ssl_certificate_key {pem};\n"
        "  location /moved { return 302 /index.html?" + "a" * 3_500 + "; }\n"
        '  location /cookie { if ($cookie_seen = "") { add_header Set-Cookie "seen=1; Path=/"; return 302 /cookie; }\n'
        "    return 200 welcome; }\n"
        "  location /two { add_header Content-Encoding gzip; default_type text/plain; alias " + f"{root}/two.gz; }}\n"
        "  }"
        for number in (port, secure)
    )
    (folder / "conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/errors; events {{ }}\n"
        f"http {{ access_log off; gzip on; gzip_types text/plain; gzip_min_length 1; types {{ text/html html; }}\n"
        f"default_type text/plain; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;\n"
        f"fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;\n{servers} }}\n"
    )
    with running(["nginx", "-p", folder, "-c", folder / "conf", "-e", folder / "errors"], port, folder):
        yield port, secure


def test_pages_of_nginx(nginx: tuple[int, int], look: Look) -> None:
    root = f"http://127.0.0.1:{nginx[0]}"
    assert look(f"{root}/", keyword="all is well").text == "200 OK"
    assert look(f"{root}/large.txt", keyword="The end.").size == len(LARGE)
    assert look(f"{root}/large.txt", not_keyword="The end.").text == "forbidden phrase is there"
    assert look(f"{root}/large.txt", headers={"Accept-Encoding": "gzip"}, keyword="The end.").ok
    assert look(f"{root}/latin.html", keyword="Größe").ok
    assert look(f"{root}/moved", keyword="all is well").details == {"status": 200, "redirects": 1}
    assert look(f"{root}/cookie", keyword="welcome").text == "200 OK"
    assert look(f"{root}/two", keyword="one two").text == "200 OK"
    assert look(f"{root}/none").text == "404 Not Found"
    assert look(f"{root}/", method="HEAD").text == "200 OK"


def test_certificates_of_nginx(nginx: tuple[int, int], look: Look) -> None:
    root = f"https://127.0.0.1:{nginx[1]}"
    assert look(f"{root}/", keyword="all is well").ok
    assert look(f"{root}/", cert_days=14).text == "intermediate certificate ends in 8 days"
    assert probe(tls, port=nginx[1], cert_days=14).text == "intermediate certificate ends in 9 days"
    assert look(f"https://localhost:{nginx[1]}/").text == "certificate is for another host"
    assert look(f"http://127.0.0.1:{nginx[1]}/").text == "400 Bad Request"
    assert look(f"https://127.0.0.1:{nginx[0]}/").text == "TLS handshake failed"


@pytest.fixture(scope="module")
def apache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, port = tmp_path_factory.mktemp("apache"), free_port()
    root = _pages(folder)
    modules = ("mpm_event", "authz_core", "authz_host", "dir", "mime", "filter", "deflate", "alias", "auth_basic")
    load = "".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
        for name in (*modules, "authn_file", "authn_core", "authz_user")
    )
    (folder / "users").write_text("me:{SHA}" + "5en6G6MezRroT3XKqkdPOmY/BfQ=\n")
    (folder / "conf").write_text(
        f"{load}ServerName localhost\nListen 127.0.0.1:{port}\nPidFile {folder}/pid\nErrorLog {folder}/errors\n"
        f"Mutex file:{folder}\nUser www-data\nGroup www-data\nTypesConfig /etc/mime.types\nDocumentRoot {root}\n"
        f"AddDefaultCharset ISO-8859-1\nSetOutputFilter DEFLATE\nRedirect 301 /old /index.html\n"
        f"<Directory {root}>\nRequire all granted\n</Directory>\n"
        f"<Location /large.txt>\nAuthType Basic\nAuthName a\nAuthUserFile {folder}/users\n"
        "Require valid-user\n</Location>\n"
    )
    with running(["apache2", "-X", "-d", folder, "-f", folder / "conf"], port, folder):
        yield port


def test_pages_of_apache(apache: int, look: Look) -> None:
    root = f"http://127.0.0.1:{apache}"
    assert look(f"{root}/index.html", keyword="all is well").text == "200 OK"
    assert look(f"{root}/latin.html", keyword="Größe", headers={"Accept-Encoding": "gzip"}).text == "200 OK"
    assert look(f"{root}/old", not_keyword="nothing").details == {"status": 200, "redirects": 1}
    assert look(f"{root}/large.txt").text == "401 Unauthorized"
    assert look(f"{root}/large.txt", user="me", password="secret", keyword="The end.").size == len(LARGE)
    assert look(f"{root}/none", expect_codes="404").text == "404 Not Found"
