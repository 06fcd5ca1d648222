"""The proxies' settings of the page on operation, as nginx and Caddy themselves understand them.

Only addresses, ports and certificates are exchanged for a test's own.
"""

import asyncio
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from amarathon.settings import Settings
from tests.serving import PATIENCE_S, ROOT, free_port
from tests.web.conftest import describe, listening
from web.guard import guard
from web.limits import Limits

PAGE = ROOT / "docs" / "how-to" / "operate.md"
NAME = "audio.example.org"
PAUSE_S = 1.0


async def stream(request: Request) -> Response:
    async def events() -> AsyncIterator[str]:
        yield "data: first\n\n"
        await asyncio.sleep(PAUSE_S)
        yield "data: last\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


def example(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def nginx(folder: Path, app: int, port: int) -> list[str]:
    own = {"443 ssl": f"127.0.0.1:{port} ssl", "7860": str(app)}
    own |= {f"/etc/ssl/audio.{end}": f"{folder}/audio.{end}" for end in ("pem", "key")}
    asked = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}", "-days", "2"]
    files = ["-keyout", str(folder / "audio.key"), "-out", str(folder / "audio.pem")]
    subprocess.run([*asked, *files], check=True, capture_output=True)
    paths = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    server = replaced(example("nginx"), own)
    head = f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{}}\n"
    text = f"{head}http {{ access_log off; {paths}\n{server}}}\n"
    if folder.owner() == "root":  # or its workers may not write there
        text = f"user root;\n{text}"
    (folder / "nginx.conf").write_text(text)
    # Debian has it where an ordinary user does not look.
    return [
        shutil.which("nginx") or "/usr/sbin/nginx",
        "-e",
        str(folder / "log"),
        "-c",
        str(folder / "nginx.conf"),
    ]


def caddy(folder: Path, app: int, port: int) -> list[str]:
    own = {f"{NAME} {{": f"https://{NAME}:{port} {{\n    tls internal\n    bind 127.0.0.1", "7860": str(app)}
    storage = f"storage file_system {folder}/storage"
    head = f"{{\n    admin off\n    skip_install_trust\n    auto_https disable_redirects\n    {storage}\n}}\n"
    (folder / "Caddyfile").write_text(head + replaced(example("caddy"), own))
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def replaced(text: str, own: dict[str, str]) -> str:
    for old, new in own.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


PROGRAMS = {"nginx": nginx, "caddy": caddy}


@pytest.fixture(params=PROGRAMS, scope="module")
def proxy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the app through a proxy, over TLS."""
    folder = tmp_path_factory.mktemp(request.param)
    settings = Settings(root_path="/audio", trusted_proxies=("127.0.0.1",), allowed_hosts=(NAME,))
    routes = [Route("/stream", stream), Route("/{path:path}", describe, methods=["GET", "POST"])]
    app = guard(Starlette(routes=routes), settings, "127.0.0.1".__eq__, Limits(), dict)
    with listening(app, proxy_headers=False) as inner:
        port = free_port()
        log = (folder / "out").open("wb")
        process = subprocess.Popen(PROGRAMS[request.param](folder, inner, port), stdout=log, stderr=log)
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        named = httpx.Client(
            base_url=f"https://127.0.0.1:{port}",
            verify=trusting,
            timeout=PATIENCE_S,
            headers={"Host": f"{NAME}:{port}"},
        )
        try:
            wait_for(named, process, folder / "out")
            yield named
        finally:
            named.close()
            process.terminate()
            process.wait()
            log.close()


def wait_for(client: httpx.Client, process: "subprocess.Popen[bytes]", out: Path) -> None:
    while process.poll() is None:
        try:
            client.get("/audio/x", extensions={"sni_hostname": NAME})
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(out.read_text())


def test_the_app_learns_who_asks_and_how(proxy: httpx.Client) -> None:
    lies = {"X-Forwarded-For": "192.0.2.66", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    found = proxy.get("/audio/some/page", headers=lies, extensions={"sni_hostname": NAME}).json()
    assert (found["path"], found["scheme"], found["client"]) == ("/some/page", "https", "127.0.0.1")
    assert found["host"] == proxy.headers["host"]
    assert found["x-forwarded-host"] == proxy.headers["host"]


def test_what_is_streamed_comes_as_it_is_made(proxy: httpx.Client) -> None:
    with proxy.stream("GET", "/audio/stream", extensions={"sni_hostname": NAME}) as answer:
        came = [(time.monotonic(), part) for part in answer.iter_bytes()]
    assert b"".join(part for _, part in came) == b"data: first\n\ndata: last\n\n"
    assert came[-1][0] - came[0][0] > PAUSE_S / 2


def test_a_recording_passes(proxy: httpx.Client) -> None:
    size = 3 << 20
    path = "/audio/v1/demo/recordings"
    answer = proxy.post(path, content=bytes(size), extensions={"sni_hostname": NAME})
    assert (answer.status_code, answer.json()["size"]) == (200, size)


def test_metrics_are_not_there(proxy: httpx.Client) -> None:
    assert proxy.get("/audio/metrics", extensions={"sni_hostname": NAME}).status_code == 404
