"""A run's scores in the two forms that the Hugging Face Hub reads.

``.eval_results/*.yaml`` in a model's repository, one file for each configuration: entries that the Hub shows
on the model's page and on the leaderboard of the dataset's repository, which therefore has to be on the Hub.
``model-index`` in the metadata of a model's card: all configurations at once.

Scores are those of the strict protocol, from 0 to 100.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from amarathon.errors import RunError
from amarathon.metrics.cells import ScoreCell
from amarathon.runs.records import RunHeader
from amarathon.runs.summary import Summary
from amarathon.tasks import EVERY_TASK

HUB_NAME = re.compile(r"([\w.-]{1,96}/[\w.-]{1,96})(?:@([0-9a-f]{7,40}))?", re.ASCII)
# As the Hub names tasks: https://huggingface.co/tasks.
TASK_TYPES = {"ASR": "automatic-speech-recognition", "STT": "automatic-speech-recognition"}
OTHER_TASK_TYPE = "audio-text-to-text"
METRIC_TYPES = {
    "macro_f1": ("f1", "Macro F1"),
    "accuracy": ("accuracy", "Accuracy"),
    "bleu": ("bleu", "BLEU"),
    "war": ("war", "Word accuracy rate"),
    "mean": ("mean", "Mean"),
}
PROTOCOL = "strict"


def hub_dataset(name: str) -> tuple[str, str | None] | None:
    """The Hub's id and the revision in a dataset's name; `None` where it is no dataset of the Hub."""
    found = HUB_NAME.fullmatch(name)
    return (found[1], found[2]) if found else None


def eval_results(header: RunHeader, summary: Summary, configuration: str, dataset: str | None = None) -> str:
    """One configuration's scores as a file for ``.eval_results/``.

    Parameters
    ----------
    header : RunHeader
    summary : Summary
    configuration : str
    dataset : str, optional
        The dataset's id on the Hub; by default the one that the run names.

    Raises
    ------
    RunError
        If the run has no such configuration, or its dataset is not on the Hub.
    """
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

    repository, revision = _dataset_of(header, dataset)
    if configuration not in summary.breakdowns:
        raise RunError(f"{header.run_id} has no configuration {configuration}.")
    entries = [
        EvalResultEntry(
            dataset_id=repository,
            task_id=cell.task,
            value=round(score, 4),
            dataset_revision=revision,
            date=header.finished_at or header.created_at,
            notes=_notes(header, cell, configuration),
        )
        for cell, score in _headlines(summary, configuration)
    ]
    return _dump(eval_result_entries_to_yaml(entries))


def model_card(header: RunHeader, summary: Summary, dataset: str | None = None) -> str:
    """All configurations' scores as the metadata of a model's card, with its ``model-index``.

    Parameters
    ----------
    header : RunHeader
    summary : Summary
    dataset : str, optional
        The dataset's id on the Hub; by default the name that the run has for it.
    """
    from huggingface_hub import EvalResult
    from huggingface_hub.repocard_data import eval_results_to_model_index

    found = hub_dataset(dataset or header.dataset.name)
    results = [
        EvalResult(
            task_type=TASK_TYPES.get(cell.task, OTHER_TASK_TYPE),
            task_name=EVERY_TASK[cell.task].name if cell.task in EVERY_TASK else "All tasks",
            dataset_type=found[0] if found else header.dataset.name,
            dataset_name=header.dataset.name,
            # What makes results stand together: without it all tasks would be one.
            dataset_config=cell.task,
            dataset_revision=found[1] if found else None,
            dataset_args={"sha256": header.dataset.sha256, "samples": header.dataset.count},
            metric_type=METRIC_TYPES[cell.metric][0],
            metric_name=f"{METRIC_TYPES[cell.metric][1]}, {configuration}",
            metric_value=round(score, 4),
            metric_args=_arguments(cell, configuration),
        )
        for configuration in header.configurations
        for cell, score in _headlines(summary, configuration)
    ]
    index = eval_results_to_model_index(header.model.name, results)
    notice = f"\n{header.model.notice}\n" if header.model.notice else ""
    return f"---\n{_dump({'model-index': index})}---\n{notice}"


def _headlines(summary: Summary, configuration: str) -> Iterator[tuple[ScoreCell, float]]:
    for cell in summary.breakdowns[configuration].cells:
        if (cell.group, cell.protocol) != ("all", PROTOCOL) or cell.score is None:
            continue
        if cell.headline:
            yield cell, cell.score


def _notes(header: RunHeader, cell: ScoreCell, configuration: str) -> str:
    parts = [
        f"{METRIC_TYPES[cell.metric][1]}, 0 to 100",
        f"configuration {configuration}",
        f"AudioMarathon protocol {header.protocol_version}, {PROTOCOL}",
        f"{cell.count} samples",
    ]
    if cell.low is not None and cell.high is not None:
        parts.append(f"95% interval {cell.low:.2f} to {cell.high:.2f}")
    return "; ".join(parts) + (f". {header.model.notice}" if header.model.notice else "")


def _arguments(cell: ScoreCell, configuration: str) -> dict[str, Any]:
    told: dict[str, Any] = {"configuration": configuration, "protocol": PROTOCOL, "samples": cell.count}
    if cell.low is not None and cell.high is not None:
        told["interval_95"] = [round(cell.low, 4), round(cell.high, 4)]
    return told


def _dataset_of(header: RunHeader, dataset: str | None) -> tuple[str, str | None]:
    name = dataset or header.dataset.name
    found = hub_dataset(name)
    if found is None:
        raise RunError(
            f"{name} is no dataset on the Hugging Face Hub, and evaluation results have to name one: "
            "give its id, owner/name."
        )
    return found


def _dump(content: Any) -> str:
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)
    return text
