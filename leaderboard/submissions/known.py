"""The datasets that are known here: those of the runs that were measured here, with their right answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from amarathon.errors import RunError
from amarathon.runs import Run, find_runs
from amarathon.runs.reading import read_lines
from amarathon.runs.records import DatasetRecord, Prediction
from leaderboard.submissions.marks import MARK_FILE

Key = tuple[str, str]


@dataclass(frozen=True)
class KnownDataset:
    """A dataset, and a record of each of its samples.

    Attributes
    ----------
    record : DatasetRecord
    samples : mapping of (str, str) to Prediction
        By task and id; what of the record is the sample's, not the reply's, is what counts here.
    """

    record: DatasetRecord
    samples: Mapping[Key, Prediction]


def known_datasets(roots: Iterable[Path]) -> dict[str, DatasetRecord]:
    """What a submission may be of, by its hash."""
    found: dict[str, DatasetRecord] = {}
    for run in _trusted(roots):
        found.setdefault(run.header.dataset.sha256, run.header.dataset)
    return found


def find_dataset(roots: Iterable[Path], sha256: str) -> KnownDataset | None:
    """The dataset of a hash, from the first run that holds all of its samples."""
    for run in _trusted(roots):
        dataset = run.header.dataset
        if dataset.sha256 == sha256:
            samples = _samples(run)
            if len(samples) == dataset.count:
                return KnownDataset(dataset, samples)
    return None


def _trusted(roots: Iterable[Path]) -> Iterator[Run]:
    """Runs of models that were measured here: a submitted one vouches for nothing."""
    for root in roots:
        for run in find_runs(root):
            if not isinstance(run, Run) or run.header.kind != "model" or run.header.dataset.part_of:
                continue
            if not (run.folder / MARK_FILE).exists():
                yield run


def _samples(run: Run) -> dict[Key, Prediction]:
    found: dict[Key, Prediction] = {}
    try:
        for _, prediction in read_lines(run.folder):
            if prediction.error is None:
                found.setdefault((prediction.task, prediction.sample_id), prediction)
            if len(found) == run.header.dataset.count:
                break
    except RunError:  # the leaderboard says so; another run may have the dataset too
        return {}
    return found
