"""The live demo while a reply is long: it is stopped, and others wait for it.

The bundled model may answer anything in one letter. Random weights go on until the reply's limit.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.visiting import bring_short, open_demo, part
from tests.serving import ServedApp, serving


@pytest.fixture(scope="module")
def served_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """The app with random weights."""
    with serving(tmp_path_factory.mktemp("untrained"), AMARATHON_MODEL="small-untrained") as app:
        yield app


def ask_for_a_long_reply(page: Page) -> None:
    """Ask a question that is answered in 2,000 tokens."""
    open_demo(page)
    part(page, "task").select_option("free")
    part(page, "question").fill("What is said?")
    part(page, "reply").fill("2000")
    part(page, "go").click()


def test_stopping_ends_the_work(quiet_page: Page, served_app: ServedApp) -> None:
    ask_for_a_long_reply(quiet_page)
    expect(part(quiet_page, "doing")).to_contain_text("writing the reply")
    part(quiet_page, "stop").click()
    expect(part(quiet_page, "work")).to_be_hidden()
    identifier = quiet_page.url.rpartition("=")[2]
    status = served_app.get(f"/v1/demo/comparisons/{identifier}/status").json()
    assert status["state"] == "stopped"
    expect(part(quiet_page, "go")).to_be_enabled()


def test_a_second_visitor_waits_with_a_place_and_is_served(quiet_page: Page, context: BrowserContext) -> None:
    ask_for_a_long_reply(quiet_page)
    expect(part(quiet_page, "doing")).to_contain_text("writing the reply")
    second = context.new_page()
    open_demo(second)
    bring_short(second)
    part(second, "go").click()
    expect(part(second, "doing")).to_have_text(re.compile("^Waiting: 1 comparison is ahead"))
    part(quiet_page, "stop").click()
    expect(part(second, "table").locator("tbody tr")).to_have_count(4)
