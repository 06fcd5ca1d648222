"""SGR: the gender of VoxCeleb speakers."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record
from amarathon.datasets.official.voxceleb import AUDIO_ROOTS, FOLDER, speaker_sources


def _draft(record: Record) -> Draft:
    return Draft(
        path=record.text("path"),
        question=record.text("question"),
        options=record.texts(("choice_a", "choice_b")),
        gold=record.text("answer_gt"),
        sources=speaker_sources(record),
    )


SET = OfficialSet(
    code="SGR",
    folder=FOLDER,
    metadata=("gender_id_task_meta.json",),
    draft=_draft,
    audio_roots=AUDIO_ROOTS,
)
