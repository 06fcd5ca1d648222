"""``amarathon finetune`` and ``amarathon merge``: LoRA adapters for shortened models."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from amarathon.cli.inputs import ModelLoader, WeightsOption, find_samples


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("finetune")(finetune_command)
    app.command("merge")(merge_command)


def finetune_command(
    dataset: Annotated[str, typer.Option(help="Labelled samples that will not be evaluated.")],
    name: Annotated[str, typer.Option(help="The adapter's name, as in pool@3:lora=NAME.")],
    configuration: Annotated[
        str, typer.Option(help="What shortens the audio: pool, downsample or boundaries.")
    ] = "pool@3",
    model: WeightsOption = "small",
    tasks: Annotated[str, typer.Option(help="Task codes, separated by commas; all by default.")] = "",
    steps: Annotated[int, typer.Option(min=1, help="Samples seen, one at a time.")] = 200,
    rank: Annotated[int, typer.Option(min=1, help="Of the adapter.")] = 8,
    alpha: Annotated[int, typer.Option(min=1, help="The update is alpha / rank times B A.")] = 16,
    learning_rate: Annotated[float, typer.Option(min=0, help="Of AdamW.")] = 1e-4,
    seed: Annotated[int, typer.Option(help="Of first weights and order.")] = 0,
    save_every: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 50,
) -> None:
    """Train a LoRA adapter that lets the language model read shortened audio.

    The same command continues a training that was stopped, from its last checkpoint.
    """
    from amarathon.training.finetuning import LoraRecipe, finetune

    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    samples = find_samples(dataset, [code for code in tasks.split(",") if code], None, console)
    lm = ModelLoader(model, console)()
    recipe = LoraRecipe(steps, rank, alpha, learning_rate, seed, save_every)
    with Progress(console=console) as bar:
        task = bar.add_task("training", total=steps)

        def show(done: int, loss: float) -> None:
            bar.update(task, completed=done, description=f"loss {loss:.3f}")

        card = finetune(lm, samples, configuration, name, recipe, show)
    typer.echo(f"{card.steps} steps, last loss {card.losses[-1]:.3f}; use {card.shortening}:lora={name}")


def merge_command(
    adapter: Annotated[str, typer.Argument(help="Name of a finished adapter.")],
    out: Annotated[Path, typer.Option(help="An empty folder; it becomes a checkpoint.")],
    model: Annotated[str, typer.Option(help="The model that it was trained upon.")] = "small",
) -> None:
    """Write a checkpoint whose weights hold an adapter; it needs no peft."""
    from amarathon.training.finetuning import write_merged

    write_merged(ModelLoader(model, Console(stderr=True))(), adapter, out)
    typer.echo(f"{out} holds the merged model.")
