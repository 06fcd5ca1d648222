"""Figures in a browser: each view draws, fits and is accessible; the first screen needs none of it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from amarathon.psychoacoustics import Design, measure, open_encoder
from tests.browser.boards import head, opened
from tests.leaderboard.run_folders import NOTICE, write_run, write_speed

DESK, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
# Each view with figures: its tab, its address, and words of its first figure's title.
VIEWS = {
    "compare": ("Compare", "view=compare", "Scores by task"),
    "pruning": ("Token pruning", "view=pruning", "Overall against what is removed"),
    "pareto": ("Token pruning", "view=pruning&chart=pareto", "less is better"),
    "delta": ("Token pruning", "view=pruning&chart=delta&model=run-a", "Difference from vanilla"),
    "costs": ("Token pruning", "view=pruning&chart=costs", "Prefill, s against"),
    "eviction": ("Cache eviction", "view=eviction", "ASR Automatic Speech Recognition against"),
    "duration": ("Duration", "view=duration", "Long against short audio"),
    "bins": ("Duration", "view=duration&chart=duration&model=run-a", "against the length of the audio"),
    "slices": ("Slices", "view=slices&task=ASC&model=run-small-on-bundled", "by slice"),
    "transcripts": ("Transcripts", "view=transcripts&model=run-small-on-bundled", "How transcripts go wrong"),
    "speed": ("Speed", "view=speed", "Time to the first token"),
    "binaural": ("Binaural", "view=binaural", "Binaural masking level difference"),
    "benchmark": ("Benchmark", "view=benchmark", "Questions by task"),
}


def drawn(page: Page) -> None:
    """Wait until every figure of the view is there."""
    expect(page.locator(".plot .main-svg").first).to_be_visible()
    expect(page.locator(".plot[aria-busy=true]")).to_have_count(0)


@pytest.fixture
def measured(runs: Path) -> None:
    """A run of a few configurations, and what was measured of them alone."""
    write_run(runs, "a", configurations=["vanilla", "frame@0.3", "frame@0.6"])
    write_speed(runs, "alone", {"vanilla": 2.0, "frame@0.6": 0.7})
    design = Design(frequencies_hz=(500.0, 1000.0), snrs_db=(-14.0,), seeds=3, duration_s=0.2)
    measure(open_encoder("log-mel"), design, runs / "ears", presentation="mid-side")


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(("mode", "size"), [("light", DESK), ("dark", PHONE)], ids=["desk", "phone"])
def test_every_figure_opens_by_its_link(
    quiet_page: Page, serious_findings: Callable[[Page], list[str]], mode: str, size: dict[str, int]
) -> None:
    quiet_page.set_viewport_size(size)
    quiet_page.emulate_media(color_scheme=mode)
    for view, (tab, address, title) in VIEWS.items():
        quiet_page.goto(f"/?{address}")
        drawn(quiet_page)
        expect(quiet_page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        expect(quiet_page.locator(".plot figcaption").first).to_contain_text(title)
        quiet_page.get_by_text("Numbers as a table").first.click()
        expect(quiet_page.locator(".numbers tbody tr").first).to_be_visible()
        assert quiet_page.evaluate("document.documentElement.scrollWidth") <= size["width"], view
        assert serious_findings(quiet_page) == [], view


def test_the_first_screen_loads_no_plotly_and_a_tab_does(quiet_page: Page) -> None:
    asked: list[str] = []
    quiet_page.on("request", lambda request: asked.append(request.url))
    opened(quiet_page)
    quiet_page.wait_for_timeout(500)
    assert not [url for url in asked if "plotly" in url or "/figures/" in url]
    quiet_page.get_by_role("tab", name="Benchmark").click()
    drawn(quiet_page)
    quiet_page.get_by_role("tab", name="Duration").click()
    drawn(quiet_page)
    assert len([url for url in asked if "plotly.min.js" in url]) == 1


def test_choices_stand_in_the_address_and_back_leads_to_the_view_before(quiet_page: Page) -> None:
    opened(quiet_page)
    quiet_page.get_by_role("tab", name="Token pruning").click()
    drawn(quiet_page)
    quiet_page.get_by_label("Score", exact=True).select_option("MC")
    quiet_page.get_by_label("Model", exact=True).select_option("table-4-Aero-1-Audio")
    caption = quiet_page.locator(".plot figcaption")
    expect(caption).to_have_text("MC Music Classification against what is removed: Aero-1-Audio, Table 4")
    assert "score=MC&model=table-4-Aero-1-Audio" in quiet_page.url
    quiet_page.reload()
    expect(caption).to_have_text("MC Music Classification against what is removed: Aero-1-Audio, Table 4")
    quiet_page.go_back()
    expect(quiet_page.get_by_role("tab", name="Models")).to_have_attribute("aria-selected", "true")
    expect(quiet_page.locator(".plot")).to_have_count(0)


def test_a_drawing_is_clipped_by_its_own_parts_under_any_address(quiet_page: Page) -> None:
    quiet_page.goto("/?view=pruning")
    drawn(quiet_page)
    clips = quiet_page.locator(".plot .main-svg [clip-path]")
    links = clips.evaluate_all("nodes => nodes.map((node) => node.getAttribute('clip-path'))")
    assert links
    assert all(re.fullmatch(r"""url\(['"]?#[^'"]+['"]?\)""", link) for link in links), links[0]
    assert quiet_page.evaluate("document.querySelector('base').getAttribute('href')") == "./"


def test_a_figure_follows_the_switch_of_light_and_dark(quiet_page: Page) -> None:
    quiet_page.emulate_media(color_scheme="light")
    quiet_page.goto("/?view=benchmark")
    drawn(quiet_page)
    ground = quiet_page.locator(".plot .main-svg").first
    expect(ground).to_have_css("background-color", "rgb(255, 255, 255)")
    quiet_page.get_by_role("button", name="Dark").click()
    expect(ground).to_have_css("background-color", "rgb(20, 23, 26)")


def test_a_point_says_its_figure_and_the_picture_is_downloaded(quiet_page: Page) -> None:
    quiet_page.goto("/?view=pruning&model=table-4-Aero-1-Audio&score=SCR")
    drawn(quiet_page)
    quiet_page.locator(".plot .scatterlayer .point").last.hover(force=True)
    expect(quiet_page.locator(".plot .hovertext").first).to_contain_text(re.compile(r": \d+\.\d"))
    with quiet_page.expect_download() as caught:
        quiet_page.get_by_role("button", name="SVG").click()
    picture = Path(caught.value.path()).read_text(encoding="utf-8")
    assert caught.value.suggested_filename == "audiomarathon-curves.svg"
    assert "Published, Table 4" in picture


@pytest.mark.usefixtures("measured")
def test_rows_are_chosen_to_be_compared(quiet_page: Page) -> None:
    quiet_page.goto("/?view=compare&systems=run-a-vanilla")
    expect(quiet_page.locator(".plot").nth(1)).to_contain_text("Choose two to four rows")
    quiet_page.get_by_label("Row 2").focus()
    quiet_page.get_by_label("Row 2").select_option("run-a-frame@0.6")
    forest = quiet_page.locator(".plot").nth(1)
    expect(forest).to_contain_text("Paired, strict")
    expect(forest).to_contain_text(NOTICE)
    assert "systems=run-a-vanilla%2Crun-a-frame%400.6" in quiet_page.url


@pytest.mark.usefixtures("measured")
def test_speed_is_sorted_by_any_column(quiet_page: Page) -> None:
    quiet_page.goto("/?view=speed")
    drawn(quiet_page)
    methods = quiet_page.locator("table.scores tbody td:nth-child(3)")
    assert methods.all_inner_texts() == ["frame@0.6", "Vanilla"]
    asked: list[Request] = []
    quiet_page.on("request", lambda request: asked.append(request))
    head(quiet_page, "prefill_s").click()
    head(quiet_page, "prefill_s").click()
    assert methods.all_inner_texts() == ["Vanilla", "frame@0.6"]
    assert "sort=prefill_s" in quiet_page.url
    assert [request.url for request in asked if "/v1/" in request.url] == []


def test_a_figure_that_cannot_be_fetched_is_a_sentence(page: Page) -> None:
    page.route("**/v1/figures/**", lambda route: route.abort())
    page.goto("/?view=benchmark")
    expect(page.get_by_role("alert").filter(has_text="reload the page to try again").first).to_be_visible()
