"""Measured and submitted runs as rows: every figure is read from records, none is computed here."""

from amarathon.compression import Configuration
from amarathon.errors import RunError
from amarathon.metrics.cells import OVERALL, Evidence, ScoreCell
from amarathon.runs import Run
from amarathon.runs.records import RunHeader
from amarathon.runs.summary import Summary
from amarathon.tasks import EVERY_TASK
from leaderboard.facts import facts_of
from leaderboard.ranking import PROTOCOLS
from leaderboard.records import Access, Cell, Protocol, Row, RunFacts, Scores, Section
from leaderboard.service_facts import service_facts
from leaderboard.steps import Step
from leaderboard.submissions.marks import SubmissionMark, read_mark
from leaderboard.texts import short, short_texts


def measured_rows(run: Run, summary: Summary) -> list[Row]:
    """One row for each configuration of a run.

    Raises
    ------
    ConfigurationError
        If a configuration's name does not parse.
    RunError
        If the summary is that of another run, or a submitted run's mark is damaged.
    """
    if (summary.run_id, set(summary.breakdowns)) != (run.header.run_id, set(run.header.configurations)):
        raise RunError(f"{run.folder.name}: its summary has the scores of another run.")
    facts = _facts(run, summary, read_mark(run.folder))
    return [_row(run, summary, facts, name) for name in run.header.configurations]


def evidence_of(run: Run, summary: Summary) -> dict[str, Evidence]:
    """What can be tested of each row, by its id."""
    found = {name: summary.breakdowns[name].evidence for name in run.header.configurations}
    return {_row_id(run, name): evidence for name, evidence in found.items() if evidence is not None}


def _row_id(run: Run, configuration: str) -> str:
    return f"run-{run.folder.name}-{configuration}"


def dataset_section(rows: list[Row]) -> Section:
    """The section of measured rows on one dataset, known by its hash."""
    # People who answered a part of the dataset stand in its section, and do not name it if a run can.
    facts = min((row.run for row in rows if row.run is not None), key=lambda run: run.whole is not None)
    sha256 = facts.whole_sha256 or facts.dataset_sha256
    return Section(
        key=f"dataset-{sha256[:12]}",
        table=None,
        title=facts.dataset,
        caption="Runs measured here or submitted. They are compared with each other only.",
        dataset=facts.dataset,
        sha256=sha256,
        count=facts.whole or facts.samples,
        rows=rows,
    )


def _row(run: Run, summary: Summary, facts: RunFacts, name: str) -> Row:
    header = run.header
    return Row(
        id=_row_id(run, name),
        provenance="submitted" if facts.submission else "service" if facts.service else "measured",
        access=_access(header),
        model=short(header.model.name),
        configuration=name,
        steps=steps_of(name),
        parameters=header.model.parameters or None,
        facts=facts_of(header.model.name),
        # Of a question that is asked several times all answers have to be there.
        answered=_answered(summary, name) // header.repeats,
        scores=_scores(summary, name),
        run=facts,
    )


def _access(header: RunHeader) -> Access | None:
    """Whose weights anybody can have; of a server of somebody's own nobody knows."""
    if header.kind == "human":
        return "human"
    if header.service is None:
        return "open"
    return "closed" if header.service.host else None


def steps_of(name: str) -> list[Step]:
    """The steps of a configuration, by its name."""
    return [
        Step(method=step.name, title=step.label, stage=step.stage, amount=float(step.amount))
        for step in Configuration.parse(name).steps
    ]


def _scores(summary: Summary, configuration: str) -> dict[Protocol, Scores]:
    """A configuration's figures, as its summary has them: those of all samples, by the headline metric."""
    cells = [cell for cell in summary.breakdowns[configuration].cells if cell.group == "all"]
    found: dict[Protocol, Scores] = {}
    for protocol in PROTOCOLS:
        own = [cell for cell in cells if cell.protocol == protocol]
        tasks = {cell.task: _cell(cell) for cell in own if _is_headline(cell)}
        overall = next((_cell(cell) for cell in own if cell.task == OVERALL), Cell(value=None))
        overall.unread = _unparsed_share(cells)
        found[protocol] = Scores(tasks=tasks, overall=overall)
    return found


def _is_headline(cell: ScoreCell) -> bool:
    return cell.task in EVERY_TASK and cell.metric == EVERY_TASK[cell.task].metric


def _unparsed_share(cells: list[ScoreCell]) -> float | None:
    """Unparsed replies among all, from the tasks' shares; strict counts leave no reply out."""
    shares = [
        (cell.unread, cell.count)
        for cell in cells
        if cell.protocol == "strict" and cell.unread is not None and _is_headline(cell)
    ]
    total = sum(count for _, count in shares)
    return sum(share * count for share, count in shares) / total if total else None


def _cell(cell: ScoreCell) -> Cell:
    interval = None if cell.low is None or cell.high is None else (cell.low, cell.high)
    return Cell(
        value=cell.score,
        interval=interval,
        interval_method=cell.interval_method,
        held_fixed=cell.held_fixed,
        clusters=cell.clusters,
        count=cell.count,
        unread=cell.unread,
    )


def _answered(summary: Summary, configuration: str) -> int:
    """Samples answered: the strict protocol leaves none of them out."""
    cells = summary.breakdowns[configuration].cells
    return next((cell.count for cell in cells if (cell.task, cell.protocol) == (OVERALL, "strict")), 0)


def _facts(run: Run, summary: Summary, submission: SubmissionMark | None) -> RunFacts:
    header: RunHeader = run.header
    model, dataset = header.model, header.dataset
    return RunFacts(
        run_id=short(header.run_id),
        folder=short(run.folder.name),
        notice=short(model.notice) if model.notice else None,
        revision=short(model.revision),
        adapter=short(model.adapter),
        dtype=short(model.dtype),
        device=short(model.device),
        dataset=short(dataset.name),
        dataset_sha256=short(dataset.sha256),
        whole_sha256=short(dataset.part_of.sha256) if dataset.part_of else None,
        whole=dataset.part_of.count if dataset.part_of else None,
        samples=dataset.count,
        planned=summary.planned,
        answered=summary.answered,
        failed=summary.failed,
        commit=short(header.commit) if header.commit else None,
        hardware=short_texts(header.hardware),
        libraries=short_texts(header.libraries),
        protocol_version=short(summary.protocol_version),
        seed=header.seed,
        engine=short(header.engine),
        created_at=short(header.created_at),
        finished_at=short(header.finished_at) if header.finished_at else None,
        continued=len(header.continued),
        submission=submission,
        service=service_facts(header, summary),
    )
