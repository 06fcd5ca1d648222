"""``amarathon datasets``: what a dataset holds; download, import and publish one."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn
from rich.table import Table
from rich.text import Text

from amarathon.datasets import load_dataset
from amarathon.datasets.audio_files import decode_audio
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.datasets.hub import HUB_ID
from amarathon.datasets.hub import download as download_tasks
from amarathon.datasets.overview import TaskOverview, overview
from amarathon.datasets.publishing import push as publish
from amarathon.errors import DatasetError
from amarathon.tasks.sample import Exclusion, SampleSet

# More than the published dataset's known faults, less than a screenful of a broken one.
_MOST_EXCLUSIONS = 50


def register(app: typer.Typer) -> None:
    """Add the group of commands to the application."""
    group = typer.Typer(help="Look into datasets, download, import and publish them.", no_args_is_help=True)
    group.command("check")(check)
    group.command("download")(download)
    group.command("list")(list_benchmarks)
    group.command("import")(import_command)
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


def list_benchmarks(
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole mappings as JSON.")] = False,
) -> None:
    """List the benchmarks that can be imported by name."""
    from amarathon.datasets.imports import benchmarks

    if as_json:
        found = [benchmark.model_dump() for benchmark in benchmarks().values()]
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    table = Table("Name", "Benchmark", "Kind", "Splits", "From", "Licence", box=None, pad_edge=False)
    for benchmark in benchmarks().values():
        first, *others = benchmark.splits
        splits = f"{first} and {len(others)} more" if len(others) > 3 else ", ".join(benchmark.splits)
        where = benchmark.hub.repository if benchmark.hub else "files"
        table.add_row(benchmark.name, benchmark.title, benchmark.kind, splits, where, benchmark.licence)
    Console(highlight=False).print(table)


def import_command(
    out: Annotated[Path, typer.Option(help="The dataset's folder; an import that stopped in it goes on.")],
    name: Annotated[str, typer.Argument(help="A benchmark of `amarathon datasets list`.")] = "",
    mapping: Annotated[Path | None, typer.Option(help="A mapping file of your own, instead.")] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="A folder with its files, or one table; else the Hub.")
    ] = None,
    split: Annotated[str | None, typer.Option(help="The first of the mapping by default.")] = None,
    revision: Annotated[
        str | None, typer.Option(help="A commit, branch or tag on the Hub instead of the mapping's.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Most samples, in the tables' order.")] = None,
) -> None:
    """Import a benchmark: a folder that `amarathon evaluate --dataset` takes as it is.

    Rows that cannot be samples are named with their reasons. The exit code is 0 where one can, else 1.
    """
    from amarathon.datasets.imports import find_benchmark, import_benchmark, read_mapping
    from amarathon.datasets.imports.sources import downloaded, placed
    from amarathon.settings import load_settings

    if (mapping is None) == (not name):
        raise DatasetError("Give either a benchmark's name or --mapping with a mapping file.")
    benchmark = read_mapping(mapping) if mapping else find_benchmark(name)
    chosen, part = benchmark.split(split)
    data = load_settings().data / "datasets"
    found = placed(source, part) if source else downloaded(benchmark, part, revision, data)
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed} rows"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        rows = bar.add_task("Importing", total=None)
        done = import_benchmark(
            benchmark, chosen, found, out, limit=limit, progress=lambda seen: bar.update(rows, completed=seen)
        )
    console = Console(highlight=False)
    there = " It was there already." if done.again else ""
    samples = "1 sample" if done.samples == 1 else f"{done.samples} samples"
    console.print(Text(f"{done.note.name}: {samples} of kind {done.note.kind} in {out}.{there}"))
    _show_exclusions(console, tuple(done.note.exclusions), rest=f"{out}/import.json")
    if not done.samples:
        raise typer.Exit(1)


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
    _show_exclusions(console, dataset.exclusions)


def _show_exclusions(console: Console, exclusions: tuple[Exclusion, ...], rest: str = "--json") -> None:
    if not exclusions:
        return
    verb = "is" if len(exclusions) == 1 else "are"
    console.print(Text(f"\n{_count(exclusions, 'record')} {verb} excluded:"))
    console.print(_exclusion_table(exclusions[:_MOST_EXCLUSIONS]))
    if len(exclusions) > _MOST_EXCLUSIONS:
        console.print(Text(f"and {len(exclusions) - _MOST_EXCLUSIONS} more; {rest} lists them all."))


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
