"""SGR: the gender of VoxCeleb speakers."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record, choice_draft
from amarathon.datasets.official.voxceleb import AUDIO_ROOTS, FOLDER, speaker_sources


def _draft(record: Record) -> Draft:
    return choice_draft(record, "ab", sources=speaker_sources(record))


SET = OfficialSet(
    code="SGR",
    folder=FOLDER,
    metadata=("gender_id_task_meta.json",),
    draft=_draft,
    audio_roots=AUDIO_ROOTS,
)
