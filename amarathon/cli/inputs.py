"""Models and datasets as commands name them."""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from amarathon.compression.grids import GRIDS
from amarathon.models.dtypes import DTYPES, ON_CPU, ON_CUDA
from amarathon.models.remote import find_remote
from amarathon.tasks.sample import SampleSet

if TYPE_CHECKING:
    from amarathon.models.open_model import OpenModel

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


ModelOption = Annotated[str, typer.Option(help="small, a Hub id, a checkpoint folder, or a service's model.")]
# Where the weights themselves are worked with.
WeightsOption = Annotated[str, typer.Option("--model", help="small, a Hub id, or a checkpoint folder.")]
ConfigurationsOption = Annotated[str, typer.Option(help="Configuration names, separated by commas.")]
GridOption = Annotated[str, typer.Option(help=f"Instead of names: {', '.join(GRIDS)}.")]
AttentionOption = Annotated[
    str | None,
    typer.Option("--attention", help="sdpa, eager or flash_attention_2."),
]
DtypeOption = Annotated[
    str | None,
    typer.Option(
        "--dtype", help=f"{', '.join(DTYPES)}; by default {ON_CUDA} on a GPU, {ON_CPU} on a processor."
    ),
]
DeviceMapOption = Annotated[
    str | None, typer.Option("--device-map", help="Spread the weights: auto, balanced or sequential.")
]


def identity_name(model: str) -> str:
    """The name that a model's identity will have: of a folder, its own; of a server, that of its model."""
    address = find_remote(model)
    if address is not None:
        return address.label
    folder = Path(model).expanduser()
    return folder.resolve().name if folder.is_dir() else model


@dataclass(frozen=True)
class ModelLoader:
    """Loads a model, and prints its name and the notice about its answers.

    In another process, where nobody reads it, nothing is printed.
    """

    model: str
    console: Console
    attention: str | None = None
    device_map: str | None = None
    dtype: str | None = None

    def __call__(self) -> "OpenModel":
        """Load the model, and say so."""
        from transformers.utils import logging

        from amarathon.models.loading import load_weights

        if self.console.quiet:
            logging.disable_progress_bar()
        self.console.print(f"Loading {self.model}.")
        lm = load_weights(self.model, **self._how)
        if lm.identity.notice:
            self.console.print(f"{lm.identity.name}: {lm.identity.notice}", style="yellow")
        return lm

    def __reduce__(self) -> tuple[object, ...]:
        from amarathon.models.loading import load_weights

        return partial(partial, **self._how), (load_weights, self.model)

    @property
    def _how(self) -> dict[str, str | None]:
        return {
            "attn_implementation": self.attention,
            "device_map": self.device_map,
            "dtype": self.dtype,
        }


def find_samples(dataset: str, tasks: list[str], limit: int | None, console: Console) -> SampleSet:
    """Read a dataset: ``bundled``, a folder, or one on the Hub, which is downloaded."""
    from amarathon.datasets import load_dataset

    source: str | Path = dataset
    if _HUB_ID.fullmatch(dataset) and not Path(dataset).is_dir():
        source = _download(dataset, tasks, console)
    samples = load_dataset(source, tasks or None, limit)
    if samples.exclusions:
        first = samples.exclusions[0]
        console.print(
            f"{len(samples.exclusions)} records of {samples.name} are left out and named in the run, "
            f"the first one {first.record}: {first.reason}"
        )
    return samples


def _download(dataset: str, tasks: list[str], console: Console) -> Path:
    from amarathon.datasets.hub import download
    from amarathon.settings import load_settings
    from amarathon.tasks import TASKS

    folder = load_settings().data / "datasets" / dataset.replace("/", "--")
    console.print(f"Downloading {dataset} to {folder}; what is there already is kept.")
    download(tasks or list(TASKS), folder, repository=dataset)
    return folder


def split_names(configurations: str) -> list[str]:
    """Split names at commas, except within a step's parameters (``snapkv@0.5:window=8,kernel=3``)."""
    names: list[str] = []
    for part in configurations.split(","):
        if names and "=" in part and "@" not in part:
            names[-1] += f",{part}"
        else:
            names.append(part)
    return names
