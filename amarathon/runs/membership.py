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
    their ids. So one too many is always found, and one instead of another once all are answered.

    Raises
    ------
    RunError
        Naming the first sample too many, where there is one.
    """
    dataset = header.dataset
    seen: dict[str, set[str]] = {}
    for prediction in predictions:
        samples, known = seen.setdefault(prediction.task, set()), dataset.tasks.get(prediction.task, 0)
        samples.add(prediction.sample_id)
        if len(samples) > known:
            raise RunError(
                f"{header.run_id} holds answers to {len(samples)} samples of {prediction.task} "
                f"({prediction.sample_id} among them); {dataset.name} has {known}."
            )
    answered = {(name, task) for task, names in seen.items() for name in names}
    stated = dataset.samples_sha256
    if stated is not None and len(answered) == dataset.count and samples_sha256(answered) != stated:
        raise RunError(f"{header.run_id} holds answers to other samples than those of {dataset.name}.")
