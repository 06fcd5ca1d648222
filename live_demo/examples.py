"""Recordings to begin with: one of each task of the bundled benchmark, and real ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from amarathon.assets import Asset, asset_path, bundled_assets
from amarathon.datasets import load_dataset
from amarathon.datasets.bundled import BUNDLED, EXAMPLES
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Sample


@dataclass(frozen=True)
class Example:
    """A bundled recording with a question.

    Attributes
    ----------
    sample : Sample
    collection : str
        Under which heading it is listed.
    title : str
    label : str or None
        What its button says, where that is not the title.
    author, licence : str
        Its credit.
    """

    sample: Sample
    collection: str
    title: str
    label: str | None
    author: str
    licence: str


def load_examples() -> dict[str, Example]:
    """All examples by their sample's id, in the order of the page.

    They carry their right answers, which stay in this process: see `live_demo.gold`.
    """
    credits = {asset_path(asset.path): asset for asset in bundled_assets()}
    benchmark = [_example(sample, credits, "AudioMarathon-mini") for sample in _first_of_each_task()]
    real = [_example(sample, credits, "Real recordings") for sample in load_dataset(EXAMPLES).samples]
    return {example.sample.id: example for example in (*benchmark, *real)}


def _first_of_each_task() -> Iterator[Sample]:
    samples = load_dataset(BUNDLED).samples
    return (next(sample for sample in samples if sample.task == code) for code in TASKS)


def _example(sample: Sample, credits: dict[Path, Asset], collection: str) -> Example:
    asset = credits[sample.audio.path]
    title, code = (TASKS[sample.task].name, sample.task) if asset.kind == "benchmark" else (asset.title, None)
    return Example(sample, collection, title, code, asset.author, asset.licence)
