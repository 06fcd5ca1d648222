"""Narrowing the tables down: filters, pins, intervals, ties; all of it in the link."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.boards import figures, head, hover, menu, models, opened, table
from tests.leaderboard.run_folders import write_run

FIRST = "another"


def test_filter_leaves_its_rows_and_the_human_row(quiet_page: Page) -> None:
    opened(quiet_page)
    for title, value, count in (
        ("Weights", "Closed", 7),
        ("Scores", "Published", 17),
        ("Family", "Qwen", 3),
        ("Parameters", "4B to 10B", 4),
        ("Released", "2024", 2),
        ("Dataset", "AudioMarathon, as published", 17),
    ):
        choices = menu(quiet_page, "Filters").get_by_role("group", name=title)
        choices.get_by_label(value, exact=True).check()
        assert len(models(quiet_page)) == count, title
        assert models(quiet_page)[0] == "Human"
        expect(quiet_page.locator("summary", has_text="Filters")).to_contain_text("1")
        quiet_page.keyboard.press("Escape")
        quiet_page.get_by_role("button", name="Reset").click()
        assert len(models(quiet_page)) == 17


def test_footnotes_go_with_their_rows(quiet_page: Page) -> None:
    opened(quiet_page, "/?q=qwen2.5-omni-7b")
    notes = quiet_page.locator(".notes").first
    expect(notes).to_contain_text("People have no score on ASR")
    expect(notes).not_to_contain_text("gives no reason")
    quiet_page.get_by_role("searchbox").fill("flamingo")
    expect(notes).to_contain_text("gives no reason")


def test_pinned_rows_stay_on_top_and_through_filters(quiet_page: Page) -> None:
    opened(quiet_page)
    table(quiet_page).get_by_role("button", name="Pin Baichuan-Omni-1.5").click()
    assert models(quiet_page)[:2] == ["Human", "Baichuan-Omni-1.5"]
    head(quiet_page, "SER").click()
    quiet_page.get_by_role("searchbox").fill("qwen")
    assert models(quiet_page) == ["Human", "Baichuan-Omni-1.5", "Qwen2.5-Omni-7B", "Qwen2.5-Omni-3B"]
    quiet_page.get_by_role("searchbox").fill("zzz")
    expect(quiet_page.get_by_text("Nothing else matches")).to_be_visible()
    assert models(quiet_page) == ["Human", "Baichuan-Omni-1.5"]


def test_whole_state_is_in_the_link(quiet_page: Page, runs: Path) -> None:
    write_run(runs, "a", dataset=FIRST)
    opened(quiet_page)
    quiet_page.get_by_label("Intervals").check()
    menu(quiet_page, "Filters").get_by_label("Open", exact=True).check()
    quiet_page.keyboard.press("Escape")
    menu(quiet_page, "Columns").get_by_label("Licence", exact=True).check()
    quiet_page.keyboard.press("Escape")
    table(quiet_page).get_by_role("button", name="Pin Gemma-3n-E2B-it").click()
    table(quiet_page).locator(".name", has_text="Phi-4").click()
    head(quiet_page, "ER").click()
    head(quiet_page, "ER").click()
    shown = quiet_page.locator("[data-part=content]").inner_text()
    assert "Gemma Terms of Use" in shown
    address = quiet_page.url
    opened(quiet_page, address)
    assert quiet_page.locator("[data-part=content]").inner_text() == shown
    expect(quiet_page.get_by_label("Intervals")).to_be_checked()
    # A view that is chosen keeps what narrows the rows; Back shows the first again.
    quiet_page.get_by_role("tab", name="Duration").click()
    quiet_page.go_back()
    assert quiet_page.locator("[data-part=content]").inner_text() == shown


def test_intervals_stand_in_the_cells_on_demand(quiet_page: Page, runs: Path) -> None:
    write_run(runs, "a", dataset=FIRST)
    opened(quiet_page)
    expect(quiet_page.locator("small.interval")).to_have_count(0)
    quiet_page.get_by_label("Intervals").check()
    expect(table(quiet_page, 1).locator("tr.measured td.overall small")).to_contain_text("–")
    expect(table(quiet_page).locator("small.interval")).to_have_count(0)


def test_models_alone_are_rows_and_compressions_have_views_of_their_own(quiet_page: Page, runs: Path) -> None:
    names = ["vanilla", "frame@0.6", "snapkv@0.5", "frame@0.6+snapkv@0.5", "pool@3"]
    write_run(runs, "a", dataset=FIRST, configurations=names)
    opened(quiet_page)
    assert models(quiet_page, 1) == ["small"]
    shown = set()
    for view in ("pruning", "eviction"):
        opened(quiet_page, f"/?view={view}&q=small&data=dataset-{'ab' * 6}")
        rows = table(quiet_page).locator("tr.measured")
        shown |= set(rows.evaluate_all("rows => rows.map(r => r.dataset.row)"))
    assert shown == {f"run-a-{name}" for name in names}


def test_brackets_join_models_that_no_test_tells_apart(quiet_page: Page, runs: Path) -> None:
    for name, right in (("a", 12), ("b", 11), ("c", 3), ("d", 2)):
        write_run(runs, name, right=right, dataset=FIRST, configurations=["vanilla"])
    opened(quiet_page)
    rows = table(quiet_page, 1).locator("tr.measured")
    assert rows.locator("td.rank").all_inner_texts() == ["1–2", "1–2", "3–4", "3–4"]
    brackets = rows.evaluate_all("rows => rows.map(r => r.querySelector('.bracket').className)")
    assert brackets == [
        "bracket lane-0 begins",
        "bracket lane-0 ends",
        "bracket lane-0 begins",
        "bracket lane-0 ends",
    ]
    # In another order they would join what is not together.
    head(quiet_page, "SER", 1).click()
    expect(rows.locator(".bracket")).to_have_count(0)


def test_facts_of_a_model_have_their_sources(quiet_page: Page) -> None:
    opened(quiet_page, "/?show=family,released,licence")
    assert figures(quiet_page, "released")[0] == "2025-03-26"
    table(quiet_page).locator(".mark.published").nth(1).click()
    record = table(quiet_page).locator("tr.details")
    expect(record.get_by_role("link", name="github.com")).to_have_attribute(
        "href", "https://github.com/QwenLM/Qwen2.5-Omni"
    )
    hover(table(quiet_page).locator(".mark.published").nth(2))
    expect(quiet_page.get_by_role("tooltip")).to_contain_text("as printed in the paper")
