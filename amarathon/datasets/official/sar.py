"""SAR: the age of VoxCeleb speakers. The gold answer is an option's text."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record, choice_draft
from amarathon.datasets.official.voxceleb import AUDIO_ROOTS, FOLDER, speaker_sources


def _draft(record: Record) -> Draft:
    return choice_draft(
        record, "abcde", sources=speaker_sources(record), slices={"age": record.text("answer_gt")}
    )


SET = OfficialSet(
    code="SAR",
    folder=FOLDER,
    metadata=("age_classification_task_meta.json",),
    draft=_draft,
    audio_roots=AUDIO_ROOTS,
)
