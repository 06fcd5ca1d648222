"""The leaderboard's tables in a browser; sorting and filtering ask the server nothing."""

import re
from pathlib import Path

from playwright.sync_api import Page, Request, expect

from tests.browser.boards import figures, head, hover, keys, menu, models, opened, table
from tests.browser.measuring import least_ms
from tests.leaderboard.run_folders import NOTICE, write_run

# A dataset that is listed before those of the bundled runs.
FIRST = "another"


def test_table_3_stands_with_people_on_top(quiet_page: Page) -> None:
    opened(quiet_page)
    assert models(quiet_page)[:3] == ["Human", "Qwen2.5-Omni-7B", "Qwen2.5-Omni-3B"]
    assert len(models(quiet_page)) == 17
    assert figures(quiet_page, "overall")[0] == "70.5"
    expect(table(quiet_page).locator("tr.human")).to_contain_text("87.6")
    expect(table(quiet_page).locator(".mark.published")).to_have_count(17)
    groups = table(quiet_page).locator("thead th.group").all_inner_texts()
    assert groups == ["Speech Content Extraction", "Audio Classification", "Speaker Information Modeling"]


def test_footnotes_mark_the_faulty_cells(quiet_page: Page) -> None:
    opened(quiet_page)
    cell = (
        table(quiet_page)
        .locator("tr", has_text="Audio-Flamingo-2")
        .locator("td", has=quiet_page.locator("sup"))
    )
    expect(cell).to_have_text("1.0b")
    expect(quiet_page.locator(".notes").first).to_contain_text(
        "The paper gives no reason for an ASR score of 1.0."
    )
    opened(quiet_page, "/?view=pruning")
    rows = table(quiet_page).locator("tr:not(.chance)")
    marked = rows.locator("td", has=quiet_page.locator("sup")).all_inner_texts()
    assert sorted(text.replace("\n", "") for text in marked) == ["100.0a", "47.7b", "67.5a"]


def test_figure_says_its_interval_count_and_source(quiet_page: Page) -> None:
    opened(quiet_page)
    table(quiet_page).get_by_text("26.3", exact=True).hover()
    tip = quiet_page.get_by_role("tooltip")
    for words in (
        "Speech Entity Recognition",
        "macro F1",
        "No interval",
        "490 questions",
        "Table 3, arXiv 2510.07293",
    ):
        expect(tip).to_contain_text(words)
    table(quiet_page).get_by_text("−20.2").hover()
    expect(tip).to_contain_text("Over the 9 tasks with a human score")
    expect(tip).to_contain_text("−17.1")
    quiet_page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_sorting_filtering_and_choosing_columns_ask_the_server_nothing(quiet_page: Page, runs: Path) -> None:
    write_run(runs, "a")
    opened(quiet_page)
    quiet_page.wait_for_load_state("networkidle")
    requests: list[Request] = []
    # Gradio's own heartbeat is a stream that stands open; what the page does must add nothing.
    quiet_page.on("request", lambda request: requests.append(request))

    head(quiet_page, "SER").click()
    shown = [float(text) for text in figures(quiet_page, "SER")]
    assert shown == sorted(shown, reverse=True)
    head(quiet_page, "SER").click()
    shown = [float(text) for text in figures(quiet_page, "SER")]
    assert shown == sorted(shown)
    assert models(quiet_page)[0] == "Human"
    expect(table(quiet_page).locator("th[aria-sort=ascending]")).to_contain_text("SER")

    search = quiet_page.get_by_role("searchbox")
    search.fill("gemini flash")
    assert len(models(quiet_page)) == 5
    search.fill("")
    menu(quiet_page, "Filters").get_by_label("Closed", exact=True).check()
    assert len(models(quiet_page)) == 7
    menu(quiet_page, "Filters").get_by_label("Closed", exact=True).uncheck()
    menu(quiet_page, "Columns").get_by_label("ASR Transcript", exact=True).uncheck()
    expect(head(quiet_page, "ASR")).to_have_count(0)
    quiet_page.keyboard.press("Escape")
    head(quiet_page, "SCR").click()
    quiet_page.get_by_text("published", exact=True).click()
    for name in ("Token pruning", "Cache eviction", "Duration", "Models"):
        quiet_page.get_by_role("tab", name=name).click()
    quiet_page.locator(".name").nth(1).click()
    # A view that is opened asks for its figure; the rows are on the page already.
    drawn = ("/v1/figures/", "/plotly.min.js")
    assert [one.url for one in requests if not any(part in one.url for part in drawn)] == []


def test_view_changes_within_200_ms(quiet_page: Page) -> None:
    opened(quiet_page, "/?view=pruning")
    expect(quiet_page.locator(".plot .main-svg").first).to_be_visible()
    quiet_page.wait_for_load_state("networkidle")
    button = """() => {
        document.querySelector("thead th.overall button").click();
        document.querySelector("table.scores").getBoundingClientRect();
    }"""
    assert least_ms(quiet_page, lambda: quiet_page.evaluate(button)) < 200


def test_link_shows_the_same(quiet_page: Page, runs: Path) -> None:
    write_run(runs, "a", unread=3)
    opened(quiet_page, "/?__theme=light")
    quiet_page.get_by_role("tab", name="Token pruning").click()
    quiet_page.get_by_text("published", exact=True).click()
    quiet_page.get_by_role("searchbox").fill("qwen")
    menu(quiet_page, "Columns").get_by_label("SGR Gender", exact=True).uncheck()
    quiet_page.keyboard.press("Escape")
    head(quiet_page, "MC").click()
    quiet_page.get_by_label("Score", exact=True).select_option("MC")
    address, shown = quiet_page.url, table(quiet_page).inner_text()
    assert "__theme=light" in address
    opened(quiet_page, address)
    assert table(quiet_page).inner_text() == shown
    expect(quiet_page.get_by_role("searchbox")).to_have_value("qwen")
    expect(quiet_page.get_by_role("radio", name="published")).to_be_checked()
    expect(quiet_page.get_by_label("Score", exact=True)).to_have_value("MC")


def test_link_with_nonsense_shows_the_standard_view(quiet_page: Page) -> None:
    opened(quiet_page, "/?view=nonsense&protocol=x&sort=%3Cscript%3E&hide=__proto__&access=none&score=zzz")
    assert len(models(quiet_page)) == 17


def test_measured_run_stands_apart_and_says_what_it_is(quiet_page: Page, runs: Path) -> None:
    write_run(runs, "a", unread=3, dataset=FIRST)
    opened(quiet_page)
    assert len(models(quiet_page)) == 17
    own = table(quiet_page, 1)
    expect(quiet_page.get_by_role("heading", name=f"Measured on {FIRST}")).to_contain_text("abababababab")
    expect(own.locator(".notice").first).to_have_text(NOTICE)
    expect(own.locator("tbody .mark.measured")).to_have_count(1)
    expect(own.locator("tbody tr.measured td.rank").first).to_have_text("1")
    overall = own.locator("tr.measured td.overall").first
    before = overall.inner_text()
    quiet_page.get_by_text("published", exact=True).click()
    assert overall.inner_text() != before
    hover(overall)
    for words in (
        "95% interval",
        "27 samples",
        "run a-id",
        "published protocol",
        "abababababab",
        "Test CPU",
        NOTICE,
    ):
        expect(quiet_page.get_by_role("tooltip")).to_contain_text(words)
    own.locator(".name").first.click()
    for words in ("rev-1", "ab" * 32, "0123456789abcdef", "Test CPU", "72 of 72", "95% intervals"):
        expect(own.locator("tr.details")).to_contain_text(words)


def test_bundled_rows_share_ranks_where_no_test_tells_them_apart(quiet_page: Page) -> None:
    opened(quiet_page)
    tip = quiet_page.get_by_role("tooltip")
    hover(table(quiet_page).locator("tbody td.rank").nth(2))
    expect(tip).to_contain_text("no predictions are published")
    expect(quiet_page.locator("h2").first).to_contain_text("No predictions published")
    opened(quiet_page, "/?view=pruning")
    own = table(quiet_page, 2)
    own.scroll_into_view_if_needed()
    ranks = own.locator("tr.measured td.rank")
    expect(ranks.first).to_have_text(re.compile(r"^1–\d\d$"))
    alone = [text for text in ranks.all_inner_texts() if "–" not in text]
    assert len(alone) <= 1
    hover(ranks.first)
    expect(tip).to_contain_text("paired tests over the same recordings")
    hover(own.locator("tbody tr.measured td.overall").first)
    expect(tip).to_contain_text("95% interval")
    expect(tip).to_contain_text("Conditional on the recordings of SD")
    hover(own.locator("tbody tr.measured").first.locator("> *").nth(keys(own).index("SD")))
    expect(tip).to_contain_text("No interval: 1 group of recordings, too few for one")
    own.locator(".name").first.click()
    expect(own.locator("tr.details")).to_contain_text("conditional on the recordings of SD")


def test_new_run_is_there_after_a_reload(quiet_page: Page, runs: Path) -> None:
    opened(quiet_page)
    before = quiet_page.locator("table.scores").count()
    write_run(runs, "new", dataset=FIRST)
    write_run(runs, "running", summed_up=False)
    (runs / "bad").mkdir()
    (runs / "bad" / "run.json").write_text("{}")
    opened(quiet_page)
    expect(quiet_page.locator("table.scores")).to_have_count(before + 1)
    expect(quiet_page.get_by_text("running: It has no scores")).to_be_visible()
    expect(quiet_page.get_by_text("bad: bad/run.json cannot be read")).to_be_visible()
