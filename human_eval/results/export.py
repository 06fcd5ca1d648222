"""A study's answers outside the database: a run for the leaderboard, a table, a dataset folder.

None of them has a name, an address or a free comment in it: annotators are opaque ids.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pandas as pd

from amarathon.files import now
from amarathon.runs.environment import describe_environment
from amarathon.runs.folder import writing
from amarathon.runs.membership import samples_sha256
from amarathon.runs.records import DatasetRecord, ExclusionRecord, ModelRecord, RunHeader
from amarathon.runs.summary import write_summary
from human_eval.results.collecting import CONFIGURATION, Submitted, counted


@dataclass(frozen=True)
class StudyFacts:
    """What every export says of its study.

    Attributes
    ----------
    name, dataset, dataset_sha256 : str
    seed : int
    methods : str
        See `human_eval.results.methods_section.methods_paragraph`.
    """

    name: str
    dataset: str
    dataset_sha256: str
    seed: int
    methods: str


def export_human_run(to: Path, study: StudyFacts, submitted: Sequence[Submitted]) -> None:
    """Write the answers that count as a run of people, with its summary.

    Raises
    ------
    RunError
        If the folder holds something or cannot be written.
    """
    answers = counted(submitted)
    people = len({each.repeat for each in answers})
    samples = {each.sample_id: each.task for each in answers}
    excluded = [each.assignment_id for each in submitted if each.excluded]
    where = describe_environment()
    header = RunHeader(
        run_id=uuid4().hex,
        kind="human",
        created_at=now(),
        finished_at=now(),
        model=ModelRecord(
            name=f"People ({study.name})",
            revision="study",
            adapter="people",
            dtype="none",
            device="browser",
            parameters=0,
            notice=f"{people} annotators. {study.methods}",
        ),
        dataset=DatasetRecord(
            name=study.dataset,
            sha256=study.dataset_sha256,
            samples_sha256=samples_sha256(samples.items()),
            count=len(samples),
            tasks=dict(Counter(samples.values())),
            exclusions=[ExclusionRecord(record=each, reason="Excluded by hand.") for each in excluded],
        ),
        configurations=[CONFIGURATION],
        seed=study.seed,
        engine="human_eval",
        hardware=where.hardware,
        libraries=where.libraries,
        commit=where.commit,
    )
    with writing(to) as folder:
        folder.write_header(header)
        for each in answers:
            folder.append(each)
    write_summary(to)


def answers_table(submitted: Sequence[Submitted]) -> pd.DataFrame:
    """One row for each submitted answer, excluded ones marked, without comments."""
    return pd.DataFrame([_row(each) for each in submitted], columns=COLUMNS)


def export_dataset(to: Path, study: StudyFacts, submitted: Sequence[Submitted]) -> None:
    """Write a Hugging Face dataset folder: the answers as JSON lines, and a card.

    Raises
    ------
    FileExistsError
        If the folder is there.
    """
    to.mkdir(parents=True)
    answers_table(submitted).to_json(to / "answers.jsonl", orient="records", lines=True, force_ascii=False)
    card = CARD.format(name=json.dumps(study.name), title=study.name, methods=study.methods)
    (to / "README.md").write_text(card, encoding="utf-8")


COLUMNS = (
    "sample_id", "task", "annotator", "kind", "choice", "transcript", "answer", "correct", "order",
    "confidence", "seconds", "duration_s", "heard_share", "skipped", "excluded", "at",
)  # fmt: skip

CARD = """---
pretty_name: {name}
tags: [audio, human-evaluation]
configs:
- config_name: default
  data_files: answers.jsonl
---

# {title}

Answers of people to questions about long audio, one a line. Annotators are opaque ids; there is no
personal data.

{methods}
"""


def _row(each: Submitted) -> dict[str, object]:
    record = each.prediction
    return {
        "sample_id": record.sample_id,
        "task": record.task,
        "annotator": record.repeat,
        "kind": each.kind,
        "choice": record.answer_read,
        "transcript": record.reply if record.reference is not None else None,
        "answer": record.answer,
        "correct": record.correct,
        "order": record.order,
        "confidence": each.confidence,
        "seconds": each.work.seconds,
        "duration_s": record.duration_s,
        "heard_share": each.work.heard_share,
        "skipped": record.error,
        "excluded": each.excluded,
        "at": record.at,
    }
