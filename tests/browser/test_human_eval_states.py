"""Every state of human evaluation's pages, in the light on a desk and in the dark on a phone.

One study made by its form, and one round of verification, with every default but the practice of a dataset
of four samples. Each state has to fit, and axe-core has to find nothing in it, of whatever weight.
"""

import re
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.annotating import (
    Mouse,
    answer_when_open,
    begin_listening,
    finish,
    part,
    say_where,
    served_tones,
)
from tests.browser.test_administration import review_one
from tests.browser.test_human_eval import app, button, invite, sign_in
from tests.browser.test_human_eval_defaults import clips, visit

__all__ = ["app", "clips", "visit"]
LOOKS = {
    "light desk": ("light", {"width": 1280, "height": 800}),
    "dark phone": ("dark", {"width": 390, "height": 844}),
}
AT_REST = "!document.getAnimations().some((each) => each instanceof CSSTransition)"


def look(page: Page, state: str) -> None:
    """See that a state fits, and that axe-core finds nothing."""
    for name, (scheme, size) in LOOKS.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        expect(page.locator("body.dark")).to_have_count(1 if scheme == "dark" else 0)
        page.wait_for_function(AT_REST)  # colours fade from one mode to the other
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], f"{state}, {name}"
        found = Axe().run(page).response["violations"]
        faults = [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]
        assert faults == [], f"{state}, {name}"


def unfold(page: Page) -> None:
    """Open everything that can be opened."""
    closed = page.locator("details:not([open]) > summary:visible")
    while closed.count():
        closed.first.click()


def make_draft(admin: Page, dataset: Path) -> None:
    """The administrator's way to an invitation."""
    admin.goto("/annotate")
    expect(part(admin, "sign-in")).to_be_visible()
    unfold(admin)
    look(admin, "sign in")
    part(admin, "way-back").locator("[name=secret]").fill("nobody's")
    button(admin, "Continue").click()
    expect(part(admin, "fault")).to_be_visible()
    look(admin, "a refusal")
    sign_in(admin)
    form = part(admin, "admin").locator("form")
    form.locator("[name=name]").fill("All states")
    form.locator("[name=dataset]").fill(str(dataset))
    button(admin, "Preview").click()
    expect(form.get_by_role("status")).to_contain_text("answers are sought")
    unfold(admin)
    expect(part(admin, "admin").locator("table")).to_be_visible()
    look(admin, "the form of a new study")
    button(admin, "Make a draft").click()
    expect(button(admin, "Open")).to_be_visible()
    look(admin, "a draft")
    button(admin, "Open").click()
    expect(button(admin, "Close")).to_be_visible()


def come_in(hands: Mouse, address: str) -> None:
    """The way to the first question, with a sound check that is not passed at first."""
    hands.page.goto(address)
    expect(hands.part("way-back-note")).to_be_visible()
    look(hands.page, "consent")
    hands.press(hands.part("agree"))
    expect(hands.part("tones-play")).to_be_visible()
    say_where(hands, ["both"] * 6)
    expect(hands.part("sound-fault")).to_be_visible()
    hands.press(hands.part("tones-play"))
    look(hands.page, "the sound check")
    say_where(hands, served_tones(hands.page))
    expect(hands.part("place")).to_have_text("Practice 1 of 2")


def work(hands: Mouse) -> None:
    """Practice, questions, and what can be done beside answering them."""
    page = hands.page
    for number in range(4):
        expect(hands.part("place")).to_have_text(re.compile(rf"^(Practice )?{number % 2 + 1} of 2$"))
        kind = "a transcript" if hands.part("transcript").is_visible() else "a question"
        if number == 2:
            beside(hands)
        look(page, f"{kind}, {hands.part('place').inner_text()}")
        place = begin_listening(hands)
        if number < 2:
            practise(hands)
            look(page, f"what was right, {kind}")
            hands.press(hands.part("go-on"))
        elif kind == "a transcript":
            expect(hands.part("heard")).to_have_text(re.compile(r"^\d+% heard$"))
            hands.write("as long as a minute and a half of speech " * 30)
        else:
            answer_when_open(hands, place)


def practise(hands: Mouse) -> None:
    """Answer wrongly, and see what was right."""
    expect(hands.part("heard")).to_have_text(re.compile(r"^\d+% heard$"))
    if hands.part("transcript").is_visible():
        hands.write("another preference number three or four")
    else:
        hands.answer(3, 2)
    expect(hands.part("feedback")).to_be_visible()


def beside(hands: Mouse) -> None:
    """Report a problem, pause, look at one's answers."""
    page = hands.page
    hands.press(hands.part("flag"))
    look(page, "reporting a problem")
    hands.press(hands.part("reason-cancel"))
    hands.press(hands.part("skip"))
    look(page, "skipping")
    hands.press(hands.part("reason-cancel"))
    hands.press(hands.part("pause"))
    expect(hands.part("continue")).to_be_visible()
    look(page, "paused")
    hands.press(hands.part("continue"))
    expect(hands.part("work")).to_be_visible()
    hands.press(hands.part("back"))
    expect(hands.part("review-title")).to_be_visible()
    look(page, "answers, not all given")
    hands.press(hands.part("review-back"))
    expect(hands.part("play")).to_be_enabled()


def test_a_study_from_its_form_to_the_leaderboard(visit: Callable[..., Page], clips: Path) -> None:
    admin, hands = visit(), Mouse(visit())
    make_draft(admin, clips)
    come_in(hands, invite(admin, "ann"))
    look(admin, "an open study with a new link")
    work(hands)
    expect(hands.part("review-title")).to_have_text("All questions are answered")
    look(hands.page, "answers, all given")
    heights = (
        hands.part("review-list").locator("li").evaluate_all("all => all.map(each => each.offsetHeight)")
    )
    assert max(heights) < 150, "A transcript fills the list"
    finish(hands)
    look(hands.page, "handed in")
    admin.on("dialog", lambda dialog: dialog.accept())
    button(admin, "Pause").click()
    expect(button(admin, "Open again")).to_be_visible()
    look(admin, "a paused study with people")
    button(admin, "Close").click()
    expect(button(admin, "Show on the leaderboard")).to_be_visible()
    unfold(admin)
    look(admin, "results")
    button(admin, "All studies").click()
    expect(admin.get_by_role("heading", name="New study")).to_be_visible()
    look(admin, "all studies")
    button(admin, "Take part in a study").click()
    expect(part(admin, "administer")).to_be_visible()
    expect(part(admin, "no-studies")).to_be_visible()
    look(admin, "studies to take part in")


def test_a_round_from_its_form_to_what_was_found(visit: Callable[..., Page], clips: Path) -> None:
    boss, reviewer = visit(), visit()
    boss.goto("/verify")
    expect(part(boss, "sign-in")).to_be_visible()
    look(boss, "sign in to verify")
    sign_in(boss)
    form = part(boss, "open-round")
    form.locator("[name=dataset]").fill(str(clips))
    part(boss, "subsets").select_option("SCR")
    button(boss, "Start the round").click()
    expect(boss.get_by_role("row", name=re.compile("^SCR"))).to_contain_text("0 of 2")
    button(boss, "Make a link for reviewers").click()
    link = part(boss, "reviewers-link").locator("code")
    expect(link).to_be_visible()
    look(boss, "rounds, and a link for reviewers")
    reviewer.goto(link.inner_text())
    expect(part(reviewer, "who")).to_contain_text("You are a reviewer now")
    look(reviewer, "a new reviewer")  # on a phone at last, where the table is wider than the screen
    box = reviewer.get_by_role("button", name=re.compile("^Review: SCR")).bounding_box()
    assert box is not None
    assert box["x"] + box["width"] < LOOKS["dark phone"][1]["width"], "No way into the round is in sight"
    for page in (boss, reviewer):
        page.get_by_role("button", name=re.compile("^Review: SCR")).click()
        expect(part(page, "points").locator("fieldset")).not_to_have_count(0)
        look(page, "a sample to check")
        for left in (1, 0):
            counted = part(page, "counts").inner_text()
            review_one(page, failing=left)
            if left:
                expect(part(page, "verdict")).to_contain_text("points to check", timeout=30_000)
            assert counted
        expect(part(page, "fault")).to_be_visible()
        look(page, "nothing left to check")
    boss.reload()
    boss.get_by_role("button", name=re.compile("^What was found: SCR")).click()
    expect(part(boss, "evidence")).to_contain_text("fails")
    look(boss, "what was found")
