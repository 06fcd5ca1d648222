"""The samples in a browser: one that models disagree on is found, heard, judged and passed on by link."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from amarathon.datasets import load_dataset
from amarathon.datasets.bundled import BUNDLED
from amarathon.tasks.sample import Sample
from tests.leaderboard.sample_runs import write_answers
from tests.serving import ServedApp

PHONE = {"width": 390, "height": 844}
HOSTILE = '<img src=x onerror="window.attacked = 1">'


def right_but_for_one(number: int, sample: Sample, configuration: str) -> int:
    """Right, except about the first question of months; there pruning mends it."""
    wrong = sample.id == "mini-ser-test-00000" and configuration == "vanilla"
    return (sample.answer + wrong) % len(sample.options)


@pytest.fixture
def disagreeing(runs: Path) -> None:
    """A second model on the bundled dataset, and people."""
    samples = load_dataset(BUNDLED).samples
    write_answers(runs, "second", samples, right_but_for_one, dataset=BUNDLED)
    write_answers(runs, "people", samples, kind="human", dataset=BUNDLED)


def rows(page: Page) -> Locator:
    return page.locator(".sample-row")


def opened(page: Page, path: str = "/?view=samples") -> Page:
    page.goto(path)
    expect(rows(page).first).to_be_visible()
    return page


def test_a_visitor_finds_hears_and_passes_on_what_models_disagree_about(
    quiet_page: Page, browser: Browser, served_app: ServedApp, disagreeing: None
) -> None:
    page = quiet_page
    page.goto("/")
    page.get_by_role("tab", name="Samples").click()
    expect(rows(page).first).to_be_visible()
    page.get_by_label("Show").select_option("Models disagree")
    expect(page.locator(".sample-count")).not_to_have_text(re.compile("^990"))
    page.get_by_label("Task").select_option("SER")
    row = rows(page).filter(has_text="Which month is named in the recording?").first
    row.click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Which month is named in the recording?")

    play = page.locator(".sample-player").get_by_role("button", name="Play")
    expect(page.locator(".sample-page [role=status]")).to_be_hidden()
    play.click()
    audio = page.locator(".sample-player audio")
    page.wait_for_function("audio => audio.currentTime > 0.3", arg=audio.element_handle())
    slider = page.get_by_role("slider", name="Position in the recording")
    slider.press("End")
    slider.press("PageDown")
    page.wait_for_function("audio => audio.currentTime > 60", arg=audio.element_handle())
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    page.wait_for_function(
        "audio => Math.abs(audio.currentTime / audio.duration - 0.5) < 0.1", arg=audio.element_handle()
    )

    expect(page.locator(".sample-gold")).to_have_count(0)
    expect(page.locator("td.wrong, td.right, li.right")).to_have_count(0)
    page.get_by_role("button", name="Show what is right").click()
    expect(page.locator(".sample-gold")).to_contain_text("B, November")
    second = page.locator(".sample-run").filter(has_text="second")
    expect(second.get_by_role("row").filter(has_text="vanilla")).to_contain_text("wrong")
    expect(second.get_by_role("row").filter(has_text="frame@0.6")).to_contain_text("right")
    expect(page.get_by_role("heading", name="People")).to_be_visible()

    other = browser.new_context(base_url=served_app.url).new_page()
    other.goto(page.url)
    expect(other.get_by_role("heading", level=2)).to_have_text("Which month is named in the recording?")
    expect(other.locator(".sample-gold")).to_contain_text("B, November")
    expect(other.locator(".sample-steps")).to_contain_text("1 of 1")
    other.get_by_role("button", name="All samples").click()
    expect(other.get_by_label("Show")).to_have_value("disagree")
    other.context.close()

    page.go_back()
    expect(rows(page).first).to_be_visible()
    expect(page.get_by_label("Task")).to_have_value("SER")
    assert page.evaluate("document.querySelector('audio').paused") is True


def test_next_and_previous_walk_the_filtered_list(quiet_page: Page, disagreeing: None) -> None:
    page = opened(quiet_page, "/?view=samples&show=flipped&task=SER&run=second")
    expect(rows(page)).to_have_count(1)
    page.get_by_label("Show").select_option("All samples")
    expect(rows(page)).to_have_count(3)
    rows(page).first.click()
    expect(page.locator(".sample-steps")).to_contain_text("1 of 3")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".sample-steps")).to_contain_text("2 of 3")
    page.get_by_role("button", name="Previous").click()
    expect(page.locator(".sample-steps")).to_contain_text("1 of 3")
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()


def test_transcripts_are_compared_with_the_right_one(quiet_page: Page) -> None:
    page = opened(quiet_page, "/?view=samples&task=ASR&run=small-on-bundled")
    rows(page).first.click()
    expect(page.locator(".sample-transcript")).to_have_count(33)
    expect(page.locator(".sample-transcript").first).not_to_contain_text("WER")
    page.get_by_role("button", name="Show what is right").click()
    expect(page.locator(".sample-transcript").first).to_contain_text(re.compile(r"WER \d+\.\d%"))
    expect(page.locator(".sample-transcript del").first).to_be_visible()


def test_what_is_not_found_says_why_and_how_to_go_on(quiet_page: Page) -> None:
    page = quiet_page
    page.goto("/?view=samples&show=disagree")
    expect(page.locator(".empty")).to_contain_text("No two models have answered the same dataset here")
    page.get_by_role("button", name="Clear search and filters").click()
    expect(rows(page)).to_have_count(50)
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".sample-pages")).to_contain_text("Page 2 of")
    page.get_by_label("Search questions and options").fill("no such words anywhere")
    expect(page.locator(".empty")).to_contain_text("No sample fits.")


def test_a_sample_that_is_gone_is_a_sentence(page: Page) -> None:
    page.goto(f"/?view=samples&sample={'0' * 20}")
    expect(page.get_by_role("alert").filter(has_text="There is no such sample here")).to_be_visible()
    page.get_by_role("button", name="All samples").click()
    expect(rows(page).first).to_be_visible()


def test_hostile_texts_are_text(quiet_page: Page, runs: Path) -> None:
    hostile = [
        Sample(**vars(sample) | {"id": HOSTILE + sample.id}) for sample in load_dataset(BUNDLED).samples[:3]
    ]
    write_answers(runs, "hostile", hostile, dataset=HOSTILE)
    page = opened(quiet_page, "/?view=samples&run=hostile")
    rows(page).first.click()
    page.get_by_role("button", name="Show what is right").click()
    expect(page.locator(".sample-gold")).to_contain_text(HOSTILE)
    assert page.evaluate("window.attacked") is None


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_list_and_sample_fit_and_are_accessible(
    quiet_page: Page,
    serious_findings: Callable[[Page], list[str]],
    disagreeing: None,
    mode: str,
    size: dict[str, int] | None,
) -> None:
    page = quiet_page
    if size:
        page.set_viewport_size(size)
    page.emulate_media(color_scheme=mode)
    width = page.viewport_size["width"]
    for path, shown in (
        ("/?view=samples", ".sample-row"),
        ("/?view=samples&task=SER&run=second", ".sample-row"),
        ("/?view=samples&task=ASR&run=small-on-bundled", ".sample-row"),
    ):
        page.goto(path)
        expect(page.locator(shown).first).to_be_visible()
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if "task" not in path:
            continue
        rows(page).first.click()
        page.get_by_role("button", name="Show what is right").click()
        expect(page.locator(".sample-gold")).to_be_visible()
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
