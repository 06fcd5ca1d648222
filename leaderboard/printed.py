"""The paper's tables as sections of the leaderboard."""

import hashlib
from collections.abc import Mapping
from functools import cache
from statistics import fmean

from amarathon.compression import METHODS
from amarathon.tasks import TASKS
from leaderboard.facts import facts_of, parameters_of
from leaderboard.records import Access, Cell, Row, Scores, Section, Source
from leaderboard.steps import Step
from leaderboard.tables import AVERAGE, MEAN, Chance, PublishedTable, Value, footnotes, published_tables

MODELS, PRUNING, COMPOSITION, CHANCE, EVICTION, DURATION = 3, 4, 5, 6, 7, 8
ACCESS: Mapping[str, Access] = {"open": "open", "closed": "closed", "human": "human"}


@cache
def question_counts() -> dict[str, int]:
    """Questions of each task in the paper's dataset."""
    return {str(row["task"]): int(float(row["count"] or 0)) for row in published_tables()[COMPOSITION].rows}


def source() -> Source:
    """The paper, with one hash over all of its tables here."""
    paper = footnotes().paper
    hashes = "".join(table.sha256 for table in published_tables().values())
    return Source(
        title=paper.title,
        arxiv=paper.arxiv,
        url=paper.url,
        data=paper.data,
        code=paper.code,
        bibtex=paper.bibtex,
        sha256=hashlib.sha256(hashes.encode()).hexdigest(),
        count=sum(question_counts().values()),
    )


def chance() -> dict[str, Chance]:
    """What a random choice scores on each task, from 0 to 100; transcripts cannot be chosen."""
    table, names = published_tables()[CHANCE], footnotes().tables[CHANCE].tasks
    found = {}
    for row in table.rows:
        printed, score = str(row["task_printed"]), float(row["macro_f1"] or 0)
        found[names.get(printed, printed)] = Chance(
            value=round(100 * score, 4), notes=_marks(table, row, "macro_f1")
        )
    return found


def printed_section(number: int) -> Section:
    """A table of scores as a section without ranks."""
    table = published_tables()[number]
    return Section(
        key=f"table-{number}",
        table=number,
        title=table.title,
        caption=table.caption,
        dataset=footnotes().dataset.name,
        sha256=None,
        # The short clips of the duration table are no part of the dataset.
        count=None if number == DURATION else sum(question_counts().values()),
        rows=[_row(table, number, cells) for number, cells in enumerate(table.rows, start=1)],
        notes=table.notes,
    )


def _row(table: PublishedTable, number: int, cells: Mapping[str, Value]) -> Row:
    declared = footnotes().tables[table.number]
    steps = _steps(cells, declared.methods)
    duration = cells.get("duration")
    access = cells.get("access")
    model = str(cells.get("model", declared.model))
    facts = facts_of(model)
    return Row(
        id=f"table-{table.number}-{number}",
        provenance="published",
        access="open" if access is None else ACCESS[str(access)],
        model=model,
        configuration="+".join(f"{step.method}@{step.amount:g}" for step in steps) or "vanilla",
        steps=steps,
        duration=None if duration is None else str(duration),
        parameters=parameters_of(facts),
        facts=facts,
        scores={"published": _scores(table, cells)},
    )


def _steps(cells: Mapping[str, Value], names: Mapping[str, str]) -> list[Step]:
    """What was done to the model, under the names that this project gives the methods."""
    printed = str(cells.get("method", "vanilla"))
    if printed == "vanilla":
        return []
    method = METHODS[names.get(printed, printed)]
    return [
        Step(method=method.name, title=method.title, stage=method.stage, amount=float(cells["ratio"] or 0))
    ]


def _scores(table: PublishedTable, cells: Mapping[str, Value]) -> Scores:
    # The matched short clips are not counted in the paper.
    counted = question_counts() if cells.get("duration") != "short" else {}
    tasks = {
        code: Cell(value=_number(cells[code]), count=counted.get(code), notes=_marks(table, cells, code))
        for code in TASKS
    }
    if AVERAGE in cells:
        overall = Cell(value=_number(cells[AVERAGE]), notes=_marks(table, cells, AVERAGE))
    else:
        values = [cell.value for cell in tasks.values() if cell.value is not None]
        overall = Cell(value=round(fmean(values), 4), notes=_marks(table, cells, MEAN))
    overall.count = sum(count for code, count in counted.items() if tasks[code].value is not None) or None
    return Scores(tasks=tasks, overall=overall)


def _marks(table: PublishedTable, cells: Mapping[str, Value], column: str) -> list[str]:
    return [note.id for note in table.notes if note.marks(dict(cells), column)]


def _number(value: Value) -> float | None:
    return None if value is None else float(value)
