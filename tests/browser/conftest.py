"""The app as it is served, and Debian's Chromium in front of it.

Fixtures for every browser test:

- ``served_app``: the app, started once with ``python app.py`` on an empty data folder.
- ``runs``: its runs folder, empty before and after.
- ``quiet_page``: a page of it that fails the test on a console error or a request elsewhere.
- ``serious_findings``: what axe-core finds serious on a page.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from tests.serving import ServedApp, serving

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
# Bound a hang, and decide nothing: a busy machine takes a minute where an idle one takes a second.
STOPS_WITHIN_S, PATIENCE_MS = 600, 300_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def served_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """Start the app with a data folder of its own; at the end it must stop when told to."""
    with serving(tmp_path_factory.mktemp("served")) as app:
        yield app
        app.process.terminate()
        assert app.process.wait(STOPS_WITHIN_S) == 0, app.log.read_text()


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
def context(context: BrowserContext) -> BrowserContext:
    """A visitor's browser, which waits as long as it takes."""
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture
def runs(served_app: ServedApp) -> Iterator[Path]:
    """The app's runs folder, empty before and after."""
    folder = served_app.data / "runs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder)


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
