"""SD: real and partly faked speech, HAD. Its metadata file may be absent: the folders hold the same facts."""

from collections.abc import Iterator
from pathlib import Path

from amarathon.datasets.official.layout import Draft, OfficialSet, Record, choice_draft

_FILE = "had_audio_classification_task.json"


def _draft(record: Record) -> Draft:
    return choice_draft(
        record, "ab", label=record.text("category"), slices={"category": record.text("category").lower()}
    )


def _scan(folder: Path) -> Iterator[Draft]:
    for category in ("real", "fake"):
        for path in sorted((folder / category).glob("[!.]*.wav")):
            yield Draft(
                path=f"{category}/{path.name}",
                options=("Real", "Fake"),
                gold=category,
                slices={"category": category},
            )


SET = OfficialSet(
    code="SD",
    folder="HAD/concatenated_audio",
    metadata=(_FILE, f"../{_FILE}"),
    draft=_draft,
    scan=_scan,
)
