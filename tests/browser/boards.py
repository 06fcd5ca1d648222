"""The leaderboard as a visitor finds it: opening it, and reading its tables."""

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
    """A column's cells by its code or key, without people, chance and note marks."""
    names = keys(table(page))
    rows = table(page).locator("tbody tr:not(.human, .chance, .details, .spacer)").all()
    index = names.index(column)
    return [row.locator("> *").nth(index).evaluate("cell => cell.firstChild.textContent") for row in rows]


def keys(own: Locator) -> list[str]:
    """The keys of a table's columns, in their order."""
    heads = own.locator("thead th[data-column]").all()
    return [str(head.get_attribute("data-column")) for head in heads]


def head(page: Page, column: str, index: int = 0) -> Locator:
    """The button that sorts a table by a column."""
    return table(page, index).locator(f"thead th[data-column='{column}'] button")


def menu(page: Page, name: str) -> Locator:
    """A menu of the toolbar, opened."""
    found = page.locator("details.menu", has=page.locator(f"summary:has-text('{name}')"))
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    return found.locator(".sheet")
