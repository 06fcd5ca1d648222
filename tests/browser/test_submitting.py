"""A submission's way in the browser, with every default as it ships: from the upload to the row."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from amarathon.assets import BUNDLED_RUNS
from amarathon.runs.reading import read_run
from amarathon.runs.submitting import write_submission
from amarathon.runs.summary import write_summary
from amarathon.settings import Settings
from human_eval import accounts
from human_eval.service import open_service
from tests.serving import PATIENCE_S, ServedApp, serving

PASSWORD = "correct horse battery staple"
CONTACT = "bold@example.org"
PHONE = {"width": 390, "height": 844}
KEPT = ("vanilla", "frame@0.6")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """The app, administered by the local account ``boss``."""
    folder = tmp_path_factory.mktemp("submitted")
    service = open_service(Settings(data=folder / "data"))
    with service.database.writing() as session:
        accounts.make_local(session, "boss", accounts.hash_password(PASSWORD))
    service.database.close()
    with serving(folder, AMARATHON_ADMIN="boss") as served:
        yield served


@pytest.fixture
def visit(app: ServedApp, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a path in a browser of its own; a console error or a request elsewhere fails the test."""
    contexts, faults = [], []

    def open_path(path: str, **context: object) -> Page:
        contexts.append(browser.new_context(base_url=app.url, **context))
        page = contexts[-1].new_page()
        page.set_default_timeout(1000 * PATIENCE_S)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda sent: faults.append(sent.url) if app.url not in sent.url else None)
        page.goto(path)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not fault.startswith(("data:", "blob:"))] == []


def evaluated(folder: Path, name: str) -> Path:
    """What `small` really answered to the bundled samples, as another model's run."""
    run, out = read_run(BUNDLED_RUNS / "small-on-bundled"), folder / name
    out.mkdir(parents=True)
    model = run.header.model.model_copy(update={"name": "org/Bold", "notice": "A toy of twelve lines."})
    header = run.header.model_copy(
        update={"run_id": name, "model": model, "configurations": list(KEPT), "libraries": {"python": name}}
    )
    (out / "run.json").write_text(header.model_dump_json())
    lines = [one.model_dump_json() for one in run.predictions() if one.configuration in KEPT]
    if name != "bold-1":  # a later one answers a question otherwise
        lines[0] = json.dumps(json.loads(lines[0]) | {"reply": "A"})
    (out / "predictions.jsonl").write_text("\n".join(lines) + "\n")
    write_summary(out)
    return out


def button(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("button", name=name, exact=True)


def sign_in(page: Page) -> None:
    form = page.locator("[data-part=sign-in]")
    form.locator("[name=name]").fill("boss")
    form.locator("[name=password]").fill(PASSWORD)
    form.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("[data-part=admin]")).to_be_visible()


def rows(app: ServedApp) -> list[str]:
    board = app.get("/v1/leaderboard").json()
    found = [row for section in board["measured"] for row in section["rows"]]
    return [board["runs"][row["run"]]["run_id"] for row in found if row["provenance"] == "submitted"]


def test_from_upload_to_row(
    app: ServedApp, visit: Callable[..., Page], tmp_path: Path, serious_findings: Callable[[Page], list[str]]
) -> None:
    write_submission(evaluated(tmp_path, "bold-1"), tmp_path / "bold.zip")
    page = visit("/")
    page.get_by_role("tab", name="Submit").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "bad.zip", "mimeType": "application/zip", "buffer": b"no zip"}
    )
    button(page, "Upload and check").click()
    expect(page.locator(".submit .fault")).to_contain_text("no zip file")
    page.locator("input[type=file]").set_input_files(tmp_path / "bold.zip")
    button(page, "Upload and check").click()
    expect(page.locator("table.preview tbody tr")).to_have_count(2)
    expect(page.locator(".receipt")).to_contain_text("A toy of twelve lines.")
    assert serious_findings(page) == []
    page.locator("[name=name]").fill("The Bold Team")
    page.locator("[name=contact]").fill(CONTACT)
    button(page, "File it for review").click()
    expect(page.locator(".facts")).to_contain_text("Waiting for an administrator")
    assert rows(app) == []
    receipt = page.url

    admin = visit("/annotate")
    sign_in(admin)
    admin.goto("/?view=submit")
    button(admin, "org/Bold").click()
    expect(admin.locator(".review .facts")).to_contain_text(CONTACT)
    expect(admin.locator(".review table.preview tbody tr")).to_have_count(2)
    assert serious_findings(admin) == []
    button(admin, "Refuse").click()
    expect(admin.locator(".reviewing > .fault")).to_contain_text("Give a reason")
    button(admin, "Accept").click()
    expect(admin.locator(".review .facts")).to_contain_text("Accepted")
    assert rows(app) == ["bold-1", "bold-1"]

    page.goto(receipt)
    expect(page.locator(".facts")).to_contain_text("Accepted: it is on the leaderboard")
    assert CONTACT not in page.content()
    page.goto("/?q=bold")
    row = page.locator("tr.submitted").first
    expect(row.locator(".mark")).to_have_text("S")
    expect(row).to_contain_text("A toy of twelve lines.")
    row.locator(".name").click()
    expect(page.locator("tr.details")).to_contain_text("by The Bold Team")
    with page.expect_download() as caught:
        page.get_by_role("link", name="model-index").click()
    assert "name: org/Bold" in Path(caught.value.path()).read_text(encoding="utf-8")
    page.goto("/?source=published,measured")
    expect(page.locator("tr.measured").first).to_be_visible()
    expect(page.locator("tr.submitted")).to_have_count(0)

    # The same submitter's next run comes from the command line, and takes its place.
    sent = subprocess.run(
        [
            *(sys.executable, "-c", "import sys; from amarathon.cli import main; sys.exit(main())", "submit"),
            *(str(evaluated(tmp_path, "bold-2")), "--to", app.url, "--name", "The Bold Team"),
            *("--contact", CONTACT),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert sent.returncode == 0, sent.stderr
    assert "It is waiting." in sent.stdout
    admin.reload()
    button(admin, "org/Bold").first.click()
    expect(admin.locator(".review .facts")).to_contain_text("1 earlier of the same submitter")
    button(admin, "Accept").click()
    expect(admin.locator(".review .facts")).to_contain_text("Accepted")
    assert rows(app) == ["bold-2", "bold-2"]
    button(admin, "Undo the decision").click()
    expect(admin.locator(".review .facts")).to_contain_text("Waiting")
    assert rows(app) == ["bold-1", "bold-1"]
    button(admin, "Show the log").click()
    expect(admin.get_by_role("table", name="Log of submissions").locator("tbody tr")).to_have_count(7)

    page.goto(receipt)
    button(page, "Withdraw").click()
    button(page, "Withdraw it for good").click()
    expect(page.locator(".facts")).to_contain_text("Withdrawn")
    assert rows(app) == []


def test_on_a_phone_nothing_stands_out(visit: Callable[..., Page]) -> None:
    page = visit("/?view=submit", viewport=PHONE)
    expect(button(page, "Upload and check")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_decisions_need_the_page_of_this_app(app: ServedApp) -> None:
    """The administrator's cookie alone, as another site's page would send it, decides nothing."""
    with httpx.Client(base_url=app.url, timeout=PATIENCE_S) as http:
        signed = http.post(
            "/v1/human/sign-in", json={"name": "boss", "password": PASSWORD}, headers={"X-CSRF-Token": "none"}
        )
        assert signed.status_code == 200
        review = http.get("/v1/submissions/review").json()
        assert review["administrator"] == "boss"
        path = f"/v1/submissions/review/{'0' * 32}/accept"
        assert http.post(path, json={}).status_code == 403
        foreign = {"X-CSRF-Token": review["csrf"], "Sec-Fetch-Site": "cross-site"}
        assert http.post(path, json={}, headers=foreign).status_code == 403
        assert http.post(path, json={}, headers={"X-CSRF-Token": review["csrf"]}).status_code == 404
