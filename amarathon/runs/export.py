"""A run's records for other programs: rows for spreadsheets, a document for scripts, scores for the Hub."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from amarathon.errors import RunError
from amarathon.runs.hub_results import eval_results, model_card
from amarathon.runs.reading import Run
from amarathon.runs.records import Prediction, TimingRecord
from amarathon.runs.summary import summary_of


def export_run(
    run: Run, to: Path, *, configuration: str | None = None, hub_dataset: str | None = None
) -> None:
    """Write a run to one file: its answers as ``.csv``, all of it as ``.json``, or its scores for the Hub.

    Parameters
    ----------
    run : Run
    to : Path
        One that ends in ``.yaml`` is for a model's ``.eval_results/``, in ``.md`` for its card.
    configuration : str, optional
        For ``.yaml``, which holds one; the run's first by default.
    hub_dataset : str, optional
        For ``.yaml`` and ``.md``: the dataset's id on the Hub, where the run does not name it.

    Raises
    ------
    RunError
        If the file's name ends otherwise, the records cannot be read or the file not be written.
    """
    kind = to.suffix.lower()
    if kind == ".csv":
        content = predictions_table(run).to_csv(index=False)
    elif kind == ".json":
        content = json.dumps(run_document(run), ensure_ascii=False, indent=1) + "\n"
    elif kind == ".yaml":
        wanted = configuration or run.header.configurations[0]
        content = eval_results(run.header, summary_of(run), wanted, hub_dataset)
    elif kind == ".md":
        content = model_card(run.header, summary_of(run), hub_dataset)
    else:
        raise RunError(f"{to.name} ends in none of .csv, .json, .yaml and .md.")
    try:
        to.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise RunError(f"{to} cannot be written: {error.strerror}.") from error


def predictions_table(run: Run) -> pd.DataFrame:
    """One row for each record that counts; lists and mappings are JSON, timings columns of their own.

    Raises
    ------
    RunError
        If the records cannot be read.
    """
    columns = [name for name in Prediction.model_fields if name != "timings"] + list(
        TimingRecord.model_fields
    )
    return pd.DataFrame([_flat(prediction) for prediction in run.predictions()], columns=columns)


def run_document(run: Run) -> dict[str, Any]:
    """The whole run as one JSON-ready mapping: ``run``, ``summary`` and ``predictions``.

    Raises
    ------
    RunError
        If the records cannot be read.
    ScoreError
        If a record lacks what its task's score needs.
    """
    return {
        "run": run.header.model_dump(mode="json"),
        "summary": summary_of(run).model_dump(mode="json"),
        "predictions": [prediction.model_dump(mode="json") for prediction in run.predictions()],
    }


def _flat(prediction: Prediction) -> dict[str, Any]:
    fields = prediction.model_dump(mode="json", exclude={"timings"})
    flat = {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
        for name, value in fields.items()
    }
    return flat | prediction.timings.model_dump()
