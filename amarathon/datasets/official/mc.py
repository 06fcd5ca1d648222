"""MC: music genres, GTZAN."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record

_CHOICES = ("choice_a", "choice_b", "choice_c", "choice_d")


def _draft(record: Record) -> Draft:
    return Draft(
        path=record.text("path"),
        question=record.text("question"),
        options=record.texts(_CHOICES),
        gold=record.text("answer_gt"),
        label=record.text("genre_label"),
    )


SET = OfficialSet(
    code="MC",
    folder="GTZAN/concatenated_audio",
    metadata=("music_genre_classification_meta.json",),
    draft=_draft,
    audio_roots=("", "wav"),
)
