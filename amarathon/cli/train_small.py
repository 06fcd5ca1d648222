"""``amarathon train-small`` and ``model-card``: train the small model, and say what it can do."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from amarathon.training.small.recipe import Stage
    from amarathon.training.small.state import Position


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("train-small")(train_small_command)
    app.command("model-card")(model_card_command)


def train_small_command(
    out: Annotated[Path, typer.Option(help="Folder that the checkpoint is written to.")],
    work: Annotated[Path, typer.Option(help="Clips, training state and log.")] = Path(".train/small"),
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    seed: Annotated[int, typer.Option(min=0, help="Decides data, order and initial weights.")] = 0,
    minutes: Annotated[float, typer.Option(min=0, help="Stop after so long; 0 is no limit.")] = 0.0,
) -> None:
    """Train the small model on AudioMarathon-mini, or go on where a training stopped."""
    import math

    from amarathon.training.small.export import export
    from amarathon.training.small.loop import Training
    from amarathon.training.small.recipe import TrainingRecipe

    training = Training(TrainingRecipe(seed=seed), work, device)
    if training.position.total_steps:
        typer.echo(f"Going on after {training.position.total_steps} steps.")
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    ) as progress:
        bar = progress.add_task("training")

        def report(stage: "Stage", position: "Position", facts: dict[str, Any]) -> None:
            name = f"{stage.name}  reply {facts['losses']['reply']:.3f}"
            if position.scores:
                name += f"  validation {100 * position.scores['mean']:.1f}"
            progress.update(bar, description=name, completed=position.step, total=stage.steps)
            if "validation" in facts:
                shown = "  ".join(f"{task} {100 * value:.0f}" for task, value in facts["validation"].items())
                progress.console.print(f"{stage.name}, step {position.step}: {shown}")

        done = training.run(report, minutes or math.inf)
    export(training, out)
    ended = "The curriculum is done" if done else "Stopped before the end; the same command goes on"
    typer.echo(f"{ended}. The checkpoint is in {out.name}.")


def model_card_command(
    checkpoint: Annotated[Path, typer.Argument(help="The folder that train-small wrote.")],
    run: Annotated[Path, typer.Argument(help="A run of these weights on the test split.")],
) -> None:
    """Write a checkpoint's card anew, with the scores of a run and their intervals."""
    from amarathon.runs import read_run
    from amarathon.training.small.card import write_card

    write_card(checkpoint, read_run(run))
    typer.echo(f"Written: {checkpoint / 'README.md'}")
