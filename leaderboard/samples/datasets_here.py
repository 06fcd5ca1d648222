"""The datasets that are on this machine: their questions, their recordings, and who may hear those."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from amarathon.datasets import load_dataset
from amarathon.datasets.bundled import BUNDLED, bundled_folder
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.datasets.folder import METADATA_FILE, Attribution, read_attributions
from amarathon.datasets.licences import may_be_redistributed
from amarathon.errors import AmarathonError
from amarathon.files import file_sha256
from amarathon.tasks.sample import Sample
from leaderboard.samples.records import Sound

NOT_HERE = "The recording is not on this server."
NO_LICENCE = "Its dataset states no licence that allows playing the recording to everybody."


@dataclass(frozen=True)
class DatasetHere:
    """A dataset that was read.

    Attributes
    ----------
    name, sha256 : str
    samples : dict of str to Sample
    attributions : dict of str to Attribution
        Where its metadata state them.
    """

    name: str
    sha256: str
    samples: dict[str, Sample]
    attributions: dict[str, Attribution]

    def sound(self, sample: str) -> Sound:
        """Whether the recording of a sample may be played to visitors."""
        found = self.attributions.get(sample)
        if found is None or not found.licence:
            return Sound(audible=False, reason=NO_LICENCE)
        if not may_be_redistributed(found.licence):
            reason = f"Its licence, {found.licence}, does not allow playing the recording to everybody."
            return Sound(audible=False, reason=reason)
        return Sound(audible=True, licence=found.licence, author=found.author, source=found.source)


class DatasetsHere:
    """The bundled dataset, and those of the settings, which are read in the background: some are large.

    Parameters
    ----------
    folders : sequence of Path
    """

    def __init__(self, folders: Sequence[Path]):
        self._folders = folders
        self._found: tuple[DatasetHere, ...] = ()
        self._faults: tuple[str, ...] = ()
        self._left = len(folders)
        self._lock = threading.Lock()

    def current(self) -> tuple[DatasetHere, ...]:
        """Those that have been read; the first call begins."""
        with self._lock:
            if not self._found:
                self._found = (_read(BUNDLED),)
                if self._folders:
                    threading.Thread(target=self._read_all, daemon=True).start()
            return self._found

    @property
    def notes(self) -> list[str]:
        """What is missing and why."""
        left = [f"Datasets that are still being read: {self._left}."] if self._left else []
        return [*self._faults, *left]

    def _read_all(self) -> None:
        for folder in self._folders:
            try:
                self._found = (*self._found, _read(folder))
            except (AmarathonError, OSError) as error:
                self._faults = (*self._faults, f"The dataset {folder.name} is not shown: {error}")
            self._left -= 1


def _read(name_or_folder: str | Path) -> DatasetHere:
    found = load_dataset(name_or_folder)
    samples = [_hashed(sample) for sample in found.samples]
    folder = bundled_folder(BUNDLED) if name_or_folder == BUNDLED else Path(name_or_folder)
    return DatasetHere(
        name=found.name,
        sha256=dataset_sha256(samples),
        samples={sample.id: sample for sample in samples},
        attributions=read_attributions(folder) if (folder / METADATA_FILE).is_file() else {},
    )


def _hashed(sample: Sample) -> Sample:
    """A sample that is known by its recording: what a study asks is found by that, under whatever id."""
    if sample.audio.sha256 is not None:
        return sample
    return replace(sample, audio=replace(sample.audio, sha256=file_sha256(sample.audio.path)))
