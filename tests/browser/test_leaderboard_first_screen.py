"""What a newcomer sees first: what this is, how to read it, what to compare with; and nothing jumps."""

import pytest
from playwright.sync_api import Page, expect

from leaderboard.printed import source
from tests.browser.boards import figures, head, hover, menu, opened, table
from tests.browser.measuring import WATCH_SHIFTS, shifted

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
every_size = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


def test_title_sentences_links_and_key_stand_above_the_first_row(quiet_page: Page) -> None:
    quiet_page.set_viewport_size(DESK)
    opened(quiet_page)
    expect(quiet_page.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(quiet_page.locator(".intro")).to_contain_text("ten tasks")
    expect(quiet_page.locator(".intro")).to_contain_text("A row is one model")
    links = quiet_page.locator(".links a")
    assert {link.inner_text(): link.get_attribute("href") for link in links.all()} == {
        "Paper": source().url,
        "Data": source().data,
        "Code": source().code,
        "API": "./docs/api",
    }
    key = quiet_page.locator(".key")
    for words in (
        "as printed in the paper",
        "Measured here",
        "lowest to highest",
        "best of its column",
        "tied",
    ):
        expect(key).to_contain_text(words)
    expect(key).to_contain_text("mean over the tasks that people have a score on")
    expect(key).to_be_in_viewport()
    expect(table(quiet_page).locator("tbody tr").nth(3)).to_be_in_viewport()
    # The gap stands beside its definition, without scrolling aside.
    expect(head(quiet_page, "gap")).to_be_in_viewport(ratio=1)


def test_tasks_are_named_in_words_with_chance_and_people_in_every_column(quiet_page: Page) -> None:
    opened(quiet_page)
    expect(head(quiet_page, "SER")).to_have_text("EntitiesSER")
    expect(head(quiet_page, "SGR")).to_have_text("GenderSGR")
    rows = table(quiet_page).locator("tbody tr")
    expect(rows.nth(0)).to_have_class("human")
    expect(rows.nth(1)).to_have_class("chance")
    expect(rows.nth(1)).to_contain_text("16.9")
    head(quiet_page, "SAR").click()
    expect(rows.nth(1)).to_have_class("chance")
    hover(rows.nth(1).get_by_text("48.0"))
    expect(quiet_page.get_by_role("tooltip")).to_contain_text("Table 6")


def test_group_means_are_plain_means_and_say_what_they_lack(quiet_page: Page) -> None:
    opened(quiet_page)
    means = figures(quiet_page, "mean-speech-content-extraction")
    assert means[0] == f"{(26.3 + 85.1 + 98.1) / 3:.1f}"
    people = table(quiet_page).locator("tr.human")
    expect(people.locator("td.mean").first).to_contain_text(f"{(45.1 + 88.1) / 2:.1f}")
    expect(quiet_page.locator(".notes").first).to_contain_text("Mean over the tasks that have a score")


@every_size
def test_nothing_jumps_when_the_scores_come(quiet_page: Page, size: dict[str, int]) -> None:
    quiet_page.set_viewport_size(size)
    quiet_page.add_init_script(WATCH_SHIFTS)
    opened(quiet_page)
    quiet_page.wait_for_load_state("networkidle")
    assert shifted(quiet_page) < 0.1


def test_phone_shows_every_tab_and_has_targets_for_fingers(quiet_page: Page) -> None:
    quiet_page.set_viewport_size(PHONE)
    opened(quiet_page)
    for tab in quiet_page.get_by_role("tab").all():
        expect(tab).to_be_in_viewport(ratio=1)
    small = quiet_page.evaluate(
        """() => [...document.querySelectorAll("#leaderboard :is(button, a, input, summary)")]
            .filter((node) => node.checkVisibility() && !node.closest(".skip, p, li, [aria-hidden]"))
            .map((node) => node.closest("label") ?? node)
            .map((node) => [node.textContent, node.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24)
            .map(([text, box]) => `${text} ${box.width} x ${box.height}`)"""
    )
    assert small == []


def test_tip_of_a_tapped_head_leaves_the_navigation_free(quiet_page: Page) -> None:
    quiet_page.set_viewport_size(PHONE)
    opened(quiet_page)
    head(quiet_page, "overall").click()
    tip = quiet_page.get_by_role("tooltip")
    expect(tip).to_be_visible()
    bar = quiet_page.locator("[data-part=bar]").bounding_box()
    box = tip.bounding_box()
    assert bar
    assert box
    assert box["y"] >= bar["y"] + bar["height"]


def test_skip_link_leads_to_the_table(quiet_page: Page) -> None:
    opened(quiet_page)
    skip = quiet_page.get_by_role("link", name="Skip to the table")
    skip.focus()
    expect(skip).to_be_in_viewport()
    skip.press("Enter")
    quiet_page.keyboard.press("Tab")
    assert quiet_page.evaluate("document.activeElement.closest('[data-part=content]') !== null")


def test_ticks_can_be_seen(quiet_page: Page) -> None:
    opened(quiet_page)
    box = menu(quiet_page, "Columns").get_by_label("Rank", exact=True)
    for mode in ("light", "dark"):
        quiet_page.emulate_media(color_scheme=mode)
        box.check()
        ticked = box.screenshot()
        assert box.evaluate("box => getComputedStyle(box).appearance") == "auto"
        box.uncheck()
        assert box.screenshot() != ticked, mode


def test_menus_stand_whole_in_the_window(quiet_page: Page) -> None:
    opened(quiet_page)
    for width in (390, 700, 800, 1280, 1920):
        quiet_page.set_viewport_size({"width": width, "height": 900})
        for name in ("Filters", "Columns"):
            box = menu(quiet_page, name).bounding_box()
            assert box
            assert box["x"] >= 0, (name, width)
            assert box["x"] + box["width"] <= width, (name, width)
            quiet_page.keyboard.press("Escape")
