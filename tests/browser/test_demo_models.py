"""Which model a visitor of the demo is offered for what, and what it answers on the default path."""

import re

import numpy as np
from playwright.sync_api import Page, expect

from amarathon.audio import SAMPLE_RATE, load_audio
from amarathon.audio.types import to_pcm16
from amarathon.datasets import load_dataset
from amarathon.datasets.bundled import EXAMPLES
from amarathon.models.fetched import FETCHED
from tests.audio.makers import wav_bytes
from tests.browser.visiting import bring, finish, open_demo, part, speech_like


def test_speech_of_ones_own_begins_with_its_transcript(quiet_page: Page) -> None:
    open_demo(quiet_page)
    model, task = part(quiet_page, "model"), part(quiet_page, "task")
    expect(model).to_have_value("small")
    expect(part(quiet_page, "model-hint")).to_contain_text("AudioMarathon-mini")
    bring(quiet_page, speech_like(3.0), "short.wav")
    expect(part(quiet_page, "facts")).to_contain_text("short.wav")
    if not FETCHED["whisper"].is_fetched:
        expect(model).to_have_value("small")
        expect(part(quiet_page, "missing")).to_contain_text("amarathon models fetch")
        return
    expect(model).to_have_value("whisper")
    expect(task).to_have_value("ASR")
    expect(task.locator("option[value=SCR]")).to_be_disabled()
    expect(part(quiet_page, "missing")).to_be_hidden()
    model.select_option("small")
    expect(task.locator("option[value=SCR]")).to_be_enabled()


def test_real_speech_is_written_down_with_every_default(quiet_page: Page) -> None:
    """Nothing is chosen: a recording is brought, and compared."""
    if not FETCHED["whisper"].is_fetched:
        raise AssertionError("Whisper tiny.en is not on this machine: run `amarathon models fetch`.")
    sample = next(sample for sample in load_dataset(EXAMPLES).samples if sample.id.endswith("voicemail"))
    speech = load_audio(sample.audio.path).samples[: 20 * SAMPLE_RATE]
    open_demo(quiet_page)
    bring(quiet_page, wav_bytes(np.asarray(to_pcm16(speech)).tobytes(), rate=SAMPLE_RATE), "mine.wav")
    expect(part(quiet_page, "facts")).to_contain_text("mine.wav")
    expect(part(quiet_page, "model")).to_have_value("whisper")
    finish(quiet_page)
    vanilla = quiet_page.locator("[data-reply=vanilla]")
    expect(vanilla).to_contain_text(re.compile("enter your new password followed by the pound key", re.I))
    # Frame keeps the words with 60% of the audio gone: the same reply, or the same words in it.
    frame = quiet_page.locator("[data-reply='frame@0.6']")
    expect(frame).to_contain_text(re.compile("the same reply as vanilla|password", re.I))
    expect(quiet_page.locator(".fault-text")).to_have_count(0)
    expect(vanilla).not_to_contain_text("unsure")


def test_speech_that_is_none_is_called_unsure(quiet_page: Page) -> None:
    """Speech played backwards: what is written for it nobody said."""
    sample = next(sample for sample in load_dataset(EXAMPLES).samples if sample.id.endswith("voicemail"))
    backwards = load_audio(sample.audio.path).samples[12 * SAMPLE_RATE :: -1]
    open_demo(quiet_page)
    bring(quiet_page, wav_bytes(np.asarray(to_pcm16(backwards)).tobytes(), rate=SAMPLE_RATE), "back.wav")
    expect(part(quiet_page, "facts")).to_contain_text("back.wav")
    for name in ("frame@0.6", "fastv@0.6", "snapkv@0.5"):
        part(quiet_page, "chips").get_by_role("button", name=re.compile(name)).click()
    finish(quiet_page)
    expect(quiet_page.locator("[data-reply=vanilla]")).to_contain_text("s unsure")
    expect(part(quiet_page, "notes")).to_contain_text("said by nobody")
