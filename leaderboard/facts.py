"""What is known of models beside their scores, each with the page that says so."""

import csv
from collections.abc import Mapping
from functools import cache

from leaderboard.tables import FOLDER, Fact

FACTS_FILE = "model_facts.csv"
# What a row may hold; anything else is a slip of the pen.
KINDS = ("family", "parameters", "licence", "released")


@cache
def model_facts() -> Mapping[str, dict[str, Fact]]:
    """Facts by model and kind; read once.

    Raises
    ------
    ValueError
        If a line names no known kind, or no source.
    """
    found: dict[str, dict[str, Fact]] = {}
    lines = (FOLDER / FACTS_FILE).read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        if row["fact"] not in KINDS or not row["source"].startswith("https://"):
            raise ValueError(f"{FACTS_FILE}: {row} is no fact with a source")
        fact = Fact.model_validate({name: row[name] for name in Fact.model_fields})
        found.setdefault(row["model"], {})[row["fact"]] = fact
    return found


def facts_of(model: str) -> dict[str, Fact]:
    """What is known of a model by its printed name, or by the last part of its name on a hub."""
    known = model_facts()
    return known.get(model) or known.get(model.rpartition("/")[2]) or {}


def parameters_of(facts: Mapping[str, Fact]) -> int | None:
    """Its size, where a source states it."""
    return int(facts["parameters"].value) if "parameters" in facts else None
