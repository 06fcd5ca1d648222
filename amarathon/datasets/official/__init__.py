"""The published AudioMarathon dataset, as it lies on disk: one reader for each task.

Adding a set is one file with a ``SET`` beside the others, and its line here.
"""

from collections.abc import Iterable
from pathlib import Path

from amarathon.datasets.official import asc, asr, er, mc, sar, scr, sd, sed, ser, sgr
from amarathon.datasets.official.layout import OfficialSet
from amarathon.datasets.official.reading import is_present, read_set
from amarathon.tasks.sample import Exclusion, Sample

OFFICIAL_SETS: dict[str, OfficialSet] = {
    module.SET.code: module.SET for module in (ser, scr, asr, sed, mc, asc, sd, er, sar, sgr)
}


def present_tasks(root: Path) -> list[str]:
    """Codes of the tasks whose folder is under `root`, in the paper's order."""
    return [code for code, part in OFFICIAL_SETS.items() if is_present(root, part)]


def read_official(root: Path, tasks: Iterable[str]) -> tuple[list[Sample], list[Exclusion]]:
    """Read the sets of some tasks, audio not yet looked at.

    Parameters
    ----------
    root : Path
        The folder that holds ``librispeech-long``, ``race_audio`` and so on.
    tasks : iterable of str
        Codes of tasks that are present.

    Returns
    -------
    samples : list of Sample
    exclusions : list of Exclusion

    Raises
    ------
    DatasetError
        If a metadata file cannot be read; file and line are named.
    """
    found = [item for code in tasks for item in read_set(root, OFFICIAL_SETS[code])]
    samples = [item for item in found if isinstance(item, Sample)]
    return samples, [item for item in found if isinstance(item, Exclusion)]
