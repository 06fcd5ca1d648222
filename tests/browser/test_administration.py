"""The administrator's and the reviewers' way, with every default as it ships."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from amarathon.datasets import load_dataset
from amarathon.settings import Settings
from human_eval import accounts
from human_eval.assets import PREFIX
from human_eval.service import open_service
from tests.human_eval.material import CLIP_S, Person, write_dataset
from tests.serving import ServedApp, serving

PASSWORD = "correct horse battery staple"
PHONE = {"width": 390, "height": 844}
SLOW_MS = 600_000  # bounds a hang


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """The app, administered by the local account ``boss``."""
    folder = tmp_path_factory.mktemp("administered")
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
def visit(app: ServedApp, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a path in a browser of its own; a script that fails, fails the test."""
    contexts, faults = [], []

    def open_path(path: str, **context: object) -> Page:
        contexts.append(browser.new_context(base_url=app.url, **context))
        page = contexts[-1].new_page()
        page.set_default_timeout(SLOW_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert faults == []


def part(page: Page, name: str) -> Locator:
    return page.locator(f"[data-part={name}]")


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def findings(page: Page) -> list[str]:
    """Everything that axe-core finds, of whatever weight."""
    found = Axe().run(page).response["violations"]
    return [f"{finding['id']}: {node['html'][:160]}" for finding in found for node in finding["nodes"]]


def sign_in(page: Page) -> None:
    form = part(page, "sign-in")
    form.locator("[name=name]").fill("boss")
    form.locator("[name=password]").fill(PASSWORD)
    button(form, "Sign in").click()


def answer_all(app: ServedApp, address: str, *, flagged: bool) -> None:
    """Somebody who takes part by the link, over HTTP: what their page does is another test's."""
    with httpx.Client(base_url=app.url, timeout=SLOW_MS / 1000) as http:
        person = Person(http)
        study = person.enter("/join", {"invite": address.split("#invite=")[1]})["study"]
        shown = person.get(f"/studies/{study}")
        person.post(f"/studies/{study}/consent", {"consent": shown["consent"]})
        while (item := person.next(study)) is not None:
            person.page_s += CLIP_S
            if item["options"] and flagged:
                person.post(
                    f"/items/{item['id']}/flag",
                    {"client_id": person.new_id(), "fault": "audio", "comment": "=It clicks"},
                )
                flagged = False
            if not item["options"]:
                person.post(f"/items/{item['id']}/skip", {"reason": "Not a word of it"})
                continue
            person.answer(item["id"], choice=0, comment="I am sure")
        person.post(f"/studies/{study}/submit")


def test_a_study_is_made_touching_nothing_but_its_name_and_its_tasks(visit: Callable[..., Page]) -> None:
    page = visit("/annotate", permissions=["clipboard-read", "clipboard-write"])
    sign_in(page)
    # The administrator's studies come first, and nothing says that there is none open to them.
    expect(page.get_by_role("heading", name="Studies", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(part(page, "no-studies")).to_be_hidden()
    form = part(page, "admin").locator("form")
    form.locator("[name=name]").fill("All defaults")
    for name in ("Speech Entity Recognition", "Speech Content Reasoning"):
        expect(form.get_by_role("checkbox", name=name)).to_be_checked()
    form.get_by_role("checkbox", name="Speech Entity Recognition").uncheck()
    button(form, "Preview").click()
    status = form.get_by_role("status")
    expect(status).to_contain_text("54 answers are needed")
    expect(status).not_to_contain_text("0.0 h")
    assert findings(page) == []
    button(form, "Make a draft").click()
    expect(page.get_by_role("heading", name="All defaults")).to_be_visible(timeout=SLOW_MS)
    expect(part(page, "admin")).to_contain_text("Not yet checked by reviewers: Speech Content Reasoning")
    button(page, "Open").click()
    expect(button(page, "Close")).to_be_visible()
    links = part(page, "admin").locator("form")
    links.locator("[name=label]").fill("students")
    button(links, "Make a link").click()
    copy = button(page, "Copy the link")
    copy.click()
    expect(copy).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"/annotate#invite=[\w-]{40,}$", copied)
    assert copied == part(page, "admin").locator("code").inner_text()
    assert findings(page) == []


def test_the_results_of_a_study_are_explained_in_words(
    app: ServedApp, dataset: Path, visit: Callable[..., Page]
) -> None:
    page = visit("/annotate")
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page)
    form = part(page, "admin").locator("form")
    form.locator("[name=name]").fill("Numbers")
    form.locator("[name=dataset]").fill(str(dataset))
    form.locator("[name=overlap]").fill("2")
    form.locator("[name=must_listen]").fill("0")  # listening by annotators is other tests'
    form.locator("[name=sound_check]").uncheck()
    button(form, "Make a draft").click()
    button(page, "Open").click()
    expect(button(page, "Close")).to_be_visible()
    links = part(page, "admin").locator("form")
    links.locator("[name=label]").fill("two people")
    links.locator("[name=uses]").fill("2")
    button(links, "Make a link").click()
    address = part(page, "admin").locator("code").inner_text()
    answer_all(app, address, flagged=True)
    answer_all(app, address, flagged=False)
    page.reload()
    button(page, "Show Numbers").click()
    admin = part(page, "admin")
    expect(admin).to_contain_text("What people wrote", timeout=SLOW_MS)
    expect(admin).to_contain_text("the audio: “=It clicks”")
    expect(admin).to_contain_text("“Not a word of it”")
    expect(admin).to_contain_text("“I am sure”")
    people = admin.locator("tr", has_text="finished")
    expect(people).to_have_count(2)
    expect(people.first).to_contain_text("none")
    assert findings(page) == []
    button(page, "Close").click()
    expect(admin).to_contain_text("2 annotators gave 4 answers to 2 samples of 1 task", timeout=SLOW_MS)
    admin.get_by_text("Task by task, in words").click()
    expect(admin).to_contain_text("2 people gave 4 answers to 2 questions")
    expect(admin).to_contain_text("two people gave the same answer in 100% of pairs")
    assert "(s)" not in admin.inner_text()
    assert findings(page) == []
    with page.expect_download() as found:
        page.get_by_role("link", name="Answers for a spreadsheet (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(found.value.path().read_text())))
    assert len(rows) == 8
    assert {row["choice"] for row in rows if row["choice"]} == {"A"}
    assert {row["choice_text"] for row in rows if row["choice"]} == {"0 w", "1 w", "2 w"}
    assert {row["flags"] for row in rows if row["flags"]} == {"audio: =It clicks"}
    assert {row["skip_reason"] for row in rows if row["skipped"]} == {"Not a word of it"}
    button(page, "Show on the leaderboard").click()
    expect(admin).to_contain_text("Shown on the leaderboard as people-")


def review_one(page: Page, *, failing: int | None = None) -> None:
    """Hear a sample in the browser and decide on it."""
    expect(part(page, "points").locator("fieldset")).not_to_have_count(0)
    expect(part(page, "coverage")).to_contain_text("you can save once it is 90%")
    for number, point in enumerate(part(page, "points").locator("fieldset").all()):
        point.get_by_label("no" if number == failing else "yes").check()
    expect(part(page, "save")).to_be_disabled()
    expect(part(page, "verdict")).to_contain_text("Hear more of the recording")
    button(page, "Play").click()
    expect(part(page, "save")).to_be_enabled(timeout=SLOW_MS)
    expect(part(page, "coverage")).to_have_text(re.compile(r"^(9\d|100)% heard$"))
    part(page, "save").click()


def test_reviewers_listen_before_a_verdict_and_the_page_says_what_follows(
    app: ServedApp, dataset: Path, visit: Callable[..., Page]
) -> None:
    boss = visit("/verify")
    sign_in(boss)
    form = part(boss, "open-round")
    form.locator("[name=dataset]").fill(str(dataset))
    part(boss, "subsets").select_option("ASR")
    button(boss, "Start the round").click()
    row = boss.get_by_role("row", name=re.compile("^ASR, Automatic Speech Recognition"))
    expect(row).to_contain_text("0 of 1")
    assert findings(boss) == []
    row.get_by_role("button").click()
    review_one(boss, failing=0)
    expect(part(boss, "fault")).to_contain_text("Nothing is left for you in this round")
    button(boss, "Make a link for reviewers").click()
    expect(button(boss, "Copy the link")).to_be_visible()
    link = part(boss, "reviewers-link").locator("code").inner_text()
    reviewer = visit(link, viewport=PHONE)
    expect(part(reviewer, "who")).to_contain_text("You are a reviewer now")
    reviewer.get_by_role("button", name=re.compile("^Review: ASR")).click()
    expect(part(reviewer, "counts")).to_have_text("0 of 1 samples decided, 0 disagreements")
    assert findings(reviewer) == []
    assert reviewer.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    review_one(reviewer, failing=0)
    expect(part(reviewer, "fault")).to_contain_text("This round is decided")
    boss.reload()
    boss.get_by_role("button", name=re.compile("^What was found: ASR")).click()
    evidence = part(boss, "evidence")
    expect(evidence).to_contain_text("has to be built again with another seed")
    expect(evidence).to_contain_text("Reviewers had to hear 90% of each recording")
    expect(evidence).to_contain_text(re.compile(r"Reviewer 1, (9\d|100)% heard: fails"))
    assert findings(boss) == []
    with boss.expect_download() as found:
        evidence.get_by_role("link").click()
    assert all('"heard":' in line for line in found.value.path().read_text().splitlines())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_administrators_page_fits_a_phone(visit: Callable[..., Page], scheme: str) -> None:
    page = visit("/annotate", viewport=PHONE, color_scheme=scheme)
    sign_in(page)
    expect(page.get_by_role("heading", name="New study")).to_be_visible(timeout=SLOW_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert findings(page) == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('[data-part=admin] :is(button, a, summary)')]
        .filter((node) => node.offsetParent && node.getBoundingClientRect().height < 24)
        .map((node) => node.textContent)"""
    )
    assert small == []


def test_no_page_and_no_route_shows_strangers_a_right_answer(app: ServedApp) -> None:
    """Of the bundled questions, which the study of the first test asks at this moment."""
    references = {sample.reference for sample in load_dataset("bundled").samples if sample.reference}
    assert len(references) == 3
    with httpx.Client(base_url=app.url, timeout=SLOW_MS / 1000) as http:
        paths = http.get("/openapi.json").json()["paths"]
        addresses = ["/", "/annotate", "/verify", "/demo", "/config"]
        addresses += [path for path, methods in paths.items() if path.startswith("/v1/") and "get" in methods]
        for path in addresses:
            if "{" not in path:
                answer = http.get(path, follow_redirects=False)
                assert not any(reference in answer.text for reference in references), path


def test_nothing_is_taken_from_whoever_is_no_administrator(app: ServedApp) -> None:
    for path in ("/admin/studies", "/admin/accounts", "/admin/audit"):
        assert httpx.get(f"{app.url}{PREFIX}{path}").status_code == 401
