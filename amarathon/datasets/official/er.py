"""ER: acted emotions of ten speakers, VESUS."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record, choice_draft


def _draft(record: Record) -> Draft:
    person = record.text("person_id")
    return choice_draft(
        record,
        "abcd",
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
