"""Every page in its frame: header, modes, phone width, queue."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from front_door.app import PAGES

PATHS = [page.path for page in PAGES]
every_page = pytest.mark.parametrize("path", PATHS)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def opened(page: Page, path: str) -> Page:
    """Open a page and wait until all of its components are drawn."""
    page.goto(path)
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


@every_page
@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_page_loads_fits_and_is_accessible(
    quiet_page: Page,
    serious_findings: Callable[[Page], list[str]],
    path: str,
    mode: str,
    size: dict[str, int],
) -> None:
    quiet_page.set_viewport_size(size)
    quiet_page.emulate_media(color_scheme=mode)
    opened(quiet_page, path)
    name = next(page.name for page in PAGES if page.path == path)
    expect(quiet_page).to_have_title(f"{name} · AudioMarathon")
    expect(quiet_page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
    assert quiet_page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert quiet_page.evaluate("document.body.classList.contains('dark')") is (mode == "dark")
    assert serious_findings(quiet_page) == []


def test_header_leads_to_every_page(quiet_page: Page) -> None:
    opened(quiet_page, "/")
    for page in PAGES:
        quiet_page.get_by_role("link", name=page.name, exact=True).click()
        expect(quiet_page).to_have_url(re.compile(rf"^http://127\.0\.0\.1:\d+{page.path}$"))
        expect(quiet_page.locator("a.page[aria-current=page]")).to_have_text(page.name)


def test_chosen_mode_outlasts_pages_and_the_system(quiet_page: Page) -> None:
    quiet_page.emulate_media(color_scheme="light")
    opened(quiet_page, "/annotate")
    switch = quiet_page.get_by_role("button", name="Dark")
    expect(switch).to_have_attribute("aria-pressed", "false")
    light = quiet_page.evaluate(BACKGROUND)
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    dark = quiet_page.evaluate(BACKGROUND)
    assert dark != light
    opened(quiet_page, "/verify")
    expect(quiet_page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    quiet_page.emulate_media(color_scheme="dark")
    quiet_page.emulate_media(color_scheme="light")
    assert quiet_page.evaluate(BACKGROUND) == dark
    quiet_page.get_by_role("button", name="Dark").click()
    assert quiet_page.evaluate(BACKGROUND) == light


def test_chosen_mode_is_there_before_the_first_paint(quiet_page: Page) -> None:
    """Without Gradio's scripts only the document itself can have set the mode."""
    quiet_page.emulate_media(color_scheme="light")
    opened(quiet_page, "/")
    quiet_page.evaluate("localStorage.setItem('amarathon-theme', 'dark')")
    quiet_page.route("**/assets/**", lambda route: route.fulfill(body="", content_type="text/javascript"))
    quiet_page.goto("/")
    assert quiet_page.evaluate(BACKGROUND) == "rgb(20, 23, 26)"


@every_page
def test_event_passes_through_the_queue(quiet_page: Page, path: str) -> None:
    opened(quiet_page, path)
    with quiet_page.expect_request("**/queue/join*"):
        quiet_page.get_by_role("button", name="About this server").click()
    expect(quiet_page.locator(".page-footer")).to_contain_text(re.compile(r"amarathon \d.*, torch \d"))
