"""People who annotate in a browser with one kind of hands: a keyboard, a mouse, or fingers on a phone."""

import io
import re
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import soundfile
from playwright.sync_api import Locator, Page, expect

from tests.serving import PATIENCE_S

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LETTERS = "ABCDEFGHIJ"
# Notes which events a page gets, before any of its scripts runs.
NOTE_EVENTS = """
window.noted = { keys: 0, pointers: [] };
addEventListener("keydown", () => (window.noted.keys += 1), true);
addEventListener("pointerdown", (event) => window.noted.pointers.push(event.pointerType), true);
"""


def part(page: Page, name: str) -> Locator:
    """A part of the page by the name that its scripts use."""
    return page.locator(f"[data-part={name}]")


class Hands(ABC):
    """Somebody at a page, and how they use it.

    Parameters
    ----------
    page : Page
        Of a context made with `context` and `NOTE_EVENTS`.
    """

    context: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, page: Page):
        self.page = page

    def part(self, name: str) -> Locator:
        """A part of the page."""
        return part(self.page, name)

    @abstractmethod
    def press(self, button: Locator) -> None:
        """Press a button."""

    @abstractmethod
    def choose(self, group: Locator, position: int) -> None:
        """Choose one of a group of radio buttons."""

    @abstractmethod
    def play(self) -> None:
        """Play the recording from where it is."""

    @abstractmethod
    def answer(self, position: int, sure: int) -> None:
        """Choose an option, say how sure one is, and save."""

    @abstractmethod
    def write(self, text: str) -> None:
        """Write a transcript, and save it."""

    @abstractmethod
    def check_events(self) -> None:
        """See that the page got no event of another kind of hands."""

    def faster(self) -> None:
        """Play at double speed; the list itself is the browser's, outside the page."""
        self.part("speed").select_option("2")

    def noted(self) -> dict[str, Any]:
        """The events that the page got since it was loaded."""
        found: dict[str, Any] = self.page.evaluate("window.noted")
        return found


class Keyboard(Hands):
    """Keys alone."""

    def focus(self, target: Locator) -> None:
        """Come to a control by Tab."""
        for _ in range(80):
            if target.evaluate("node => node === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {target}")

    def press(self, button: Locator) -> None:
        expect(button).to_be_enabled()
        self.focus(button)
        self.page.keyboard.press("Enter")

    def choose(self, group: Locator, position: int) -> None:
        self.focus(group.nth(0))
        self.page.keyboard.press("Space")
        for _ in range(position):
            self.page.keyboard.press("ArrowDown")

    def play(self) -> None:
        self.page.keyboard.press("Escape" if self.part("transcript").is_visible() else "Space")

    def faster(self) -> None:
        self.focus(self.part("speed"))
        self.page.keyboard.press("End")
        self.focus(self.part("wave"))

    def answer(self, position: int, sure: int) -> None:
        for key in (LETTERS[position].lower(), str(sure), "Enter"):
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.page.keyboard.press("F1")
        self.page.keyboard.press("Control+Enter")

    def check_events(self) -> None:
        assert self.noted()["pointers"] == []


class Pointing(Hands):
    """A mouse or fingers; text comes from a keyboard on the screen, without events of keys."""

    pointer = "mouse"

    def press(self, button: Locator) -> None:
        button.click()

    def choose(self, group: Locator, position: int) -> None:
        self.press(group.nth(position))

    def play(self) -> None:
        self.press(self.part("play"))

    def answer(self, position: int, sure: int) -> None:
        self.press(self.part("options").locator("label").nth(position))
        self.press(self.part("confidence").locator("label").nth(sure - 1))
        self.press(self.part("submit"))

    def write(self, text: str) -> None:
        self.press(self.part("transcript"))
        self.page.keyboard.insert_text(text)
        self.press(self.part("rewind"))
        self.press(self.part("submit"))

    def check_events(self) -> None:
        noted = self.noted()
        assert (noted["keys"], set(noted["pointers"])) == (0, {self.pointer})


class Mouse(Pointing):
    """A mouse alone."""


class Fingers(Pointing):
    """Fingers alone, on a phone."""

    context = PHONE
    pointer = "touch"

    def press(self, button: Locator) -> None:
        button.tap()

    def check_events(self) -> None:
        super().check_events()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]  # type: ignore[index]


HANDS: dict[str, type[Hands]] = {"keyboard": Keyboard, "mouse": Mouse, "fingers": Fingers}


def served_tones(page: Page) -> list[str]:
    """Where the tones are that the page plays, told from the audio that it was given."""
    address = part(page, "tones").evaluate("audio => audio.currentSrc || audio.src")
    signal, _ = soundfile.read(io.BytesIO(page.request.get(address).body()))
    loud = np.abs(signal).max(axis=1) > 0.05
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    # A tone is where it is loud; within one the wave crosses zero for less than a hundredth of a second.
    tones: list[list[int]] = []
    for start, end in edges.reshape(-1, 2):
        if tones and start - tones[-1][1] < 160:
            tones[-1][1] = end
        else:
            tones.append([start, end])
    audible = [tuple(np.abs(signal[start:end]).max(axis=0) > 0.05) for start, end in tones]
    return [
        {(True, False): "left", (False, True): "right", (True, True): "both"}[channels]
        for channels in audible
    ]


def say_where(hands: Hands, sides: list[str]) -> None:
    """Fill in the sound check, and have it checked."""
    for tone, side in enumerate(sides):
        hands.choose(hands.page.locator(f"[name=tone-{tone}]"), ["left", "right", "both"].index(side))
    hands.press(hands.part("sound-done"))


def come_in(hands: Hands, address: str) -> None:
    """Open an invitation, agree, and pass the sound check."""
    hands.page.goto(address)
    hands.press(hands.part("agree"))
    hands.press(hands.part("tones-play"))
    expect(hands.part("tone-now")).to_have_text(re.compile(r"^Tone \d of \d$"))
    say_where(hands, served_tones(hands.page))
    expect(hands.part("position")).to_have_text(re.compile(r"^Practice 1 of \d+$"))


def begin_listening(hands: Hands, *, fast: bool = False) -> str:
    """Play the current item; its position among all."""
    expect(hands.part("position")).not_to_be_empty()
    expect(hands.part("play")).to_be_enabled()
    if fast:
        hands.faster()
    hands.play()
    return hands.part("position").inner_text()


def answer_when_open(hands: Hands, position: str, within_s: float = PATIENCE_S) -> None:
    """Answer the current item once enough was heard, and continue with the next one."""
    expect(hands.part("coverage")).to_have_text(re.compile(r"^\d+% heard$"), timeout=1000 * within_s)
    if hands.part("transcript").is_visible():
        hands.write("the reference number one")
    else:
        hands.answer(1, 4)
    if position.startswith("Practice"):
        feedback = hands.part("feedback")
        expect(feedback).to_contain_text(re.compile(r"Right\.|The answer is|words? right"))
        hands.press(hands.part("next"))


def went_on(hands: Hands, position: str) -> None:
    """Wait until the next item, or the list of answers, is there."""
    gone = """([work, position], was) => work.hidden || position.textContent !== was"""
    nodes = [hands.part(name).element_handle() for name in ("work", "position")]
    hands.page.wait_for_function(
        f"([nodes, was]) => ({gone})(nodes, was)", arg=[nodes, position], timeout=1000 * PATIENCE_S
    )


def finish(hands: Hands) -> str:
    """Submit everything; the completion code."""
    expect(hands.part("review-title")).to_have_text("All questions are answered")
    hands.press(hands.part("submit-all"))
    expect(hands.part("code-line")).to_be_visible()
    return hands.part("completion-code").locator("code").inner_text()
