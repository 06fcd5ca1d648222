"""What the demo shows and lets hear once there are answers, and what it says about them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from amarathon.tasks import TASKS
from tests.browser.visiting import bring_short, finish, open_demo, part

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}


def test_everything_to_ask_is_on_one_screen(quiet_page: Page) -> None:
    page = quiet_page
    page.set_viewport_size(LAPTOP)
    open_demo(page)
    for name in ("choose", "model", "question", "prompt", "presets", "grid", "go", "play", "wave"):
        box = part(page, name).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= LAPTOP["height"], name
    expect(page.get_by_role("heading", level=1)).to_have_text("Live demo")
    # Names in full.
    for cut in page.locator(".method").all():
        assert cut.evaluate("(node) => node.scrollWidth <= node.clientWidth"), cut.inner_text()
    # Each explained, with its paper.
    page.get_by_role("button", name="HeadRouter, reimplemented", exact=True).click()
    expect(part(page, "explained")).to_contain_text("attention heads")
    paper = page.get_by_role("link", name="The paper of HeadRouter, reimplemented")
    expect(paper).to_have_attribute("href", "https://arxiv.org/abs/2604.23717")


def test_presets_choose_configurations(quiet_page: Page) -> None:
    page = quiet_page
    open_demo(page)
    for name, count in (("Quick", 7), ("Paper's grid", 33)):
        page.get_by_role("button", name=name, exact=True).click()
        expect(part(page, "go")).to_have_text(f"Compare {count} configurations")
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_label("One method over all shares").select_option("dart")
    expect(part(page, "go")).to_have_text("Compare 6 configurations")
    expect(part(page, "chips")).to_contain_text("dart@0.9")


def test_every_prompt_is_shown_as_it_is_sent(page: Page) -> None:
    """Against what the server itself builds of the same request."""
    open_demo(page)
    asked: dict[str, Any] = {}

    def taken(route: Route) -> None:
        asked.update(json.loads(route.request.post_data or "{}"))
        route.fulfill(status=422, json={"error": f"{asked['task']} was stopped by the test."})

    page.route("**/v1/demo/comparisons", taken)
    for code, task in TASKS.items():
        example = part(page, "examples").get_by_role("button", name=code, exact=True)
        example.click()
        expect(example).to_have_attribute("aria-pressed", "true")
        expect(part(page, "task")).to_have_value(code)
        part(page, "model").select_option("small")
        shown = " ".join(part(page, "prompt").inner_text().split())
        part(page, "go").click()
        expect(part(page, "work-fault")).to_have_text(f"{code} was stopped by the test.")
        for message in task.free_messages(asked["question"] or task.question, asked["options"]):
            text = " ".join(str(piece.get("text", "")) for piece in message["content"])
            assert " ".join(text.split()) in shown, code


def test_what_was_kept_and_removed_can_be_heard(quiet_page: Page) -> None:
    page = quiet_page
    open_demo(page)
    bring_short(page)
    part(page, "reply").fill("2")
    finish(page)
    page.get_by_role("button", name="Listen to what frame@0.6 kept").click()
    hear = part(page, "hear")
    length = (
        "(audio) => new Promise((resolve) => audio.readyState ? resolve(audio.duration) : "
        "audio.addEventListener('loadedmetadata', () => resolve(audio.duration)))"
    )
    for form, seconds in (("closed", 1.2), ("gaps", 3.0), ("removed", 1.8)):
        hear.select_option(form)
        assert part(page, "audio").evaluate(length) == pytest.approx(seconds, abs=0.1), form
    hear.select_option("original")
    expect(part(page, "hear-line")).to_be_hidden()
    expect(page.get_by_role("button", name="Listen to what frame@0.6 kept")).to_have_attribute(
        "aria-pressed", "false"
    )
    # An eviction has nothing to play, and the page says why.
    expect(page.locator("[data-lane='snapkv@0.5'] .at-listen")).to_have_text("layers")
    expect(part(page, "legend")).to_contain_text("there is nothing to play")
    expect(part(page, "legend")).to_contain_text("attention by which the method chose")


def test_a_reply_that_was_cut_off_is_named_and_goes_on(quiet_page: Page) -> None:
    page = quiet_page
    open_demo(page)
    bring_short(page)
    part(page, "reply").fill("2")
    finish(page)
    expect(part(page, "replies").locator("[data-reply=vanilla] .cut-off")).to_have_text("cut off at 2 tokens")
    expect(part(page, "notes")).to_contain_text("Cut off at the limit of 2 tokens: vanilla")
    before = page.url
    part(page, "go-on").click()
    page.wait_for_function("(before) => location.href !== before && location.search", arg=before)
    expect(part(page, "reply")).to_have_value("4")
    expect(part(page, "work")).to_be_hidden()
    expect(part(page, "table").locator("tbody tr")).to_have_count(4)


def test_right_and_wrong_probabilities_and_long_replies(quiet_page: Page) -> None:
    """Of figures that a server may send; this one stands in for it."""
    page = quiet_page
    open_demo(page)
    bring_short(page)
    part(page, "reply").fill("2")

    def embellished(route: Route) -> None:
        found = route.fetch().json()
        for row in found["rows"]:
            row |= {
                "correct": row["configuration"] == "vanilla",
                "option_shares": [0.7, 0.3],
                "option_mass": 0.9,
            }
            row |= {"reply": "many words " * 200, "differences": [], "same_reply": False}
        route.fulfill(json=found)

    page.route("**/v1/demo/comparisons/*", embellished)
    finish(page)
    replies = part(page, "replies")
    expect(replies.locator("[data-reply=vanilla] .verdict")).to_have_text("right")
    expect(replies.locator("[data-reply='frame@0.6'] .verdict")).to_have_text("wrong")
    expect(page.locator("[data-lane=vanilla] .verdict")).to_contain_text("right")
    expect(replies.locator("[data-reply=vanilla] .bar")).to_have_count(2)
    expect(replies.locator("[data-reply=vanilla] .bar-number").first).to_have_text("70%")
    text = replies.locator("[data-reply=vanilla] .reply")
    short = text.evaluate("(node) => node.clientHeight")
    replies.locator("[data-reply=vanilla] .more").click()
    assert text.evaluate("(node) => node.clientHeight") > 2 * short
    expect(replies.locator("[data-reply=vanilla] .more")).to_have_text("Show less")


def test_a_thumb_is_enough_in_light_and_dark(
    quiet_page: Page, serious_findings: Callable[[Page], list[str]]
) -> None:
    page = quiet_page
    page.set_viewport_size(PHONE)
    open_demo(page)
    bring_short(page)
    part(page, "reply").fill("2")
    part(page, "repeats").fill("2")
    part(page, "window-make").click()
    part(page, "window-clear").click()
    finish(page)
    expect(part(page, "chart").locator(".scatterlayer .point")).to_have_count(4)
    expect(part(page, "notes")).to_contain_text("timed 2 times")
    # The chart was drawn while each had one timing, and is drawn again.
    expect(part(page, "chart")).not_to_contain_text("One timing each")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = page.evaluate(
        """() => [...document.querySelectorAll(".bench :is(button, select, a, summary, [role=slider])")]
          .filter((node) => node.checkVisibility())
          .map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 24).map(([name]) => name)"""
    )
    assert small == []
    for mode in ("light", "dark"):
        page.emulate_media(color_scheme=mode)
        assert serious_findings(page) == [], mode
