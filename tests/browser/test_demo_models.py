"""Which model a visitor of the demo is offered for what."""

from playwright.sync_api import Page, expect

from amarathon.models.fetched import FETCHED
from tests.browser.visiting import bring, open_demo, part, speech_like


def test_speech_of_ones_own_begins_with_its_transcript(quiet_page: Page) -> None:
    open_demo(quiet_page)
    model, task = part(quiet_page, "model"), part(quiet_page, "task")
    expect(model).to_have_value("small")
    expect(part(quiet_page, "model-hint")).to_contain_text("AudioMarathon-mini")
    bring(quiet_page, speech_like(3.0), "short.wav")
    expect(part(quiet_page, "facts")).to_contain_text("short.wav")
    if not FETCHED["whisper"].there:
        expect(model).to_have_value("small")
        expect(part(quiet_page, "missing")).to_contain_text("amarathon models fetch")
        return
    expect(model).to_have_value("whisper")
    expect(task).to_have_value("ASR")
    expect(task.locator("option[value=SCR]")).to_be_disabled()
    expect(part(quiet_page, "missing")).to_be_hidden()
    model.select_option("small")
    expect(task.locator("option[value=SCR]")).to_be_enabled()
