"""SER: named entities in speech, SLUE. Its `uniq_id` is not unique, so records go by their path."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record, choice_draft


def _draft(record: Record) -> Draft:
    return choice_draft(
        record, "abcd", slices={"dataset": record.text("dataset_name"), "kind": record.text("task_name")}
    )


SET = OfficialSet(
    code="SER",
    folder="SLUE",
    metadata=("merged_audio_data.json",),
    draft=_draft,
    needs_question=True,
)
