"""The leaderboard in a browser, beyond its tables: downloads, charts, keyboard, phone, faults."""

import csv
import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser.boards import figures, head, hover, models, opened, table
from tests.leaderboard.run_folders import write_run, write_speed

DESK, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
TABS = ["Models", "Token pruning", "Cache eviction", "Duration", "Speed"]
HOSTILE = '<script>window.attacked = 1</script>"><img src=x onerror="window.attacked = 1">'
RTL = "\u202eמודל" + "long" * 60

# A dataset that is listed before those of the bundled runs.
FIRST = "another"


def test_hostile_names_are_text(quiet_page: Page, runs: Path) -> None:
    write_run(runs, "a", model=HOSTILE, dataset=HOSTILE, notice=HOSTILE * 20)
    write_run(runs, "b", model=RTL, dataset=HOSTILE)
    (runs / "<b>bad").mkdir()
    (runs / "<b>bad" / "run.json").write_text("{}")
    opened(quiet_page)
    for size in (DESK, PHONE):
        quiet_page.set_viewport_size(size)
        for tab in ("Token pruning", "Models"):
            quiet_page.get_by_role("tab", name=tab).click()
            assert HOSTILE in models(quiet_page, 1)
            assert RTL in models(quiet_page, 1)
            quiet_page.locator("table.scores").nth(1).locator(".name").first.click()
            quiet_page.locator("table.scores").nth(1).locator("td.overall").first.hover()
            assert quiet_page.evaluate("window.attacked") is None
            markup = quiet_page.locator("[data-part=board]").locator("script, img, b:not(.key b)")
            assert markup.count() == 0
            assert quiet_page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def download(page: Page, name: str, index: int = 0) -> str:
    with page.expect_download() as caught:
        page.get_by_role("button", name=name).nth(index).click()
    return Path(caught.value.path()).read_text(encoding="utf-8")


def test_downloads_hold_what_is_shown(quiet_page: Page, runs: Path) -> None:
    write_run(runs, "a", model='=cmd()|,"x"', notice="50% & more_or_less", dataset=FIRST)
    opened(quiet_page, "/?q=qwen&hide=SGR")
    rows = list(csv.DictReader(download(quiet_page, "CSV").splitlines()))
    assert [row["Model"] for row in rows] == ["Human", "Qwen2.5-Omni-7B", "Qwen2.5-Omni-3B"]
    assert rows[1]["Overall"] == "70.5"
    assert rows[1]["Source"] == "Table 3, arXiv 2510.07293"
    assert "SGR" not in rows[1]
    document = json.loads(download(quiet_page, "JSON"))
    assert [row["model"] for row in document["rows"]] == [row["Model"] for row in rows]
    assert "@misc{" in download(quiet_page, "BibTeX")
    opened(quiet_page)
    own = list(csv.DictReader(download(quiet_page, "CSV", 1).splitlines()))
    assert own[0]["Model"] == '\'=cmd()|,"x"'
    assert (own[0]["Provenance"], own[0]["Protocol"]) == ("measured", "strict")
    assert own[0]["Dataset SHA-256"] == "ab" * 32
    assert own[0]["Notice"] == "50% & more_or_less"
    text = download(quiet_page, "LaTeX", 1)
    assert r"50\% \& more\_or\_less" in text
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 1


def test_further_tables_stand_beneath_their_figure(quiet_page: Page) -> None:
    opened(quiet_page)
    for tab, words in (
        ("Token pruning", "Table 4"),
        ("Cache eviction", "The first token comes from the whole cache and never changes"),
        ("Duration", "Table 8"),
    ):
        quiet_page.get_by_role("tab", name=tab).click()
        expect(quiet_page.locator("[data-part=content]")).to_contain_text(words)


# Light on a desk and dark on a phone are looked at, view by view, where the figures are tested.
@pytest.mark.parametrize(
    ("mode", "size", "tabs"),
    [
        ("light", PHONE, TABS),
        ("dark", DESK, TABS),
        ("light", DESK, TABS[:1]),
        ("dark", PHONE, TABS[:1]),
    ],
    ids=["light-phone", "dark-desk", "light-desk", "dark-phone"],
)
def test_every_view_fits_and_is_accessible(
    quiet_page: Page,
    runs: Path,
    mode: str,
    size: dict[str, int],
    tabs: list[str],
) -> None:
    write_run(runs, "a", configurations=["vanilla", "frame@0.3", "snapkv@0.5"])
    write_speed(runs, "alone", {"vanilla": 2.0, "frame@0.6": 0.7})
    quiet_page.set_viewport_size(size)
    quiet_page.emulate_media(color_scheme=mode)
    opened(quiet_page)
    for tab in tabs:
        quiet_page.get_by_role("tab", name=tab).click()
        expect(quiet_page.locator(".plot[aria-busy=true]")).to_have_count(0)
        quiet_page.locator(".name").nth(1).click()
        assert quiet_page.evaluate("document.documentElement.scrollWidth") <= size["width"], tab
        found = Axe().run(quiet_page, context="#leaderboard").response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:150]) for one in found] == [], tab


def test_model_stays_in_sight_on_a_phone(quiet_page: Page) -> None:
    quiet_page.set_viewport_size(PHONE)
    opened(quiet_page)
    quiet_page.locator(".region").first.evaluate("region => (region.scrollLeft = 400)")
    expect(quiet_page.get_by_role("button", name="Qwen2.5-Omni-7B", exact=True)).to_be_in_viewport()
    expect(head(quiet_page, "SCR")).to_be_in_viewport()


def test_keyboard_sorts_opens_and_moves_between_tables(quiet_page: Page) -> None:
    opened(quiet_page)
    overall = head(quiet_page, "overall")
    overall.focus()
    quiet_page.keyboard.press("Enter")
    assert figures(quiet_page, "overall")[0] == "35.6"
    expect(overall).to_be_focused()
    quiet_page.locator(".name").nth(1).press("Enter")
    expect(quiet_page.locator("tr.details")).to_have_count(1)
    for tab in ("Models", "Compare", "Samples"):
        quiet_page.get_by_role("tab", name=tab).press("ArrowRight")
    expect(quiet_page.get_by_role("tab", name="Token pruning")).to_be_focused()
    expect(table(quiet_page)).to_contain_text("FastV")


def test_nothing_found_can_be_cleared(quiet_page: Page) -> None:
    quiet_page.goto("/?q=nosuchmodel&source=measured")
    expect(quiet_page.locator("table, .downloads, .notes")).to_have_count(0)
    quiet_page.get_by_role("button", name="Clear search and filters").click()
    expect(quiet_page.get_by_role("searchbox")).to_have_value("")
    expect(table(quiet_page).locator("tbody tr")).to_have_count(18)


@pytest.mark.parametrize("fault", ["abort", "error"])
def test_server_that_does_not_answer_is_a_sentence(page: Page, fault: str) -> None:
    def fail(route: Route) -> None:
        if fault == "abort":
            route.abort()
        else:
            route.fulfill(status=500, body="no")

    page.route("**/v1/leaderboard", fail)
    page.goto("/")
    expect(page.get_by_role("alert").filter(has_text="reload the page to try again")).to_be_visible()


def test_a_server_that_still_reads_is_asked_again(page: Page) -> None:
    answers = iter([True, False])

    def busy_once(route: Route) -> None:
        if next(answers):
            headers = {"Retry-After": "1", "Content-Type": "application/json"}
            route.fulfill(status=503, headers=headers, body='{"error": "Still being read."}')
        else:
            route.continue_()

    page.route("**/v1/leaderboard", busy_once)
    opened(page)
    assert len(models(page)) == 17


def test_speed_is_ranked_by_what_was_measured_alone(quiet_page: Page, runs: Path) -> None:
    opened(quiet_page)
    quiet_page.get_by_role("tab", name="Speed").click()
    expect(quiet_page.locator(".empty")).to_contain_text("amarathon efficiency")
    write_run(runs, "shared", configurations=["vanilla", "frame@0.6"])
    write_speed(runs, "alone", {"vanilla": 2.0, "frame@0.6": 0.7, "frame@0.3": 1.95})
    quiet_page.reload()
    rows = table(quiet_page).locator("tbody tr")
    expect(rows).to_have_count(3)
    assert rows.locator("td:nth-child(3)").all_inner_texts() == ["frame@0.6", "frame@0.3", "Vanilla"]
    head(quiet_page, "prefill_s").click()
    head(quiet_page, "prefill_s").click()
    assert rows.locator("td:nth-child(3)").all_inner_texts() == ["Vanilla", "frame@0.3", "frame@0.6"]
    assert "sort=prefill_s" in quiet_page.url
    table(quiet_page).locator(".name").first.click()
    expect(quiet_page.locator("tr.details")).to_contain_text("run folder alone")
    table(quiet_page).locator(".name").first.click()
    head(quiet_page, "rank").click()
    assert rows.locator("td:nth-child(1)").all_inner_texts() == ["1", "2–3", "2–3"]
    expect(quiet_page.locator("h2")).to_contain_text("cpu Test CPU")
    hover(rows.first.locator("td:nth-child(6)"))
    expect(quiet_page.get_by_role("tooltip")).to_contain_text("quartiles")
    quiet_page.get_by_label("Search models and methods").fill("frame@0.3")
    expect(rows).to_have_count(1)
