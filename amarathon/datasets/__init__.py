"""Where samples come from: the published layout, our own folder form, the bundled few."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from amarathon.datasets.audio_files import check_audio
from amarathon.datasets.bundled import BUNDLED, EXAMPLES, NAMED, bundled_folder
from amarathon.datasets.checks import drop_repeats
from amarathon.datasets.folder import METADATA_FILE, read_folder
from amarathon.datasets.hub import downloaded_name
from amarathon.datasets.imported import finished_note
from amarathon.datasets.official import present_tasks, read_official
from amarathon.errors import DatasetError, TaskError
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import Exclusion, Sample, SampleSet

__all__ = ["load_dataset"]


def load_dataset(
    name_or_folder: str | Path, tasks: Iterable[str] | None = None, limit: int | None = None
) -> SampleSet:
    """Find a dataset's samples, and say what was left out.

    Every audio file's header is read; the few whose length no header or frame states are decoded.

    Parameters
    ----------
    name_or_folder : str or Path
        ``"bundled"`` (a few samples of each task), ``"examples"``, or a folder: ours with its
        ``metadata.jsonl``, or one that holds sets of the published AudioMarathon dataset, whichever
        are there.
    tasks : iterable of str, optional
        Task codes; every task that is there by default.
    limit : int, optional
        Most samples of each task. They are chosen by a hash of their id, so that they are spread
        over the dataset and the same on every machine.

    Returns
    -------
    SampleSet

    Raises
    ------
    DatasetError
        If there is no such dataset, or its metadata cannot be read.
    TaskError
        If a task code means nothing.
    """
    if limit is not None and limit < 1:
        raise DatasetError(f"The limit is at least 1 sample of each task, not {limit}.")
    wanted = None if tasks is None else list(dict.fromkeys(tasks))
    for code in wanted or []:
        if code not in EVERY_TASK:
            raise TaskError(f"There is no task {code}; there are {', '.join(EVERY_TASK)}.")
    folder = _find(name_or_folder)
    name, found, left_out = _read(folder, wanted)
    samples, repeats = drop_repeats(found)
    samples, unusable = check_audio(samples)
    excluded = sorted((*left_out, *repeats, *unusable), key=lambda exclusion: exclusion.record)
    return SampleSet(
        name=name_or_folder if isinstance(name_or_folder, str) and name_or_folder in NAMED else name,
        samples=tuple(_limited(samples, limit)),
        exclusions=tuple(excluded),
    )


def _find(name_or_folder: str | Path) -> Path:
    named = isinstance(name_or_folder, str) and name_or_folder in NAMED
    folder = bundled_folder(str(name_or_folder)) if named else Path(name_or_folder)
    if not folder.is_dir():
        raise DatasetError(
            f"There is no dataset {name_or_folder}: give {BUNDLED!r}, {EXAMPLES!r} or a folder."
        )
    return folder


def _read(folder: Path, wanted: Sequence[str] | None) -> tuple[str, list[Sample], list[Exclusion]]:
    """A folder's name, samples and exclusions, audio not yet looked at."""
    name = folder.resolve().name
    note = finished_note(folder)
    if (folder / METADATA_FILE).is_file():
        samples, left_out = read_folder(folder, wanted)
        present = {sample.task for sample in samples}
        if note is not None:
            name, left_out = note.name, [*left_out, *note.exclusions]
    else:
        there = present_tasks(folder)
        if not there:
            raise DatasetError(
                f"The folder {name} holds no dataset: neither a {METADATA_FILE} nor one of the folders of "
                "the published AudioMarathon dataset, such as race_audio."
            )
        present = {code for code in there if wanted is None or code in wanted}
        samples, left_out = read_official(folder, [code for code in there if code in present])
        name = downloaded_name(folder, present) or name
    absent = [code for code in wanted or [] if code not in present]
    left_out += [Exclusion(code, "The dataset has no samples of this task.") for code in absent]
    return name, samples, left_out


def _limited(samples: Sequence[Sample], limit: int | None) -> Iterable[Sample]:
    if limit is None:
        return samples
    by_task: dict[str, list[str]] = defaultdict(list)
    for name, task in sorted((sha256(sample.id.encode()).hexdigest(), sample.task) for sample in samples):
        by_task[task].append(name)
    chosen = {name for names in by_task.values() for name in names[:limit]}
    return [sample for sample in samples if sha256(sample.id.encode()).hexdigest() in chosen]
