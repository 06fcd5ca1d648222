"""SCR: passages of RACE read aloud, several questions about each."""

from amarathon.datasets.official.layout import Draft, OfficialSet, Record
from amarathon.errors import DatasetError


def _draft(record: Record) -> Draft:
    options = record.fields.get("options")
    if not isinstance(options, list) or not all(isinstance(option, str) for option in options):
        raise DatasetError("Its options are not a list of texts.")
    path = record.text("audio_path")
    return Draft(
        path=path,
        question=record.text("question"),
        options=tuple(options),
        gold=record.text("answer"),
        number=record.text("question_idx"),
        slices={"subset": _subset(path)},
    )


def _subset(path: str) -> str:
    folders = path.replace("\\", "/").split("/")
    return next((name for name in ("high", "middle") if name in folders), "")


SET = OfficialSet(
    code="SCR",
    folder="race_audio",
    metadata=("race_benchmark.json",),
    draft=_draft,
    needs_question=True,
)
