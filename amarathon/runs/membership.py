"""Whether a run's records are answers to its dataset's samples."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from amarathon.errors import RunError
from amarathon.runs.records import Prediction, RunHeader


def samples_sha256(samples: Iterable[tuple[str, str]]) -> str:
    """SHA-256 of samples' ids and tasks, in whatever order they come."""
    return hashlib.sha256(json.dumps(sorted(set(samples))).encode()).hexdigest()


def check_samples(header: RunHeader, predictions: Sequence[Prediction]) -> None:
    """Refuse records of samples that the run's dataset does not have.

    Its header says how many samples there are of each task and, unless it is an old one, the hash of
    their ids. So one too many is always found, and one in another's place once all are answered.

    Raises
    ------
    RunError
        Naming the first sample too many, where there is one.
    """
    dataset = header.dataset
    seen: dict[str, set[str]] = {}
    for each in predictions:
        own = seen.setdefault(each.task, set())
        own.add(each.sample_id)
        if len(own) > dataset.tasks.get(each.task, 0):
            raise RunError(
                f"{header.run_id} holds answers to {len(own)} samples of {each.task} ({each.sample_id} among "
                f"them); {dataset.name} has {dataset.tasks.get(each.task, 0)}."
            )
    answered = {(name, task) for task, names in seen.items() for name in names}
    known = dataset.samples_sha256
    if known is not None and len(answered) == dataset.count and samples_sha256(answered) != known:
        raise RunError(f"{header.run_id} holds answers to other samples than those of {dataset.name}.")
