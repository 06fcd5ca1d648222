"""SER: named entities in speech, SLUE. Its `uniq_id` is not unique, so records go by their path."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record

_CHOICES = ("choice_a", "choice_b", "choice_c", "choice_d")


def _draft(record: Record) -> Draft:
    return Draft(
        path=record.text("path"),
        question=record.text("question"),
        options=record.texts(_CHOICES),
        gold=record.text("answer_gt"),
        slices={"dataset": record.text("dataset_name"), "kind": record.text("task_name")},
    )


SET = OfficialSet(
    code="SER",
    folder="SLUE",
    metadata=("merged_audio_data.json",),
    draft=_draft,
    needs_question=True,
)
