"""Golden test: the paper's printed averages recompute, but for the faults that the footnotes name."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from amarathon.tasks import TASKS

PUBLISHED = Path(__file__).parents[2] / "leaderboard" / "published"
MODELS, PRUNING, EVICTION, DURATION = (
    "table3_models.csv",
    "table4_token_pruning.csv",
    "table7_kv_eviction_qwen25omni3b.csv",
    "table8_duration.csv",
)
# Half of the last digit that is printed.
ROUNDING = 0.05 + 1e-9

Row = dict[str, str]
Cell = tuple[str, tuple[str, ...], str]  # file, what the row is, column


def rows(file: str) -> list[Row]:
    with (PUBLISHED / file).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def keys(row: Row) -> tuple[str, ...]:
    return tuple(value for name, value in row.items() if name not in TASKS and name != "avg_printed")


def wrong_averages() -> Iterator[tuple[Cell, float]]:
    """Printed averages that their own row contradicts, with what the row gives."""
    for file in (MODELS, PRUNING, DURATION):
        for row in rows(file):
            scores = [float(row[code]) for code in TASKS if row[code]]
            mean = sum(scores) / len(scores)
            if abs(mean - float(row["avg_printed"])) > ROUNDING:
                yield (file, keys(row), "avg_printed"), mean


def contradictions() -> Iterator[tuple[Cell, float, float]]:
    """Figures of unchanged models that differ from Table 3."""
    models = {row["model"]: row for row in rows(MODELS)}
    repeated = [
        *((PRUNING, row, row["model"]) for row in rows(PRUNING) if row["method"] == "vanilla"),
        *((EVICTION, row, "Qwen2.5-Omni-3B") for row in rows(EVICTION) if row["method"] == "vanilla"),
        *((DURATION, row, row["model"]) for row in rows(DURATION) if row["duration"] == "long"),
    ]
    for file, row, model in repeated:
        for column in (*TASKS, "avg_printed"):
            there = models[model][column]
            if column in row and float(row[column]) != float(there):
                yield (file, keys(row), column), float(row[column]), float(there)


def test_every_printed_average_recomputes_but_one() -> None:
    [(cell, mean)] = wrong_averages()
    assert cell == (PRUNING, ("vanilla", "0.0", "Aero-1-Audio"), "avg_printed")
    assert mean == pytest.approx(42.8)


def test_unchanged_models_score_the_same_in_every_table_but_for_three_cells() -> None:
    assert sorted(contradictions()) == [
        ((PRUNING, ("vanilla", "0.0", "Aero-1-Audio"), "avg_printed"), 47.7, 42.8),
        ((PRUNING, ("vanilla", "0.0", "Qwen2.5-Omni-3B"), "MC"), 100.0, 97.4),
        ((PRUNING, ("vanilla", "0.0", "Qwen2.5-Omni-3B"), "avg_printed"), 67.5, 67.2),
    ]


def test_the_human_average_is_over_nine_tasks() -> None:
    human = next(row for row in rows(MODELS) if row["access"] == "human")
    assert [code for code in TASKS if not human[code]] == ["ASR"]
    assert human["avg_printed"] == "87.6"


def test_the_footnotes_name_these_faults_and_no_others_but_the_unexplained_one() -> None:
    declared = yaml.safe_load((PUBLISHED / "footnotes.yaml").read_text(encoding="utf-8"))
    files = {number: table["file"] for number, table in declared["tables"].items()}
    noted = set()
    for note in declared["notes"]:
        if note["kind"] != "fault":
            continue
        file = files[note["table"]]
        fitting = [row for row in rows(file) if note["where"].items() <= row.items()]
        noted |= {(file, keys(row), column) for row in fitting for column in note["columns"]}
    found = {cell for cell, _ in wrong_averages()} | {cell for cell, _, _ in contradictions()}
    assert noted == found | {(MODELS, ("Audio-Flamingo-2", "open"), "ASR")}
