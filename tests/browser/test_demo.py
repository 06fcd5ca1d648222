"""The live demo as a visitor uses it, from a file to figures."""

import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from amarathon.models.small import TRAINED_NOTICE
from amarathon.runs import read_run
from tests.audio.makers import wav_bytes
from tests.browser.visiting import bring, bring_short, finish, open_demo, part, speech_like
from tests.serving import ServedApp

FIVE_MINUTES_S = 300
# The promise of the demo: a five-minute file under four configurations on two cores.
ALLOWED_S = 1800  # bounds a hang


def test_five_minutes_under_four_configurations(
    quiet_page: Page, served_app: ServedApp, serious_findings: Callable[[Page], list[str]]
) -> None:
    open_demo(quiet_page)
    start = time.monotonic()
    bring(quiet_page, speech_like(FIVE_MINUTES_S), "five minutes.wav")
    expect(part(quiet_page, "facts")).to_contain_text("five minutes.wav 5:00")
    part(quiet_page, "model").select_option("small")
    part(quiet_page, "go").click()
    expect(part(quiet_page, "work")).to_be_visible()
    doing, seen = part(quiet_page, "doing"), set()
    while part(quiet_page, "work").is_visible():
        seen.add(doing.text_content())
        assert time.monotonic() - start < ALLOWED_S
        quiet_page.wait_for_timeout(100)
    identifier = quiet_page.url.rpartition("=")[2]
    expect(part(quiet_page, "work-fault")).to_be_hidden()
    stages = "\n".join(filter(None, seen))
    for words in ("encoding the audio", "vanilla, prefill", "frame@0.6, ", "1 of 4 done", "left"):
        assert words in stages, stages

    # Every figure on the page is one of the record.
    run = read_run(served_app.data / "demo" / identifier)
    records = run.predictions()
    assert [record.configuration for record in records] == ["vanilla", "frame@0.6", "fastv@0.6", "snapkv@0.5"]
    assert [record.kept_tokens for record in records] == [7500, 3000, 3000, 7500]
    for record in records:
        row = part(quiet_page, "table").locator(f"tr[data-row='{record.configuration}']")
        expect(row.locator("[data-cell=tokens]")).to_have_text(f"{record.kept_tokens:,} of 7,500")
        assert record.cache_bytes is not None
        expect(row.locator("[data-cell=cache]")).to_have_text(f"{record.cache_bytes / 1e6:.1f} MB")
        assert record.timings.prefill_s is not None
        shown = row.locator("[data-cell=prefill]").text_content()
        assert float((shown or "").removesuffix(" s")) == pytest.approx(record.timings.prefill_s, rel=0.06)
    expect(part(quiet_page, "notice")).to_contain_text(TRAINED_NOTICE)
    expect(part(quiet_page, "chart").locator(".scatterlayer .point")).to_have_count(4)
    expect(part(quiet_page, "notes")).to_contain_text("a one-letter answer cannot change")
    assert serious_findings(quiet_page) == []


def test_what_was_kept_is_drawn_and_can_be_heard(quiet_page: Page, served_app: ServedApp) -> None:
    open_demo(quiet_page)
    bring_short(quiet_page)
    identifier = finish(quiet_page)
    # A method that prunes by attention has that attention as a curve in its lane's upper part.
    ink = """(lane, top) => {
      const canvas = lane.querySelector("canvas");
      const from = Math.round(canvas.height * top);
      const data = canvas.getContext("2d").getImageData(0, from, canvas.width, canvas.height - from).data;
      const alphas = data.filter((_, index) => index % 4 === 3);
      return alphas.reduce((sum, alpha) => sum + alpha, 0) / (255 * alphas.length);
    }"""
    shares = {
        name: quiet_page.locator(f"[data-lane='{name}']").evaluate(ink, top)
        for name, top in {"vanilla": 0, "frame@0.6": 0, "fastv@0.6": 2 / 3, "snapkv@0.5": 0}.items()
    }
    assert shares["vanilla"] == pytest.approx(1, abs=0.01)
    assert shares["frame@0.6"] == pytest.approx(0.4, abs=0.05)
    assert shares["fastv@0.6"] == pytest.approx(0.4, abs=0.05)
    # Half of a cache that holds the question as well: how much of the audio stays is the model's choice.
    kept = f"{served_app.url}/v1/demo/comparisons/{identifier}/kept"
    layers = httpx.get(kept, timeout=ALLOWED_S, params={"configuration": "snapkv@0.5"}).json()["map"]
    assert 0 < np.mean(layers) < 1
    assert shares["snapkv@0.5"] == pytest.approx(np.mean(layers), abs=0.05)

    listen = quiet_page.get_by_role("button", name="Listen to what frame@0.6 kept")
    listen.click()
    expect(listen).to_have_attribute("aria-pressed", "true")
    expect(part(quiet_page, "playing")).to_have_text("frame@0.6")
    heard_s = part(quiet_page, "audio").evaluate(
        "(audio) => new Promise((resolve) => audio.duration ? resolve(audio.duration) : "
        "audio.addEventListener('loadedmetadata', () => resolve(audio.duration)))"
    )
    assert heard_s == pytest.approx(1.2, abs=0.1)
    listen.click()
    expect(part(quiet_page, "playing")).to_be_empty()


def test_the_play_head_and_the_zoom_follow_the_keyboard(quiet_page: Page) -> None:
    open_demo(quiet_page)
    wave = quiet_page.get_by_role("slider", name="Position in the recording")
    wave.focus()
    quiet_page.keyboard.press("ArrowRight")
    quiet_page.keyboard.press("ArrowRight")
    expect(wave).to_have_attribute("aria-valuenow", "10.0")
    expect(part(quiet_page, "clock")).to_have_text(re.compile(r"^0:10 / 1:\d\d$"))
    quiet_page.keyboard.press("+")
    expect(part(quiet_page, "zoom-out")).to_be_enabled()
    expect(part(quiet_page, "scroll")).to_be_visible()
    quiet_page.keyboard.press("End")
    expect(part(quiet_page, "head")).to_be_hidden()
    part(quiet_page, "zoom-fit").click()
    expect(part(quiet_page, "head")).to_be_visible()
    quiet_page.keyboard.press("Tab")
    wave.focus()
    quiet_page.keyboard.press("Home")
    quiet_page.keyboard.press(" ")
    expect(part(quiet_page, "play")).to_have_text("Pause")
    quiet_page.wait_for_function("Number(document.querySelector('[data-part=wave]').ariaValueNow) > 0.3")
    quiet_page.keyboard.press(" ")
    expect(part(quiet_page, "play")).to_have_text("Play")


def test_refused_files_are_explained_and_the_rest_goes_on(page: Page) -> None:
    open_demo(page)
    for content, name, reason in (
        (b"not audio, only words. " * 30, "words.wav", "text"),
        (wav_bytes(bytes(32_000)), "nothing.wav", "is silent"),
        (speech_like(2.0)[:20_000], "half.wav", "is truncated"),
        (b"", "empty.mp3", "is empty"),
    ):
        bring(page, content, name)
        expect(part(page, "fault")).to_contain_text(f"'{name}' ")
        expect(part(page, "fault")).to_contain_text(reason)
    bring_short(page)
    expect(part(page, "fault")).to_be_hidden()
    expect(part(page, "go")).to_be_enabled()


def test_names_are_checked_while_they_are_typed(quiet_page: Page) -> None:
    page = quiet_page
    open_demo(page)
    field = page.get_by_label("Configuration by name")
    field.fill("frame@1.6")
    expect(part(page, "named-fault")).to_have_text(
        "frame@1.6: the share that is removed must be at least 0 and below 1."
    )
    field.fill("snapkv@0.50+frame@.9")
    expect(part(page, "named-fault")).to_be_hidden()
    field.press("Enter")
    expect(part(page, "chips")).to_contain_text("frame@0.9+snapkv@0.5")
    expect(part(page, "go")).to_have_text("Compare 5 configurations")
    page.get_by_role("button", name="Remove frame@0.9+snapkv@0.5").click()
    page.get_by_role("button", name="Random, 30% removed").click()
    expect(part(page, "chips")).to_contain_text("random@0.3")


def test_a_question_that_cannot_be_asked_is_explained(page: Page) -> None:
    open_demo(page)
    part(page, "task").select_option("free")
    part(page, "go").click()
    expect(part(page, "work-fault")).to_have_text("Write a question, or choose a task.")
    expect(part(page, "go")).to_be_enabled()


def test_a_link_brings_a_finished_comparison_back(quiet_page: Page) -> None:
    open_demo(quiet_page)
    bring_short(quiet_page)
    part(quiet_page, "task").select_option("free")
    part(quiet_page, "question").fill("What is <b>said</b>?")
    part(quiet_page, "reply").fill("6")
    identifier = finish(quiet_page)
    table = part(quiet_page, "table").inner_text()
    open_demo(quiet_page, f"?comparison={identifier}")
    expect(part(quiet_page, "table")).to_be_visible()
    assert part(quiet_page, "table").inner_text() == table
    expect(part(quiet_page, "question")).to_have_value("What is <b>said</b>?")
    expect(part(quiet_page, "facts")).to_contain_text("short.wav")
    expect(part(quiet_page, "replies").locator("article")).to_have_count(4)

    with quiet_page.expect_download() as download:
        part(quiet_page, "json").click()
    document = json.loads(Path(download.value.path()).read_text())
    assert document["comparison"]["ask"]["question"] == "What is <b>said</b>?"
    with quiet_page.expect_download() as download:
        part(quiet_page, "csv").click()
    assert len(Path(download.value.path()).read_text().splitlines()) == 5


def test_figures_outlive_their_recording(page: Page, browser: Browser, served_app: ServedApp) -> None:
    open_demo(page)
    bring_short(page)
    identifier = finish(page)
    recordings = served_app.data / "demo" / "recordings"
    document = json.loads((served_app.data / "demo" / identifier / "comparison.json").read_text())
    shutil.rmtree(recordings / document["recording"]["id"])
    page = browser.new_context(base_url=served_app.url).new_page()  # one that has nothing in its cache
    page.goto(f"/demo?comparison={identifier}")
    expect(part(page, "privacy")).to_contain_text("you see what was answered and measured")
    expect(part(page, "play")).to_be_disabled()
    expect(part(page, "table").locator("tbody tr")).to_have_count(4)
    expect(part(page, "lanes").get_by_role("button", name="Listen")).to_have_count(0)
    part(page, "go").click()
    expect(part(page, "work-fault")).to_have_text("This recording is no longer kept here; bring it again.")
    page.context.close()


def test_a_link_to_nothing_is_explained(page: Page) -> None:
    page.goto("/demo?comparison=000000000000000000000000")
    expect(part(page, "fault")).to_have_text("This comparison is no longer kept here.")


def test_the_microphone_is_a_source(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], served_app: ServedApp
) -> None:
    """With Chromium's own stand-in for a microphone, which beeps."""
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    arguments = browser_type_launch_args | {"args": [*browser_type_launch_args["args"], *flags]}
    browser = browser_type.launch(**arguments)
    page = browser.new_context(base_url=served_app.url, permissions=["microphone"]).new_page()
    open_demo(page)
    record = part(page, "record")
    record.click()
    expect(record).to_have_text("Stop 0:02")
    record.click()
    expect(part(page, "facts")).to_contain_text("microphone.webm 0:0")
    expect(record).to_have_text("Record")
    browser.close()


def test_a_microphone_that_is_refused_is_explained(page: Page) -> None:
    open_demo(page)
    part(page, "record").click()
    expect(part(page, "fault")).to_contain_text("microphone")
    expect(part(page, "record")).to_be_enabled()
