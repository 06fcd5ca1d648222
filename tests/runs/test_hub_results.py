"""Scores in the Hub's two forms, read back by the Hub's own client."""

from pathlib import Path

import pytest
import yaml
from huggingface_hub import ModelCard, parse_eval_result_entries

from amarathon.assets import BUNDLED_RUNS
from amarathon.errors import RunError
from amarathon.runs import read_run
from amarathon.runs.export import export_run
from amarathon.runs.summary import read_summary

BUNDLED = BUNDLED_RUNS / "small-on-bundled"


def headlines(configuration: str) -> dict[str, float]:
    """Each task's own score, and the overall one, as the summary has them."""
    summary = read_summary(BUNDLED)
    assert summary is not None
    cells = summary.breakdowns[configuration].cells
    own = [cell for cell in cells if (cell.group, cell.protocol) == ("all", "strict") and cell.headline]
    return {cell.task: round(cell.score, 4) for cell in own if cell.score is not None}


def test_evaluation_results_are_one_configurations_headline_scores(tmp_path: Path) -> None:
    to = tmp_path / "scores.yaml"
    export_run(read_run(BUNDLED), to, configuration="frame@0.6", hub_dataset="someone/mini@0123456789ab")
    entries = parse_eval_result_entries(yaml.safe_load(to.read_text(encoding="utf-8")))
    assert {entry.task_id: entry.value for entry in entries} == headlines("frame@0.6")
    assert {(entry.dataset_id, entry.dataset_revision) for entry in entries} == {
        ("someone/mini", "0123456789ab")
    }
    # A toy's scores say that it is one.
    assert all("14 million parameters" in str(entry.notes) for entry in entries)


def test_the_cards_metadata_hold_every_configuration(tmp_path: Path) -> None:
    to = tmp_path / "card.md"
    export_run(read_run(BUNDLED), to)
    results = ModelCard.load(to).data.eval_results
    by_configuration = {
        result.dataset_config: result.metric_value
        for result in results
        if result.metric_args["configuration"] == "snapkv@0.5"
    }
    assert by_configuration == headlines("snapkv@0.5")
    assert "14 million parameters" in to.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "bundled is no dataset on the Hugging Face Hub"),
        ({"hub_dataset": "mini"}, "mini is no dataset"),
        ({"hub_dataset": "a/b", "configuration": "dart@0.1"}, "has no configuration dart@0.1"),
    ],
)
def test_what_the_hub_would_not_take_is_a_sentence(
    tmp_path: Path, options: dict[str, str], words: str
) -> None:
    with pytest.raises(RunError, match=words):
        export_run(read_run(BUNDLED), tmp_path / "scores.yaml", **options)
