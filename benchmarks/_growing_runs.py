"""Runs of any number of samples, made of the bundled one's records."""

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from amarathon.assets import BUNDLED_RUNS
from amarathon.runs import read_run
from amarathon.runs.reading import HEADER_FILE, PREDICTIONS_FILE
from amarathon.runs.records import Prediction

PATTERN = BUNDLED_RUNS / "small-on-mini"
CONFIGURATIONS = ["vanilla", "random@0.6", "frame@0.6"]


def write_run(folder: Path, samples: int) -> Path:
    """Write a run of so many samples under three configurations; more than 480 are those once more.

    What is there once more is about other recordings, so that groups of samples grow as samples do.
    """
    run = read_run(PATTERN)
    by_task: dict[str, dict[str, list[Prediction]]] = {}
    for record in run.predictions():
        if record.configuration in CONFIGURATIONS:
            by_task.setdefault(record.task, {}).setdefault(record.sample_id, []).append(record)
    # From task to task, so that few samples are of all tasks too.
    turns = zip_longest(*(task.values() for task in by_task.values()))
    whole = [records for turn in turns for records in turn if records is not None]
    chosen = [_again(whole[number % len(whole)], number // len(whole)) for number in range(samples)]
    tasks = Counter(records[0].task for records in chosen)
    dataset = run.header.dataset.model_copy(
        update={"count": samples, "tasks": dict(tasks), "samples_sha256": None, "sha256": f"{samples:064x}"}
    )
    header = run.header.model_copy(
        update={"run_id": folder.name, "configurations": CONFIGURATIONS, "dataset": dataset}
    )
    folder.mkdir(parents=True)
    (folder / HEADER_FILE).write_text(header.model_dump_json())
    with (folder / PREDICTIONS_FILE).open("w", encoding="utf-8") as file:
        file.writelines(f"{record.model_dump_json()}\n" for records in chosen for record in records)
    return folder


def _again(records: list[Prediction], time: int) -> list[Prediction]:
    return records if not time else list(_renamed(records, f"#{time}"))


def _renamed(records: list[Prediction], mark: str) -> Iterator[Prediction]:
    for record in records:
        update = {
            "sample_id": record.sample_id + mark,
            "sources": [source + mark for source in record.sources],
        }
        yield record.model_copy(update=update)
