"""SED: domestic sound events, DESED."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record
from amarathon.errors import DatasetError
from amarathon.tasks.sample import OPTION_LETTERS


def _draft(record: Record) -> Draft:
    choices = record.fields.get("choices")
    # With a letter left out, every later option would stand under the wrong one.
    if not isinstance(choices, dict) or "".join(sorted(choices)) != OPTION_LETTERS[: len(choices)]:
        raise DatasetError("Its choices are not a mapping of letters to texts.")
    named = Record(choices)
    return Draft(
        path=record.text("path"),
        question=record.text("question"),
        options=named.texts(sorted(choices)),
        gold=record.text("answer_gt"),
        label=record.text("correct_event"),
        slices={"events": _event_count(record.fields.get("all_events")), "kind": record.text("task_type")},
    )


def _event_count(events: object) -> str:
    return str(len({str(event) for event in events})) if isinstance(events, list) else ""


SET = OfficialSet(
    code="SED",
    folder="DESED/DESED_dataset/concatenated_audio",
    metadata=("desed_sound_event_detection_task.json",),
    draft=_draft,
)
