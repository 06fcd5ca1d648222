"""ER: acted emotions of ten speakers, VESUS."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record

_CHOICES = ("choice_a", "choice_b", "choice_c", "choice_d")


def _draft(record: Record) -> Draft:
    person = record.text("person_id")
    return Draft(
        path=record.text("path"),
        question=record.text("question"),
        options=record.texts(_CHOICES),
        gold=record.text("answer_gt"),
        label=record.text("emotion_label"),
        sources=(f"VESUS/{person}",) if person else (),
        slices={"person": person},
    )


SET = OfficialSet(
    code="ER",
    folder="VESUS",
    metadata=("audio_emotion_dataset.json", "audio_emotion_dataset_filtered.json"),
    draft=_draft,
)
