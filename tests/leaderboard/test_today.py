"""Each model of the paper's table has a command that runs it today, or a sentence why there is none."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

from docs.registries import TABLES, commands
from leaderboard.tables import published_tables
from leaderboard.today import models_today

ROWS = {row.model: row for row in models_today()}
# Of models behind services, where this installation asks them.
SERVICES = find_spec("amarathon.models.remote") is not None


def test_every_row_of_table_3_is_covered_in_its_order() -> None:
    printed = [str(row["model"]) for row in published_tables()[3].rows if row["access"] != "human"]
    assert list(ROWS) == printed
    assert len(printed) == 16


@pytest.mark.parametrize("model", ROWS)
def test_what_has_no_command_has_one_sentence(model: str) -> None:
    row = ROWS[model]
    assert row.command or row.says
    assert not row.says or re.fullmatch(r"[A-Z][^\n]*\.", row.says)
    if not row.command:
        assert re.search("no longer exists|It ends on|in no release of transformers", row.says)


@pytest.mark.parametrize("model", [model for model, row in ROWS.items() if row.command])
def test_commands_have_options_that_exist(model: str) -> None:
    *_, last = ROWS[model].command.split(" && ")
    words = shlex.split(last)
    assert words[:3] == ["amarathon", "evaluate", "--model"]
    if words[3].startswith("gemini:") and not SERVICES:
        return
    known = {name for option in commands()["amarathon evaluate"].params for name in option.opts}
    assert {word for word in words if word.startswith("--")} <= known
    assert "DATASET" in words
    assert re.fullmatch(r"[\w.-]+/[\w.-]+|[\w.-]+|gemini:[\w.-]+", words[3])


def test_open_rows_are_run_or_are_the_two_without_a_class() -> None:
    open_rows = [str(row["model"]) for row in published_tables()[3].rows if row["access"] == "open"]
    assert [model for model in open_rows if not ROWS[model].command] == [
        "Audio-Flamingo-2",
        "Baichuan-Omni-1.5",
    ]


def test_the_page_shows_all_of_them() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "paper-models.md"
    assert "{{ paper_models }}" in page.read_text(encoding="utf-8")
    table = TABLES["paper_models"]()
    assert all(row.model in table and (row.command or row.says) in table for row in ROWS.values())
