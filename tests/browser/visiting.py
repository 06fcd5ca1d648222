"""What a visitor of the live demo does, for the tests that do it."""

import re

import numpy as np
from playwright.sync_api import Locator, Page, expect

from tests.audio.makers import wav_bytes


def speech_like(seconds: float, rate: int = 16_000) -> bytes:
    """A WAV of noise that comes in syllables, with pauses."""
    random = np.random.default_rng(3)
    time_s = np.arange(round(seconds * rate)) / rate
    loudness = np.clip(np.sin(2 * np.pi * 2.3 * time_s), 0, 1) * (np.sin(2 * np.pi * time_s / 7) > -0.4)
    samples = 0.3 * loudness * random.standard_normal(len(time_s)) + 0.001
    return wav_bytes((samples.clip(-1, 1) * 32767).astype(np.int16).tobytes(), rate=rate)


def part(page: Page, name: str) -> Locator:
    """A part of the demo by the name that its scripts use."""
    return page.locator(f"[data-part={name}]")


def open_demo(page: Page, query: str = "") -> None:
    """Open the page and wait for its first recording."""
    page.goto(f"/demo{query}")
    expect(part(page, "play")).to_be_enabled()
    expect(part(page, "upload")).to_be_hidden()


def bring(page: Page, content: bytes, name: str = "talk.wav") -> None:
    """Upload a file."""
    part(page, "file").set_input_files({"name": name, "mimeType": "audio/wav", "buffer": content})


def bring_short(page: Page) -> None:
    """Upload a few seconds, wait until they are there, and ask the model of questions."""
    bring(page, speech_like(3.0), "short.wav")
    expect(part(page, "facts")).to_contain_text("short.wav")
    part(page, "model").select_option("small")


def finish(page: Page, within_s: float = 1200) -> str:
    """Compare, wait for the end, and give the comparison's id."""
    part(page, "go").click()
    expect(page).to_have_url(re.compile(r"comparison=[0-9a-f]{32}$"))
    expect(part(page, "work")).to_be_visible()
    expect(part(page, "work")).to_be_hidden(timeout=1000 * within_s)
    return page.url.rpartition("=")[2]
