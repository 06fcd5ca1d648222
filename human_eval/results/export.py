"""A study's answers outside the database: a run for the leaderboard, a table, a dataset folder.

Annotators are opaque ids everywhere. What they wrote in their own words may name people all the same: it is
in the administrator's table and in a file of its own beside the dataset, and in nothing to be published.
"""

import csv
import html
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from string import ascii_uppercase
from uuid import uuid4

import pandas as pd
import yaml

from amarathon.files import now
from amarathon.runs.environment import describe_environment
from amarathon.runs.folder import writing
from amarathon.runs.membership import samples_sha256
from amarathon.runs.records import DatasetRecord, ExclusionRecord, ModelRecord, RunHeader, WholeRecord
from amarathon.runs.summary import write_summary
from human_eval.results.collecting import CONFIGURATION, Submitted, counted
from human_eval.results.remarks import Remarks
from human_eval.results.wording import quantity
from web.spreadsheets import safe_cell


@dataclass(frozen=True)
class StudyFacts:
    """What every export says of its study.

    Attributes
    ----------
    name, dataset, dataset_sha256 : str
    seed : int
    methods : str
        See `human_eval.results.methods_section.methods_paragraph`.
    whole : WholeRecord or None
        The dataset that the study asks a part of.
    """

    name: str
    dataset: str
    dataset_sha256: str
    seed: int
    methods: str
    whole: WholeRecord | None = None


def export_human_run(to: Path, study: StudyFacts, submitted: Sequence[Submitted]) -> None:
    """Write the answers that count as a run of people, with its summary.

    Raises
    ------
    RunError
        If the folder holds something or cannot be written.
    """
    answers = counted(submitted)
    people = len({answer.repeat for answer in answers})
    samples = {answer.sample_id: answer.task for answer in answers}
    excluded = [answer.assignment_id for answer in submitted if answer.excluded]
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
            notice=f"{quantity(people, 'annotator')}.{_part(study, len(samples))} {study.methods}",
        ),
        dataset=DatasetRecord(
            name=study.dataset,
            sha256=study.dataset_sha256,
            samples_sha256=samples_sha256(samples.items()),
            count=len(samples),
            tasks=dict(Counter(samples.values())),
            exclusions=[
                ExclusionRecord(record=assignment, reason="Excluded by hand.") for assignment in excluded
            ],
            part_of=study.whole,
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
        for answer in answers:
            folder.append(answer)
    write_summary(to)


def answers_table(submitted: Sequence[Submitted]) -> pd.DataFrame:
    """One row for each submitted answer, excluded ones marked; without what annotators wrote freely.

    `choice` and `answer` are letters of the dataset's options, their texts beside them; `order` has the
    letters in the order in which they were shown. A transcript stands beside its reference.
    """
    return pd.DataFrame([_row(answer) for answer in submitted], columns=COLUMNS)


def answers_csv(submitted: Sequence[Submitted]) -> str:
    """The administrator's table, for a spreadsheet: `answers_table` and what annotators wrote.

    No cell is taken for a formula. All are quoted, whatever a spreadsheet takes for a separator.
    """
    table = answers_table(submitted)
    table["comment"] = ["" if answer.skip_reason is not None else answer.comment for answer in submitted]
    table["skip_reason"] = [answer.skip_reason for answer in submitted]
    table["flags"] = ["; ".join(map(_flag, answer.flags)) for answer in submitted]
    return str(table.map(safe_cell).to_csv(index=False, quoting=csv.QUOTE_ALL))


def _flag(flag: tuple[str, str]) -> str:
    fault, comment = flag
    return f"{fault}: {comment}" if comment else fault


def export_dataset(
    to: Path, study: StudyFacts, submitted: Sequence[Submitted], written: Iterable[Remarks] = ()
) -> None:
    """Write a Hugging Face dataset folder: the answers as JSON lines, and a card.

    Parameters
    ----------
    to : Path
    study : StudyFacts
    submitted : sequence of Submitted
    written : iterable of Remarks
        What annotators wrote of the questions; a file of its own, to be read before it is published.

    Raises
    ------
    FileExistsError
        If the folder is there.
    """
    to.mkdir(parents=True)
    answers_table(submitted).to_json(to / "answers.jsonl", orient="records", lines=True, force_ascii=False)
    remarks = "".join(json.dumps(asdict(remark), ensure_ascii=False) + "\n" for remark in written)
    if remarks:
        (to / REMARKS_FILE).write_text(remarks, encoding="utf-8")
    card = CARD.format(
        name=_quoted(study.name),
        title=_plain(study.name),
        methods=_plain(study.methods),
        remarks=REMARKS_NOTE if remarks else "",
    )
    (to / "README.md").write_text(card, encoding="utf-8")


def _quoted(text: str) -> str:
    """A text as a YAML scalar in one line."""
    return str(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10**6)).strip()


def _plain(text: str) -> str:
    """A text in one line of Markdown that is neither markup nor HTML."""
    line = " ".join(text.split())
    escaped = "".join(f"\\{letter}" if letter in MARKDOWN else letter for letter in line)
    return html.escape(escaped, quote=False)


# What Markdown gives a meaning to; a full stop or a dash has one at the beginning of a line alone.
MARKDOWN = frozenset("\\`*_{}[]#|~$!")
REMARKS_FILE = "remarks.jsonl"
REMARKS_NOTE = f"""
`{REMARKS_FILE}` has what annotators wrote in their own words: flags, reasons for skipping, comments. Read it
before this folder is published, and take out what names people.
"""
COLUMNS = (
    "sample_id", "task", "annotator", "kind", "choice", "choice_text", "answer", "answer_text", "correct",
    "transcript", "reference", "order", "confidence", "seconds", "duration_s", "heard_share", "skipped",
    "excluded", "at",
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
name of anybody in it. `choice` and `answer` are letters of the dataset's options.
{remarks}
{methods}
"""


def _part(study: StudyFacts, answered: int) -> str:
    if study.whole is None:
        return ""
    return f" They answered {answered} of the {study.whole.count} questions of {study.dataset}."


def _row(answer: Submitted) -> dict[str, object]:
    record = answer.prediction
    transcribed = record.reference is not None
    return {
        "sample_id": record.sample_id,
        "task": record.task,
        "annotator": record.repeat,
        "kind": answer.kind,
        "choice": _letter(record.answer_read),
        "choice_text": _text(record.options, record.answer_read),
        "answer": _letter(record.answer),
        "answer_text": _text(record.options, record.answer),
        "correct": record.correct,
        "transcript": record.reply if transcribed else None,
        "reference": record.reference,
        "order": "".join(ascii_uppercase[index] for index in record.order),
        "confidence": answer.confidence,
        "seconds": answer.work.seconds,
        "duration_s": record.duration_s,
        "heard_share": answer.work.coverage,
        "skipped": record.error,
        "excluded": answer.excluded,
        "at": record.at,
    }


def _letter(index: int | None) -> str | None:
    return None if index is None else ascii_uppercase[index]


def _text(options: Sequence[str], index: int | None) -> str | None:
    return None if index is None else options[index]
