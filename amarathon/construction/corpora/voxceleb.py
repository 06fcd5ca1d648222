"""VoxCeleb with the age and gender enrichment of Hechmi and others (2021): clips of one speaker joined.

``wav/<speaker>/<video>/*.wav`` and one ``*.csv`` with ``VoxCeleb_ID``, ``video_id``, ``gender`` and
``speaker_age``. Ages are binned as in the paper.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from amarathon.construction.corpora.corpus import Corpus, CorpusRecording, present, table
from amarathon.construction.sources import Selection
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Exclusion

# First ages of the five groups, in the order of the task's labels.
_FIRST_AGES = (18, 31, 41, 51, 71)
_AUTHOR = "VoxCeleb (A. Nagrani and others); ages by K. Hechmi and others"
_LICENCE = "VoxCeleb, CC-BY-4.0 metadata, audio of its owners"


def age_group(age: float) -> str | None:
    """The age group of the paper, None for children."""
    years = int(age)
    found = sum(years >= first for first in _FIRST_AGES)
    return TASKS["SAR"].labels[found - 1] if found else None


def _gender(row: dict[str, str]) -> str | None:
    return {"m": "male", "f": "female"}.get(row["gender"].lower()[:1])


def _age(row: dict[str, str]) -> str | None:
    try:
        return age_group(float(row["speaker_age"]))
    except ValueError:
        return None


def read(label: Callable[[dict[str, str]], str | None], source: Path) -> Selection[CorpusRecording]:
    """Find every clip of a labelled video."""
    listing, _ = present(source, "*.csv", "wav/*/*/*.wav")
    rows = table(listing, ("VoxCeleb_ID", "video_id", "gender", "speaker_age"), delimiter=",")
    videos = {(row["VoxCeleb_ID"], row["video_id"]): label(row) for row in rows}
    kept, dropped = [], []
    for path in sorted((source / "wav").glob("*/*/*.wav")):
        speaker, video = path.parent.parent.name, path.parent.name
        name = path.relative_to(source).as_posix()
        found = videos.get((speaker, video))
        if found is None:
            dropped.append(Exclusion(name, f"{listing.name} does not label its video."))
        else:
            kept.append(CorpusRecording(path, name, f"speaker/{speaker}", (found,)))
    return Selection(tuple(kept), tuple(dropped))


def _corpus(name: str, task: str, label: Callable[[dict[str, str]], str | None]) -> Corpus:
    return Corpus(
        name,
        task,
        _LICENCE,
        _AUTHOR,
        partial(read, label),
        together=lambda recording: (*recording.labels, recording.group),
        seconds=(90.0, 210.0),
        gap_s=0.2,
    )


GENDER = _corpus("voxceleb-gender", "SGR", _gender)
AGE = _corpus("voxceleb-age", "SAR", _age)
