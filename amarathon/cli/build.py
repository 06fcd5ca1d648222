"""``amarathon build``: long-audio benchmarks from short recordings."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from amarathon.construction.tools import Progress as ReportProgress

_MOST_SHOWN = 50


def register(app: typer.Typer) -> None:
    """Add the group of commands to the application."""
    group = typer.Typer(help="Build long-audio benchmarks.", no_args_is_help=True)
    group.command("mini")(mini)
    group.command("corpus")(corpus)
    group.command("real")(real)
    group.command("speech")(speech)
    group.command("dry-run")(dry_run)
    group.command("check")(check)
    group.command("verify")(verify)
    group.command("card")(card)
    app.add_typer(group, name="build")


Out = Annotated[Path, typer.Option(help="The dataset's folder; an unfinished build in it is continued.")]
Jobs = Annotated[int, typer.Option(min=1, help="Samples made at once.")]
Seed = Annotated[int, typer.Option(help="Decides everything that is drawn.")]


def mini(
    out: Out,
    tasks: Annotated[str, typer.Option(help="Task codes, separated by commas; all by default.")] = "",
    split: Annotated[str, typer.Option(help="test, validation or train.")] = "test",
    per_task: Annotated[int | None, typer.Option(min=1, help="Samples of each task.")] = None,
    short: Annotated[bool, typer.Option("--short", help="The same questions about 25 s of audio.")] = False,
    seed: Seed = 0,
    jobs: Jobs = 2,
    audio_format: Annotated[str, typer.Option("--format", help="flac or opus.")] = "flac",
    leak_items: Annotated[
        int, typer.Option(min=0, help="Short samples a task for the leak check; 0 for none.")
    ] = 200,
) -> None:
    """Build AudioMarathon-mini, ten tasks from freely licensed material."""
    from amarathon.construction.mini.building import build_mini

    codes = [code.strip().upper() for code in tasks.split(",") if code.strip()]
    with _progress() as report:
        result = build_mini(
            out,
            tasks=codes,
            split=split,
            per_task=per_task,
            short=short,
            seed=seed,
            workers=jobs,
            audio_format=audio_format,
            probe_items=leak_items,
            command=_command("mini", tasks, split, per_task, short, seed),
            progress=report,
        )
    _show(result)


def corpus(
    name: Annotated[str, typer.Argument(help="librispeech, race, slue, desed, gtzan, tau, had, vesus, ...")],
    source: Annotated[Path, typer.Option(help="The corpus in its official layout.")],
    out: Out,
    seed: Seed = 0,
    jobs: Jobs = 2,
    audio_format: Annotated[str, typer.Option("--format", help="flac or opus.")] = "flac",
) -> None:
    """Build one of the published sets from the corpus that it was made of."""
    from amarathon.construction.corpora.assembling import build_corpus

    with _progress() as report:
        result = build_corpus(
            name, source, out, seed=seed, workers=jobs, audio_format=audio_format, progress=report
        )
    _show(result)


def dry_run(
    name: Annotated[str, typer.Argument(help="A corpus, or `published` for the published dataset's layout.")],
    source: Annotated[Path, typer.Option(help="The folder to look at.")],
    listing: Annotated[
        Path | None, typer.Option(help="What should be there: lines of a size in bytes and a path.")
    ] = None,
    seed: Seed = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a folder lacks, which of its files are broken, and how many samples it gives.

    Only tables, headers and sizes are read. The exit code is 0 where nothing is missing or broken.
    """
    from amarathon.construction.dry_run import dry_run as look
    from amarathon.datasets.listing import read_listing

    found = look(name, source, read_listing(listing) if listing else None, seed)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
    else:
        typer.echo(f"Samples: {', '.join(f'{task} {count}' for task, count in found.samples.items())}.")
        for title, entries in (
            ("Missing", found.missing),
            ("Broken", found.broken),
            ("Left out", found.left_out),
        ):
            typer.echo(f"{title}: {len(entries)}")
            for entry in entries[:_MOST_SHOWN]:
                typer.echo(f"  {entry.record}: {entry.reason}")
            if len(entries) > _MOST_SHOWN:
                typer.echo(f"  and {len(entries) - _MOST_SHOWN} more; --json lists them all.")
    if not found.is_whole:
        raise typer.Exit(1)


def real(
    out: Out,
    jobs: Jobs = 2,
    audio_format: Annotated[str, typer.Option("--format", help="flac or opus.")] = "flac",
) -> None:
    """Put together twenty real recordings that AudioMarathon-mini has no part of."""
    from amarathon.construction.real import build_real

    with _progress() as report:
        result = build_real(out, workers=jobs, audio_format=audio_format, progress=report)
    _show(result)


def speech(
    out: Out,
    split: Annotated[str, typer.Option(help="train, validation, test or all.")] = "all",
    jobs: Jobs = 2,
    audio_format: Annotated[str, typer.Option("--format", help="flac or opus.")] = "flac",
) -> None:
    """Put together long recordings of real English speech with their exact words."""
    from amarathon.construction.speech.building import build_speech

    with _progress() as report:
        result = build_speech(out, split=split, workers=jobs, audio_format=audio_format, progress=report)
    _show(result)


def check(
    folder: Annotated[Path, typer.Argument(help="A folder that `build mini` made.")],
    per_task: Annotated[int, typer.Option(min=1, help="Samples of each task.")] = 5,
    seed: Seed = 0,
) -> None:
    """Let tools that made none of the sounds answer some samples of each task; put it on the card.

    The exit code is 1 where a task's answers are not audible often enough.
    """
    from amarathon.construction.answerability import check as judge
    from amarathon.construction.card import write_card

    with _progress() as report:
        found = judge(folder, per_task, seed, report)
    for task, counts in found.items():
        verdict = "" if counts["enough"] else ", too few"
        typer.echo(
            f"{task}: {counts['right']} right of {counts['judged']} judged{verdict} ({counts['tool']})."
        )
    typer.echo(f"Written: {write_card(folder)}")
    if not all(counts["enough"] for counts in found.values()):
        raise typer.Exit(1)


def verify(
    folder: Annotated[Path, typer.Argument(help="A folder that was built, with its draw and verdicts.")],
    redraw: Annotated[
        bool, typer.Option("--redraw", help="Draw failed subsets again, once rebuilt.")
    ] = False,
) -> None:
    """Say what people found, and draw the subsets again that failed; update the card.

    The exit code is 1 while a subset has failed or waits for verdicts.
    """
    from amarathon.construction.card import write_card
    from amarathon.construction.verification import hand_over, next_round, outcome, read_draw, read_verdicts
    from amarathon.datasets import load_dataset

    found = outcome(read_draw(folder), read_verdicts(folder))
    for task, subset in found.items():
        names = f": {', '.join(subset['failed'])}" if subset["failed"] else ""
        typer.echo(f"{task}: {subset['status']}, {subset['checked']} of {subset['drawn']} checked{names}.")
    if redraw:
        failed, again = next_round(folder, load_dataset(folder).samples)
        if failed:
            typer.echo(f"Drawn again, round {again.round}: {hand_over(folder, again)}")
    typer.echo(f"Written: {write_card(folder)}")
    if any(subset["status"] != "passed" for subset in found.values()):
        raise typer.Exit(1)


def card(folder: Annotated[Path, typer.Argument(help="A folder that was built.")]) -> None:
    """Write a built dataset's card again, with checks and verdicts that came later."""
    from amarathon.construction.card import write_card

    typer.echo(f"Written: {write_card(folder)}")


def _command(name: str, tasks: str, split: str, per_task: int | None, short: bool, seed: int) -> str:
    parts = [f"amarathon build {name}", f"--split {split}", f"--seed {seed}"]
    parts += [f"--tasks {tasks}"] if tasks else []
    parts += [f"--per-task {per_task}"] if per_task else []
    parts += ["--short"] if short else []
    return " ".join(parts)


@contextmanager
def _progress() -> Iterator[ReportProgress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        line = bar.add_task("Building", total=None)

        def report(done: int, total: int, name: str) -> None:
            bar.update(line, completed=done, total=total, description=name or "Building")

        yield report


def _show(report: dict[str, Any]) -> None:
    console = Console(highlight=False)
    counts = ", ".join(f"{task} {count}" for task, count in report["samples"].items())
    console.print(Text(f"{report['name']}: {counts or 'no samples'}."))
    console.print(Text(f"SHA-256 of the manifest: {report['manifest_sha256']}"))
    for name, found in report.get("leak_checks", {}).items():
        verdict = "no leak found" if found["passed"] else "LEAK"
        console.print(Text(f"Leak check, {name}: p = {found['p_value']:.3f}, {verdict}."))
    if report["dropped"]:
        console.print(Text(f"Dropped: {len(report['dropped'])}"))
        for entry in report["dropped"][:50]:
            console.print(Text(f"  {entry['record']}: {entry['reason']}"))
