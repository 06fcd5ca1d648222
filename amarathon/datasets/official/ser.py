"""SER: named entities in speech, SLUE. Its `uniq_id` is not unique, so records go by their path."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record
from amarathon.errors import DatasetError

_CHOICES = ("choice_a", "choice_b", "choice_c", "choice_d")


def _draft(record: Record) -> Draft:
    question = record.text("question")
    if not question:
        raise DatasetError("It has no question.")
    return Draft(
        path=record.text("path"),
        question=question,
        options=record.texts(_CHOICES),
        gold=record.text("answer_gt"),
        slices={"dataset": record.text("dataset_name"), "kind": record.text("task_name")},
    )


SET = OfficialSet(code="SER", folder="SLUE", metadata=("merged_audio_data.json",), draft=_draft)
