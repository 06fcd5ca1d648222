"""Writing samples in our own folder form; see `amarathon.datasets.folder`."""

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from amarathon.datasets.checks import check_sample
from amarathon.datasets.folder import METADATA_FILE, Attribution, FolderRecord
from amarathon.datasets.paths import PathResolver, relative_name
from amarathon.errors import DatasetError
from amarathon.files import file_sha256, replacing
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import Sample


def write_folder(
    folder: Path, samples: Iterable[Sample], attributions: Mapping[str, Attribution] | None = None
) -> None:
    """Write samples with their audio; what is read back equals what was written.

    Audio is copied to its name inside the folder, unless it lies there already, and its SHA-256 is
    stated. The metadata replaces what was there, all at once, after all audio is in place.

    Parameters
    ----------
    folder : Path
    samples : iterable of Sample
    attributions : mapping of str to Attribution, optional
        By sample id.

    Raises
    ------
    DatasetError
        If a sample could not be read back, two share an id, two different files share a name, or
        something cannot be written.
    """
    lines: dict[str, str] = {}
    copied: dict[str, Path] = {}
    paths = PathResolver(folder)
    known = attributions or {}
    try:
        for sample in samples:
            if sample.id in lines:
                raise DatasetError(f"Two samples share the id {sample.id}.")
            target = _copy_audio(paths, sample, copied)
            sha256 = file_sha256(target)
            record = FolderRecord.of(sample, known.get(sample.id, Attribution()), sha256)
            lines[sample.id] = json.dumps(record.model_dump(), ensure_ascii=False)
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / METADATA_FILE) as partial:
            partial.write_text(
                "".join(f"{line}\n" for line in lines.values()), encoding="utf-8", newline="\n"
            )
    except OSError as error:
        raise DatasetError(
            f"The folder {folder.name} cannot be written: {error.strerror or error}."
        ) from error


def _copy_audio(paths: PathResolver, sample: Sample, copied: dict[str, Path]) -> Path:
    """Check a sample, see that its audio lies under its name in the folder, and say where."""
    name = sample.audio.name
    try:
        check_sample(sample, EVERY_TASK[sample.task])
        clean = relative_name(name)
    except DatasetError as error:
        raise DatasetError(f"The sample {sample.id} cannot be written. {error}") from error
    if clean != name or name == METADATA_FILE:
        raise DatasetError(f"The sample {sample.id} cannot be written. {name!r} is no name for its audio.")
    source = sample.audio.path.resolve()
    if not source.is_file():
        raise DatasetError(f"The sample {sample.id} cannot be written. Its audio is missing.")
    if copied.setdefault(name, source) != source:
        raise DatasetError(f"Two different files are called {name}.")
    target = paths.find(name)
    if target.exists() and target.samefile(source):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as partial:
        shutil.copyfile(source, partial)
    return target
