"""The part of a recording that is compared: dragged, moved by keys, typed; and recordings too long."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.audio.makers import tone, write_with_libav
from tests.browser.visiting import bring, bring_short, finish, open_demo, part, speech_like
from tests.serving import ServedApp


def drag(page: Page, start: float, end: float) -> None:
    """Drag over the waveform, from one share of its width to another."""
    part(page, "wave").scroll_into_view_if_needed()
    box = part(page, "wave").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + (start + end) / 2 * box["width"], middle)
    page.mouse.move(box["x"] + end * box["width"], middle)
    page.mouse.up()


def seconds(page: Page, name: str) -> float:
    """What a handle stands at."""
    return float(part(page, name).get_attribute("aria-valuenow") or "nan")


def compared(page: Page, served_app: ServedApp, identifier: str) -> dict[str, float | str]:
    """The recording that a comparison was about, as its record has it."""
    path = served_app.data / "demo" / identifier / "comparison.json"
    recording: dict[str, float | str] = json.loads(path.read_text())["recording"]
    return recording


def test_a_window_is_dragged_and_compared(quiet_page: Page, served_app: ServedApp) -> None:
    page = quiet_page
    open_demo(page)
    bring(page, speech_like(8.0), "eight.wav")
    expect(part(page, "facts")).to_contain_text("eight.wav")
    part(page, "model").select_option("small")
    part(page, "reply").fill("2")
    drag(page, 0.25, 0.75)
    expect(part(page, "window-from")).to_have_value(re.compile(r"0:0(1\.9|2\.0|2\.1)"))
    expect(part(page, "reason")).to_contain_text("alone")
    identifier = finish(page)
    expect(part(page, "work-fault")).to_be_hidden()
    expect(part(page, "table").locator("tbody tr")).to_have_count(4)
    assert compared(page, served_app, identifier)["duration_s"] == pytest.approx(4.0, abs=0.1)
    # What was kept lies where the window is.
    ink = """(lane) => {
      const canvas = lane.querySelector("canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 2, canvas.width, 1);
      const inked = [...Array(canvas.width).keys()].filter((x) => data[4 * x + 3] > 0);
      return [inked[0] / canvas.width, inked.at(-1) / canvas.width];
    }"""
    first, last = page.locator("[data-lane=vanilla]").evaluate(ink)
    assert (first, last) == (pytest.approx(0.25, abs=0.02), pytest.approx(0.75, abs=0.02))
    # A link to it brings the window alone, not the rest of the recording.
    open_demo(page, f"?comparison={identifier}")
    expect(part(page, "facts")).to_contain_text("0:04")


def test_a_click_seeks_and_a_window_is_heard_alone(quiet_page: Page) -> None:
    page = quiet_page
    open_demo(page)
    bring_short(page)
    part(page, "wave").click()
    expect(part(page, "wave")).to_have_attribute("aria-valuenow", "1.5")
    expect(part(page, "window-layer")).to_be_hidden()
    drag(page, 0.1, 0.5)
    part(page, "window-play").click()
    expect(part(page, "play")).to_have_text("Pause")
    expect(part(page, "play")).to_have_text("Play")
    end = seconds(page, "handle-end")
    assert float(part(page, "wave").get_attribute("aria-valuenow") or "0") == pytest.approx(end, abs=0.3)


def test_a_window_is_set_by_keys_alone(quiet_page: Page) -> None:
    page = quiet_page
    open_demo(page)
    make = part(page, "window-make")
    make.focus()
    page.keyboard.press("Enter")
    expect(part(page, "handle-start")).to_be_focused()
    assert (seconds(page, "handle-start"), seconds(page, "handle-end")) == (0, 30)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageUp")
    assert seconds(page, "handle-start") == 11
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    assert seconds(page, "handle-end") == 29
    page.keyboard.press("Home")  # never shorter than a second
    assert seconds(page, "handle-end") == 12
    part(page, "window-to").fill("0:20.5")
    page.keyboard.press("Tab")
    assert seconds(page, "handle-end") == 20.5
    part(page, "window-to").fill("nonsense")
    page.keyboard.press("Tab")
    expect(part(page, "window-to")).to_have_value("0:20.5")
    part(page, "window-clear").focus()
    page.keyboard.press("Enter")
    expect(part(page, "window-layer")).to_be_hidden()
    expect(make).to_be_focused()


def test_another_recording_begins_afresh(quiet_page: Page) -> None:
    """Its own question, its start, all of it: nothing of the last one's stays."""
    page = quiet_page
    open_demo(page)
    expect(part(page, "question")).to_have_value(re.compile("."))
    assert part(page, "options").locator("input").first.input_value()
    wave = part(page, "wave")
    wave.focus()
    page.keyboard.press("End")
    page.keyboard.press("+")
    drag(page, 0.2, 0.6)
    bring(page, speech_like(3.0), "short.wav")
    expect(part(page, "facts")).to_contain_text("short.wav")
    expect(wave).to_have_attribute("aria-valuenow", "0.0")
    expect(part(page, "clock")).to_have_text("0:00 / 0:03")
    expect(part(page, "zoom-out")).to_be_disabled()
    expect(part(page, "window-layer")).to_be_hidden()
    expect(part(page, "task")).to_have_value("ASR")
    expect(part(page, "options").locator("input")).to_have_count(0)
    part(page, "model").select_option("small")
    part(page, "task").select_option("SER")
    assert {one.input_value() for one in part(page, "options").locator("input").all()} == {""}


def test_a_long_recording_is_offered_as_a_window_or_as_windows(
    quiet_page: Page, served_app: ServedApp
) -> None:
    page = quiet_page
    open_demo(page)
    bring(page, speech_like(330, rate=4000), "long.wav")
    expect(part(page, "facts")).to_contain_text("long.wav 5:30")
    expect(part(page, "window-to")).to_have_value("5:00.0")
    expect(part(page, "go")).to_be_enabled()
    part(page, "window-clear").click()
    expect(part(page, "go")).to_be_disabled()
    expect(part(page, "reason")).to_contain_text("5:30 is longer than the 5:00 that a model takes")
    part(page, "long-series").check()
    page.get_by_role("button", name="Remove frame@0.6").click()
    page.get_by_role("button", name="Remove fastv@0.6").click()
    page.get_by_role("button", name="Remove snapkv@0.5").click()
    part(page, "model").select_option("small")
    part(page, "task").select_option("SGR")
    part(page, "reply").fill("1")
    expect(part(page, "go")).to_have_text("Answer with vanilla alone in 2 windows")
    part(page, "go").click()
    windows = part(page, "series").get_by_role("button")
    expect(windows).to_have_text(["0:00–2:45 done", "2:45–5:30 done"])
    links = []
    for window in windows.all():
        window.click()
        expect(window).to_have_attribute("aria-pressed", "true")
        expect(part(page, "table").locator("tbody tr")).to_have_count(1)
        links.append(page.url.rpartition("=")[2])
    assert len(set(links)) == 2
    for link in links:
        assert compared(page, served_app, link)["duration_s"] == pytest.approx(165)
    expect(part(page, "go")).to_be_enabled()


def test_usual_formats_are_taken(quiet_page: Page, tmp_path: Path) -> None:
    open_demo(quiet_page)
    for suffix, container, codec in (
        ("wav", "wav", "pcm_s16le"),
        ("flac", "flac", "flac"),
        ("mp3", "mp3", "libmp3lame"),
        ("m4a", "mp4", "aac"),
        ("webm", "webm", "libopus"),
        ("opus", "ogg", "libopus"),
    ):
        path = write_with_libav(tmp_path / f"tone.{suffix}", tone(3.0, rate=48_000), 48_000, container, codec)
        bring(quiet_page, path.read_bytes(), path.name)
        expect(part(quiet_page, "facts")).to_contain_text(f"tone.{suffix} 0:03")
        expect(part(quiet_page, "arriving")).to_be_hidden()
        expect(part(quiet_page, "go")).to_be_enabled()


def test_decoding_says_how_far_it_is(page: Page) -> None:
    """As the server says it; this one says one share for it, so that the machine's pace decides nothing."""
    page.route("**/v1/demo/uploads/*", lambda route: route.fulfill(json={"decoded": 0.5}))
    open_demo(page)
    page.evaluate(
        """() => {
          const node = document.querySelector("[data-part=upload]");
          window.said = [];
          const note = () => window.said.push(node.textContent);
          new MutationObserver(note).observe(node, { childList: true, characterData: true, subtree: true });
        }"""
    )
    bring(page, speech_like(2.0), "short.wav")
    expect(part(page, "facts")).to_contain_text("short.wav")
    expect(part(page, "arriving")).to_be_hidden()
    assert "Decoding 50%" in page.evaluate("window.said")
