"""MC: music genres, GTZAN."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record, choice_draft


def _draft(record: Record) -> Draft:
    return choice_draft(record, "abcd", label=record.text("genre_label"))


SET = OfficialSet(
    code="MC",
    folder="GTZAN/concatenated_audio",
    metadata=("music_genre_classification_meta.json",),
    draft=_draft,
    audio_roots=("", "wav"),
)
