"""A whole study in three browsers: an administrator and two annotators, one of them offline for a while."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from amarathon.settings import Settings
from human_eval import accounts
from human_eval.service import open_service
from tests.human_eval.material import write_dataset
from tests.serving import ServedApp, serving

PASSWORD = "correct horse battery staple"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """The app, administered by the local account ``boss``."""
    folder = tmp_path_factory.mktemp("study")
    service = open_service(Settings(data=folder / "data"))
    with service.database.writing() as session:
        accounts.make_local(session, "boss", accounts.hash_password(PASSWORD))
    service.database.close()
    with serving(folder, AMARATHON_ADMIN="boss") as served:
        yield served


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three questions and a transcript about two seconds of sound each."""
    return write_dataset(tmp_path_factory.mktemp("data") / "numbers", choices=3, transcripts=1)


@pytest.fixture
def visit(app: ServedApp, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens a path in a browser of its own; a script that fails, fails the test."""
    contexts, faults = [], []

    def open_path(path: str, **context: object) -> Page:
        contexts.append(browser.new_context(base_url=app.url, **context))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert faults == []


def part(page: Page, name: str):
    return page.locator(f"[data-part={name}]")


def sign_in(page: Page) -> None:
    form = part(page, "sign-in")
    form.locator("[name=name]").fill("boss")
    form.locator("[name=password]").fill(PASSWORD)
    form.get_by_role("button", name="Sign in").click()


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def make_study(admin: Page, dataset: Path, name: str) -> None:
    sign_in(admin)
    form = part(admin, "admin").locator("form")
    form.locator("[name=name]").fill(name)
    form.locator("[name=dataset]").fill(str(dataset))
    form.locator("[name=overlap]").fill("2")
    # The defaults are walked in test_human_eval_defaults.py.
    form.locator("[name=practice_per_task]").fill("0")
    form.locator("[name=sound_check]").uncheck()
    button(admin, "Preview").click()
    expect(form.get_by_role("status")).to_contain_text("8 answers")
    button(admin, "Make a draft").click()
    button(admin, "Open").click()
    expect(button(admin, "Close")).to_be_visible()


def invite(admin: Page, label: str) -> str:
    form = part(admin, "admin").locator("form")
    address = part(admin, "admin").locator("code")
    before = address.inner_text() if address.count() else ""
    form.locator("[name=label]").fill(label)
    button(admin, "Make a link").click()
    expect(address).to_contain_text("invite=")
    expect(address).not_to_have_text(before)
    return address.inner_text()


def listen_and_answer(page: Page, number: int) -> None:
    expect(part(page, "position")).to_have_text(re.compile(rf"^{number} of \d+$"))
    expect(part(page, "submit")).to_be_disabled()
    part(page, "wave").focus()
    page.keyboard.press("Space")
    expect(part(page, "coverage")).to_have_text(re.compile(r"^\d+% heard$"))
    if part(page, "transcript").is_visible():
        part(page, "transcript").fill(f"the reference number {number}")
        part(page, "submit").click()
    else:
        for key in ("a", "4", "Enter"):
            page.keyboard.press(key)


def test_a_whole_study(
    app: ServedApp, dataset: Path, visit: Callable[..., Page], serious_findings: Callable[[Page], list[str]]
) -> None:
    admin = visit("/annotate")
    expect(part(admin, "sign-in")).to_be_visible()
    expect(admin).to_have_title(re.compile("AudioMarathon|Annotate"))
    assert serious_findings(admin) == []
    make_study(admin, dataset, "Numbers")
    assert serious_findings(admin) == []
    people = [visit(invite(admin, name)) for name in ("ann", "bob")]
    for page in people:
        expect(part(page, "consent-text")).to_contain_text("under a random number")
        button(page, "I agree").click()
    ann, bob = people
    expect(part(ann, "position")).to_have_text("1 of 4")
    assert serious_findings(ann) == []
    for number in range(1, 5):
        listen_and_answer(ann, number)
        listen_and_answer(bob, number)
    for page in people:
        expect(part(page, "review-title")).to_have_text("All questions are answered")
        assert serious_findings(page) == []
        button(page, "Submit all answers").click()
        expect(part(page, "code-line")).to_be_visible()

    admin.on("dialog", lambda dialog: dialog.accept())
    button(admin, "Close").click()
    results = part(admin, "admin")
    expect(results).to_contain_text("2 annotators gave 8 answers to 4 samples of 2 tasks")
    assert serious_findings(admin) == []
    button(admin, "Show on the leaderboard").click()
    expect(results).to_contain_text("Shown on the leaderboard as people-")
    board = visit("/")
    expect(board.locator("tr.human", has_text="People (Numbers)")).to_be_visible()


def test_an_answer_given_offline_is_kept_and_sent(
    app: ServedApp, dataset: Path, visit: Callable[..., Page]
) -> None:
    admin = visit("/annotate")
    make_study(admin, dataset, "Offline")
    bob = visit(invite(admin, "bob"), viewport=PHONE)
    button(bob, "I agree").click()
    expect(part(bob, "position")).to_have_text("1 of 4")
    part(bob, "wave").focus()
    bob.keyboard.press("Space")
    expect(part(bob, "coverage")).to_have_text(re.compile(r"^\d+% heard$"))
    bob.context.set_offline(True)
    if part(bob, "transcript").is_visible():
        part(bob, "transcript").fill("kept through an outage")
    else:
        part(bob, "options").locator("input").first.check()
    part(bob, "submit").click()
    expect(part(bob, "saved")).to_contain_text("will be sent")
    expect(part(bob, "position")).to_have_text("1 of 4")
    bob.context.set_offline(False)
    expect(part(bob, "position")).to_have_text("2 of 4")
    part(bob, "back").click()
    expect(part(bob, "review-list")).to_contain_text("1 of 4")
    assert bob.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_an_item_opens_by_the_pages_own_count_while_there_is_no_connection(
    app: ServedApp, dataset: Path, visit: Callable[..., Page]
) -> None:
    admin = visit("/annotate")
    make_study(admin, dataset, "Underground")
    ann = visit(invite(admin, "ann"))
    part(ann, "agree").click()
    expect(part(ann, "position")).to_have_text("1 of 4")
    ann.wait_for_function("document.querySelector('[data-part=audio]').readyState === 4")
    ann.context.set_offline(True)
    part(ann, "play").click()
    expect(part(ann, "coverage")).to_have_text(re.compile(r"^\d+% heard$"))
    if part(ann, "transcript").is_visible():
        part(ann, "transcript").fill("heard under ground")
    else:
        part(ann, "options").locator("input").first.check()
    part(ann, "submit").click()
    expect(part(ann, "saved")).to_contain_text("will be sent")
    expect(part(ann, "submit")).to_be_disabled()
    ann.context.set_offline(False)
    expect(part(ann, "position")).to_have_text("2 of 4")
    expect(part(ann, "notice")).to_be_hidden()


def test_a_reload_continues_where_one_stopped(
    app: ServedApp, dataset: Path, visit: Callable[..., Page]
) -> None:
    admin = visit("/annotate")
    make_study(admin, dataset, "Reload")
    ann = visit(invite(admin, "ann"))
    button(ann, "I agree").click()
    listen_and_answer(ann, 1)
    expect(part(ann, "position")).to_have_text("2 of 4")
    question = part(ann, "question").inner_text()
    ann.reload()
    expect(part(ann, "position")).to_have_text("2 of 4")
    assert part(ann, "question").inner_text() == question
    button(ann, "Pause").click()
    part(ann, "continue").click()
    expect(part(ann, "position")).to_have_text("2 of 4")
    # Buttons do once what they say, however often the questions were left: an answer is changed, too.
    part(ann, "play").click()
    expect(part(ann, "coverage")).to_have_text(re.compile(r"^\d+% heard$"))
    part(ann, "back").click()
    first = part(ann, "review-list").locator("button").first
    before = first.inner_text()
    first.click()
    expect(part(ann, "position")).to_have_text("1 of 4")
    if part(ann, "transcript").is_visible():
        part(ann, "transcript").fill("changed afterwards")
    else:
        part(ann, "options").locator("input:not(:checked)").first.check()
    part(ann, "submit").click()
    expect(part(ann, "position")).to_have_text("2 of 4")
    part(ann, "back").click()
    expect(part(ann, "review-list").locator("button")).to_have_count(2)
    assert first.inner_text() != before
    expect(part(ann, "review-list")).to_contain_text("Not answered yet")


def test_a_reviewer_checks_drawn_samples(
    app: ServedApp, dataset: Path, visit: Callable[..., Page], serious_findings: Callable[[Page], list[str]]
) -> None:
    page = visit("/verify")
    sign_in(page)
    form = part(page, "open-round")
    form.locator("[name=dataset]").fill(str(dataset))
    part(page, "subsets").select_option("SCR")
    # Decided without listening, for once; test_administration walks the default.
    form.locator("[name=must_listen]").fill("0")
    button(page, "Start the round").click()
    page.get_by_role("button", name=re.compile("^Review: SCR")).click()
    expect(part(page, "counts")).to_have_text("0 of 3 samples decided, 0 disagreements")
    expect(part(page, "save")).to_be_disabled()
    for point in part(page, "points").locator("fieldset").all():
        point.get_by_label("yes").check()
    part(page, "points").locator("fieldset").nth(2).get_by_label("no").check()
    expect(part(page, "verdict")).to_have_text("This sample fails.")
    assert serious_findings(page) == []
    part(page, "save").click()
    expect(part(page, "verdict")).to_have_text(re.compile(r"points to check"))


def judge(page: Page, comment: str, *, failing: int | None = None) -> None:
    """Judge the one sample of the ASR round."""
    page.get_by_role("row", name=re.compile("^ASR")).get_by_role("button").click()
    expect(part(page, "points").locator("fieldset")).not_to_have_count(0)
    for number, point in enumerate(part(page, "points").locator("fieldset").all()):
        point.get_by_label("no" if number == failing else "yes").check()
    part(page, "comment").fill(comment)
    part(page, "save").click()


def test_what_reviewers_found_is_shown_once_the_round_is_decided(
    app: ServedApp, dataset: Path, visit: Callable[..., Page], serious_findings: Callable[[Page], list[str]]
) -> None:
    boss = visit("/verify")
    sign_in(boss)
    form = part(boss, "open-round")
    form.locator("[name=dataset]").fill(str(dataset))
    part(boss, "subsets").select_option("ASR")
    # Decided without listening, for once; test_administration walks the default.
    form.locator("[name=must_listen]").fill("0")
    button(boss, "Start the round").click()
    judge(boss, "It clicks.", failing=0)
    expect(part(boss, "fault")).to_contain_text("Nothing is left for you")
    found_button = re.compile("^What was found: ASR")
    expect(boss.get_by_role("button", name=found_button)).to_have_count(0)

    button(boss, "Make a link for reviewers").click()
    link = part(boss, "reviewers-link").locator("code")
    expect(link).to_contain_text("/verify#invite=")
    reviewer = visit(link.inner_text())
    judge(reviewer, "A click, <b>too</b>", failing=0)
    expect(part(reviewer, "fault")).to_contain_text("This round is decided")
    reviewer.reload()
    reviewer.get_by_role("button", name=found_button).click()
    expect(part(reviewer, "history-title")).to_have_text("ASR, round 1: failed")
    expect(part(reviewer, "evidence")).to_contain_text("Reviewer 1, 0% heard: fails; answered “no”: ")
    expect(part(reviewer, "evidence")).to_contain_text("(“A click, <b>too</b>”)")
    assert part(reviewer, "evidence").locator("a").count() == 0
    assert serious_findings(reviewer) == []
    boss.reload()
    boss.get_by_role("button", name=found_button).click()
    with boss.expect_download() as found:
        part(boss, "evidence").get_by_role("link").click()
    assert len(found.value.path().read_text().splitlines()) == 2
