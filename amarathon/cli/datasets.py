"""``amarathon datasets``: what a dataset holds, getting the published one, publishing one that was built."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from amarathon.datasets import load_dataset
from amarathon.datasets.audio_files import decode_audio
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.datasets.hub import HUB_ID
from amarathon.datasets.hub import download as download_tasks
from amarathon.datasets.overview import TaskOverview, overview
from amarathon.datasets.publishing import push as publish
from amarathon.tasks.sample import Exclusion, SampleSet

# More than the published dataset's known faults, less than a screenful of a broken one.
_MOST_EXCLUSIONS = 50


def register(app: typer.Typer) -> None:
    """Add the group of commands to the application."""
    group = typer.Typer(help="Look into datasets, download and publish them.", no_args_is_help=True)
    group.command("check")(check)
    group.command("download")(download)
    group.command("push")(push)
    app.add_typer(group, name="datasets")


def check(
    folder: Annotated[str, typer.Argument(help="A dataset's folder, or 'bundled'.")],
    audio: Annotated[bool, typer.Option("--audio", help="Also decode every recording.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a dataset holds, and what is excluded and why.

    The exit code is 0 where at least one sample can be used, else 1.
    """
    dataset = load_dataset(folder)
    if audio:
        dataset = _decode(dataset)
    if as_json:
        typer.echo(json.dumps(_as_json(dataset, hashed=audio), indent=2, ensure_ascii=False))
    else:
        _show(dataset, hashed=audio)
    if not dataset.samples:
        raise typer.Exit(1)


def download(
    tasks: Annotated[list[str], typer.Argument(help="Codes of the tasks, e.g. SCR MC.")],
    to: Annotated[Path, typer.Option(help="The dataset's folder; made where absent.")],
    revision: Annotated[str, typer.Option(help="A commit, branch or tag.")] = "main",
    repository: Annotated[str, typer.Option(help="A dataset id of the same layout.")] = HUB_ID,
) -> None:
    """Download the published sets of some tasks from the Hugging Face Hub."""
    done = download_tasks(tasks, to, repository=repository, revision=revision)
    size = f"{done.size_bytes / 1e9:.2f} GB"
    typer.echo(
        f"{', '.join(done.tasks)}: {done.files} files, {size}, of {done.repository} at {done.revision}."
    )


def push(
    folder: Annotated[Path, typer.Argument(help="A folder that `amarathon build` made.")],
    to: Annotated[str, typer.Option(help="A dataset id on the Hub, e.g. somebody/AudioMarathon-mini.")],
    private: Annotated[bool, typer.Option("--private", help="Make it private, where it is new.")] = False,
) -> None:
    """Publish a built dataset on the Hugging Face Hub, with its card."""
    done = publish(folder, to, private=private)
    typer.echo(f"{done.files} files, {done.size_bytes / 1e6:.1f} MB: {done.repository} at {done.revision}.")


def _decode(dataset: SampleSet) -> SampleSet:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("Decoding", total=None)
        samples, unusable = decode_audio(
            dataset.samples, lambda done, total: progress.update(bar, completed=done, total=total)
        )
    return replace(dataset, samples=tuple(samples), exclusions=(*dataset.exclusions, *unusable))


def _as_json(dataset: SampleSet, *, hashed: bool) -> dict[str, object]:
    return {
        "name": dataset.name,
        "samples": len(dataset.samples),
        "sha256": dataset_sha256(dataset.samples) if hashed else None,
        "tasks": [asdict(task) for task in overview(dataset)],
        "excluded": [asdict(exclusion) for exclusion in dataset.exclusions],
    }


def _show(dataset: SampleSet, *, hashed: bool) -> None:
    console = Console(highlight=False)
    found = overview(dataset)
    console.print(Text(f"{dataset.name}: {_count(dataset.samples, 'sample')} of {_count(found, 'task')}."))
    if hashed:
        console.print(Text(f"SHA-256 {dataset_sha256(dataset.samples)}"))
    if found:
        console.print(_task_table(found))
    if dataset.exclusions:
        verb = "is" if len(dataset.exclusions) == 1 else "are"
        console.print(Text(f"\n{_count(dataset.exclusions, 'record')} {verb} excluded:"))
        console.print(_exclusion_table(dataset.exclusions[:_MOST_EXCLUSIONS]))
    if len(dataset.exclusions) > _MOST_EXCLUSIONS:
        console.print(Text(f"and {len(dataset.exclusions) - _MOST_EXCLUSIONS} more; --json lists them all."))


def _count(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}" if len(things) == 1 else f"{len(things)} {noun}s"


def _task_table(found: list[TaskOverview]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("Task", "Samples", "Files", "Sources", "Minutes", "Min s", "Median s", "Max s"):
        table.add_column(title, justify="left" if title == "Task" else "right")
    table.add_column("Right answers")
    for task in found:
        lengths = task.durations
        counts = map(str, (task.samples, task.recordings, task.sources))
        seconds = (f"{value:.1f}" for value in (lengths.shortest, lengths.median, lengths.longest))
        answers = " ".join(f"{letter}:{count}" for letter, count in task.answers.items())
        table.add_row(task.code, *counts, f"{lengths.total / 60:.1f}", *seconds, answers)
    return table


def _exclusion_table(exclusions: tuple[Exclusion, ...]) -> Table:
    # As plain text: names and reasons may hold square brackets, which rich takes for markup.
    table = Table("Record", "Reason", box=None, pad_edge=False)
    for exclusion in exclusions:
        table.add_row(Text(exclusion.record, overflow="fold"), Text(exclusion.reason, overflow="fold"))
    return table
