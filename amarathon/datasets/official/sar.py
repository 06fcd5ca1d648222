"""SAR: the age of VoxCeleb speakers. The gold answer is an option's text."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record
from amarathon.datasets.official.voxceleb import AUDIO_ROOTS, FOLDER, speaker_sources

_CHOICES = ("choice_a", "choice_b", "choice_c", "choice_d", "choice_e")


def _draft(record: Record) -> Draft:
    return Draft(
        path=record.text("path"),
        question=record.text("question"),
        options=record.texts(_CHOICES),
        gold=record.text("answer_gt"),
        sources=speaker_sources(record),
        slices={"age": record.text("answer_gt")},
    )


SET = OfficialSet(
    code="SAR",
    folder=FOLDER,
    metadata=("age_classification_task_meta.json",),
    draft=_draft,
    audio_roots=AUDIO_ROOTS,
)
