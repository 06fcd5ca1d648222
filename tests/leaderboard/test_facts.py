"""What is known of models: every fact has a source and belongs to a model of the tables."""

import re

import pytest

from amarathon.tasks import TASKS
from leaderboard.facts import facts_of, model_facts, parameters_of
from leaderboard.printed import chance, printed_section
from leaderboard.tables import published_tables


def test_every_fact_is_of_a_model_of_table_3() -> None:
    models = {row["model"] for row in published_tables()[3].rows}
    assert set(model_facts()) <= models
    people = {"Human Evaluation"}
    assert {model for model in models if "family" in facts_of(str(model))} == models - people


@pytest.mark.parametrize("model", model_facts())
def test_facts_can_be_read(model: str) -> None:
    facts = model_facts()[model]
    assert all(fact.source.startswith("https://") for fact in facts.values())
    if "released" in facts:
        assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", facts["released"].value)
    assert all(fact.stated_by == "paper" for fact in facts.values() if "2510.07293" in fact.source)
    assert parameters_of(facts) is None or parameters_of(facts) > 1e8


def test_facts_are_found_by_the_name_on_a_hub_and_stand_in_the_row() -> None:
    assert facts_of("google/Gemma-3n-E2B-it")["family"].value == "Gemma"
    assert facts_of("nobody/knows") == {}
    row = next(row for row in printed_section(3).rows if row.model == "Gemma-3n-E4B-it")
    assert (row.parameters, row.facts["released"].value) == (8_000_000_000, "2025-06-26")


def test_chance_is_known_of_every_task_but_transcripts() -> None:
    found = chance()
    assert set(found) == set(TASKS) - {"ASR"}
    assert (found["SGR"].value, found["SED"].value) == (47.98, 24.5)
    assert [code for code, cell in found.items() if cell.notes] == ["SED"]
