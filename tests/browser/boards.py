"""The leaderboard as a visitor finds it: opening it, and reading its tables."""

import re

from playwright.sync_api import Locator, Page, expect


def opened(page: Page, path: str = "/") -> Page:
    page.goto(path)
    expect(page.locator(".region").first).to_be_visible()
    return page


def table(page: Page, index: int = 0) -> Locator:
    return page.locator("table.scores").nth(index)


def models(page: Page, index: int = 0) -> list[str]:
    return table(page, index).locator("tbody th .name").all_inner_texts()


def hover(node: Locator) -> None:
    """Point at a node; scrolling there first, because a tooltip closes when its page scrolls."""
    node.scroll_into_view_if_needed()
    node.hover()


def figures(page: Page, column: str) -> list[str]:
    """A column's cells, without people and without note marks."""
    names = table(page).locator("thead tr").last.locator("th").all_inner_texts()
    index = [re.sub("[↑↓]", "", name) for name in names].index(column)
    rows = table(page).locator("tbody tr:not(.human)").all()
    return [row.locator("> *").nth(index).evaluate("cell => cell.firstChild.textContent") for row in rows]
