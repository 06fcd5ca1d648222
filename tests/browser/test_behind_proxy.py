"""Every page behind a real proxy that serves the app under a path: one that strips it, one that keeps it."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.visiting import part
from tests.proxying import proxied
from tests.serving import PATIENCE_S, ServedApp, serving

PREFIX = "/am"


@pytest.fixture(scope="module")
def served_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """The app, with its path in Gradio's own variable."""
    folder = tmp_path_factory.mktemp("proxied")
    with serving(folder, GRADIO_ROOT_PATH=PREFIX, AMARATHON_TRUSTED_PROXIES="127.0.0.1") as app:
        yield app


@pytest.fixture(scope="module", params=["strips", "keeps"])
def address(request: pytest.FixtureRequest, served_app: ServedApp) -> Iterator[str]:
    """Where the proxy serves it."""
    with proxied(served_app.url, PREFIX, strips=request.param == "strips") as url:
        yield url


@pytest.fixture
def watched_page(page: Page, address: str) -> Iterator[Page]:
    """A page that must log no error, get no refusal, and ask nobody but the proxy, under its path."""
    faults: list[str] = []

    def note(response: Response) -> None:
        own = urlsplit(response.url)
        if response.url.startswith(("data:", "blob:")):
            return
        if own.netloc != urlsplit(address).netloc or not own.path.startswith(PREFIX):
            faults.append(f"elsewhere: {response.url}")
        if response.status >= 400:
            faults.append(f"{response.status}: {response.url}")

    page.on("response", note)
    page.on(
        "console",
        lambda message: (
            faults.append(f"{message.text} {message.location}") if message.type == "error" else None
        ),
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "table.scores tbody tr"),
        ("/annotate", "[data-part=huggingface], [data-part=entrance], #annotate form"),
        ("/verify", "#verify [data-part]"),
        ("/demo", "[data-part=play]:enabled"),
    ],
)
def test_every_page_works(watched_page: Page, address: str, path: str, shown: str) -> None:
    watched_page.goto(address + path)
    expect(watched_page.locator(shown).first).to_be_attached()
    # The shared style came, and a queued event of Gradio's goes through.
    assert watched_page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()"
    )
    watched_page.get_by_role("button", name="About this server").click()
    expect(watched_page.locator(".page-footer-answer").first).to_contain_text("gradio")


def test_the_demo_plays_and_draws_and_compares(watched_page: Page, address: str) -> None:
    watched_page.goto(f"{address}/demo")
    expect(part(watched_page, "play")).to_be_enabled()
    watched_page.wait_for_function(
        "[...document.querySelectorAll('audio')].some((each) => each.readyState > 0)"
    )
    part(watched_page, "go").click()
    expect(watched_page).to_have_url(re.compile(r"/am/demo\?.*comparison=[0-9a-f]{32}$"))
    expect(part(watched_page, "table").locator("tbody tr")).to_have_count(4, timeout=1_200_000)


def test_addresses_of_other_kinds(address: str) -> None:
    for path in ("/healthz", "/openapi.json", "/v1/leaderboard", "/v1/human/session", "/theme.css"):
        assert httpx.get(address + path, timeout=PATIENCE_S).status_code == 200, path
    moved = httpx.get(f"{address}/annotate/", timeout=PATIENCE_S)
    assert (moved.status_code, moved.headers["location"]) == (301, "/am/annotate")
    endpoints = httpx.get(f"{address}/gradio_api/info", timeout=PATIENCE_S).json()["named_endpoints"]
    assert list(endpoints) == ["/compare"]
    assert httpx.get(f"{address}/gradio_api/app_id", timeout=PATIENCE_S).status_code == 404
