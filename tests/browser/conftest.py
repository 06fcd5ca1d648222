"""The app as it is served, and Debian's Chromium in front of it.

Fixtures for every browser test:

- ``served_app``: the app, started once with ``python app.py`` on an empty data folder.
- ``quiet_page``: a page of it that fails the test on a console error or a request elsewhere.
- ``serious_findings``: what axe-core finds serious on a page.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# No sandbox: CI runs as root. The others stop traffic that the browser makes for itself.
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 15


@dataclass(frozen=True)
class ServedApp:
    """A running app: its address, its data folder and what it printed."""

    url: str
    data: Path
    log: Path


@pytest.fixture(scope="session")
def served_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """Start the app on a free port with a data folder of its own, and stop it at the end."""
    folder = tmp_path_factory.mktemp("served")
    port = _free_port()
    app = ServedApp(f"http://127.0.0.1:{port}", folder / "data", folder / "log.txt")
    environment = os.environ | {"AMARATHON_PORT": str(port), "AMARATHON_DATA": str(app.data)}
    with app.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(app, process)
        yield app
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(STOPS_WITHIN_S)
    assert code == 0, app.log.read_text()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(app: ServedApp, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{app.url}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            pass  # not listening yet
        time.sleep(0.1)
    pytest.fail(f"The app did not start:\n{app.log.read_text()}")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the system's browser."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.fail("Chromium is missing: install Debian's package chromium.")
    return browser_type_launch_args | {"executable_path": executable, "args": BROWSER_FLAGS}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], served_app: ServedApp) -> dict[str, Any]:
    """Let tests name pages by their path."""
    return browser_context_args | {"base_url": served_app.url}


@pytest.fixture
def quiet_page(page: Page, served_app: ServedApp) -> Iterator[Page]:
    """A page that must log no error and ask no other server for anything."""
    faults: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def note_request(request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")) and _host(request.url) != _host(served_app.url):
            faults.append(f"request to {request.url}")

    page.on("console", note_console)
    page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
    page.on("request", note_request)
    yield page
    assert not faults, "\n".join(faults)


def _host(url: str) -> str:
    return urlsplit(url).netloc


@pytest.fixture
def serious_findings() -> Callable[[Page], list[str]]:
    """Function that runs axe-core on a page and lists what it finds serious or critical."""

    def run(page: Page) -> list[str]:
        findings = Axe().run(page).response["violations"]
        return [
            f"{finding['id']}: {finding['help']}: {node['html'][:200]}"
            for finding in findings
            if finding["impact"] in {"serious", "critical"}
            for node in finding["nodes"]
        ]

    return run
