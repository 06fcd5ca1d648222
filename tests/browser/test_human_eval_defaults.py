"""Studies as their form makes them: sound check, practice and all, with each kind of hands."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.annotating import (
    HANDS,
    NOTE_EVENTS,
    Hands,
    Keyboard,
    answer_when_open,
    begin_listening,
    come_in,
    finish,
    part,
    say_where,
    served_tones,
    went_on,
)
from tests.browser.test_human_eval import app, button, invite, sign_in
from tests.human_eval.material import write_dataset
from tests.serving import ServedApp

__all__ = ["app"]
Findings = Callable[[Page], list[str]]


@pytest.fixture
def visit(app: ServedApp, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own; a script that fails, fails the test."""
    contexts, faults = [], []

    def open_page(**context: object) -> Page:
        contexts.append(browser.new_context(base_url=app.url, **context))
        contexts[-1].add_init_script(NOTE_EVENTS)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def make_study(
    admin: Page,
    name: str,
    task: str | None = None,
    dataset: Path | None = None,
    ways: tuple[str, ...] = (),
) -> None:
    """Make a study and open it; what is not asked for stays as the form has it."""
    if admin.url == "about:blank":
        admin.goto("/annotate")
        sign_in(admin)
    form = part(admin, "admin").locator("form")
    form.locator("[name=name]").fill(name)
    if task is not None:
        for box in form.locator("[name=tasks]").all():
            box.set_checked(box.get_attribute("value") == task)
    if dataset is not None:
        form.locator("[name=dataset]").fill(str(dataset))
    for way in ways:
        form.locator(f"[name=joining][value={way}]").check()
    button(admin, "Make a draft").click()
    button(admin, "Open").click()
    expect(button(admin, "Close")).to_be_visible()


def test_three_people_finish_a_study_made_with_a_name_and_a_task(
    visit: Callable[..., Page], serious_findings: Findings
) -> None:
    """The bundled dataset at double speed, all three at once: one with keys, one a mouse, one a phone."""
    admin = visit()
    make_study(admin, "Speakers", "SD")
    people: list[Hands] = []
    for kind, hands in HANDS.items():
        address = invite(admin, kind)
        people.append(hands(visit(**hands.context)))
        come_in(people[-1], address)
    for number in range(3):  # practice, and two questions
        positions = [begin_listening(person, fast=number == 0) for person in people]
        assert positions == [("Practice 1 of 1", "1 of 2", "2 of 2")[number]] * 3
        for person, position in zip(people, positions, strict=True):
            answer_when_open(person, position)
            went_on(person, position)
    codes = {finish(person) for person in people}
    assert len(codes) == 3
    for person in people:
        person.check_events()
        assert serious_findings(person.page) == []


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two questions and two transcripts about two seconds of sound each."""
    return write_dataset(tmp_path_factory.mktemp("clips") / "short", choices=2, transcripts=2)


@pytest.mark.parametrize("kind", HANDS)
def test_options_and_transcripts_with_one_kind_of_hands(
    visit: Callable[..., Page], clips: Path, serious_findings: Findings, kind: str
) -> None:
    admin = visit()
    make_study(admin, f"Clips by {kind}", dataset=clips)
    hands = HANDS[kind](visit(**HANDS[kind].context))
    come_in(hands, invite(admin, kind))
    seen = []
    for _ in range(4):
        seen.append(begin_listening(hands))
        assert serious_findings(hands.page) == []
        answer_when_open(hands, seen[-1])
        went_on(hands, seen[-1])
    assert seen == ["Practice 1 of 2", "Practice 2 of 2", "1 of 2", "2 of 2"]
    expect(hands.part("review-list").locator("li")).to_have_count(2)
    listed = hands.part("review-list").inner_text()
    for words in ("1 of 2", "2 of 2", "Which ", "the reference number one"):
        assert words in listed
    assert not re.search(r"\b(SCR|ASR)\b", listed)
    assert len(finish(hands)) == 8
    hands.check_events()


def test_the_sound_check_says_what_is_wrong_and_can_be_done_again(
    visit: Callable[..., Page], clips: Path
) -> None:
    admin = visit()
    make_study(admin, "Heard the wrong way", dataset=clips)
    hands = Keyboard(visit())
    hands.page.goto(invite(admin, "ann"))
    hands.press(hands.part("agree"))
    expect(hands.part("tone-count")).to_have_text("6")
    tones = served_tones(hands.page)
    assert len(tones) == 6
    other = {"left": "right", "right": "left", "both": "both"}
    say_where(hands, [other[side] for side in tones])
    fault = hands.part("sound-fault")
    expect(fault).to_contain_text("left and right the other way round")
    again = served_tones(hands.page)
    expect(hands.part("sound-done")).to_be_disabled()
    say_where(hands, ["both"] * 6)
    expect(fault).to_contain_text("every tone in both ears")
    assert served_tones(hands.page) != again or again != tones
    say_where(hands, served_tones(hands.page))
    expect(hands.part("position")).to_have_text("Practice 1 of 2")


def test_somebody_of_prolific_opens_a_second_study_in_the_same_browser(
    visit: Callable[..., Page], clips: Path
) -> None:
    admin = visit()
    page = visit()
    seen = set()
    for number, name in enumerate(("First of Prolific", "Second of Prolific")):
        make_study(admin, name, dataset=clips, ways=("prolific",))
        studies = admin.request.get("/v1/human/admin/studies").json()["studies"]
        study = next(study["id"] for study in studies if study["name"] == name)
        ids = f"PROLIFIC_PID={'a' * 24}&STUDY_ID={number:024x}&SESSION_ID={number + 7:024x}"
        page.goto(f"/annotate?study={study}&{ids}")
        part(page, "agree").click()
        expect(part(page, "tones-play")).to_be_visible()
        seen.add(page.url)
        button(admin, "All studies").click()
    assert len(seen) == 2
    page.goto(f"/annotate?study={study}&PROLIFIC_PID={{{{%PROLIFIC_PID%}}}}&STUDY_ID=x&SESSION_ID=y")
    expect(part(page, "fault")).to_contain_text("open the study from its page on Prolific")
