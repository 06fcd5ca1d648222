"""ASC: urban acoustic scenes, TAU.

The authors' splitter looked for scene names inside file names, and could find ``metro`` in
``metro_station``: such a record asks for the wrong scene, so it is left out.
"""

import re

from amarathon.datasets.official.layout import Draft, OfficialSet, Record, choice_draft
from amarathon.errors import DatasetError
from amarathon.tasks.sample import Sample

_METRO_STATION = re.compile(r"(?<![a-z])metro[_\- ]?station(?![a-z])", re.IGNORECASE)


def _draft(record: Record) -> Draft:
    return choice_draft(record, "abcd", label=record.text("scene_label"))


def _check(sample: Sample, label: str) -> None:
    if label == "metro" and _METRO_STATION.search(sample.audio.name):
        raise DatasetError("It is labelled metro, but its file is named metro_station: a known label fault.")


SET = OfficialSet(
    code="ASC",
    folder="TAU/concatenated_resampled",
    metadata=("acoustic_scene_task_meta.json",),
    draft=_draft,
    check=_check,
)
