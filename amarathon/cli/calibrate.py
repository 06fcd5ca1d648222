"""``amarathon calibrate``: HeadRouter's profile of one model."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from amarathon.audio import load_audio
from amarathon.cli.inputs import WeightsOption
from amarathon.datasets import load_dataset
from amarathon.errors import AmarathonError, DatasetError


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("calibrate")(calibrate_command)


def calibrate_command(
    dataset: Annotated[str, typer.Option(help="Labelled samples that will not be evaluated.")],
    name: Annotated[str, typer.Option(help="The profile's name, as in headrouter@0.3:profile=NAME.")],
    model: WeightsOption = "small",
    layer: Annotated[int, typer.Option(min=1, help="Tokens are pruned before this layer.")] = 2,
    limit: Annotated[int, typer.Option(min=0, help="Use this many samples; 0 is all.")] = 0,
) -> None:
    """Weigh a model's attention heads for HeadRouter by labelled samples."""
    from amarathon.compression.profiles import profile_path
    from amarathon.files import write_atomically
    from amarathon.models.loading import load_weights
    from amarathon.training.calibration import fit_profile, gather_evidence

    path = profile_path(name)
    found = [sample for sample in load_dataset(dataset).samples if sample.answer is not None]
    if not found:
        raise DatasetError(f"{Path(dataset).name} has no multiple-choice sample with a right option.")
    lm = load_weights(model)
    lm.family.check_takes("calibration")
    evidence = []
    for sample in track(found[: limit or None], description="calibrating"):
        try:
            evidence.append(gather_evidence(lm, load_audio(sample.audio.path), sample, layer))
        except AmarathonError as error:
            typer.echo(f"{sample.id} is left out: {error}", err=True)
    profile = fit_profile(lm, evidence, layer)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, profile.model_dump_json(indent=2) + "\n")
    typer.echo(f"{len(evidence)} samples; use headrouter@0.3:profile={name}")
