"""A run's scores and comparisons as tables for a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from amarathon.metrics.cells import (
    OVERALL,
    Breakdown,
    RefusalCell,
    RepeatSpread,
    ScoreCell,
    WordErrorTable,
)
from amarathon.metrics.protocols import ScoringProtocol
from amarathon.runs import PairedComparison, Run, Summary
from amarathon.runs.services import what_varies

NOTHING = "-"


def score_report(run: Run, summary: Summary, protocol: ScoringProtocol, *, details: bool) -> Group:
    """What was run and its headline scores; `details` adds durations, slices and word errors."""
    header = run.header
    shown: list[RenderableType] = [
        Text(
            f"{header.model.name} on {header.dataset.name}, {protocol} protocol: {summary.answered} answers "
            f"of {summary.planned}, {summary.failed} failed."
        )
    ]
    if header.model.notice:
        shown.append(Text(f"{header.model.name}: {header.model.notice}", style="yellow"))
    shown.append(_score_table(summary, protocol, details=details))
    shown += [
        _refusal_table(name, breakdown.refusals)
        for name, breakdown in summary.breakdowns.items()
        if any(cell.share or cell.cut or cell.empty for cell in breakdown.refusals)
    ]
    for name, breakdown in summary.breakdowns.items():
        if breakdown.repeats:
            shown += [_repeat_table(name, breakdown.repeats), Text(what_varies(header), style="dim")]
    cells = [cell for breakdown in summary.breakdowns.values() for cell in breakdown.headlines(protocol)]
    shown += _conditional(code for cell in cells if cell.tasks > 1 for code in cell.held_fixed)
    if details:
        shown += [
            _word_error_table(name, breakdown.word_errors)
            for name, breakdown in summary.breakdowns.items()
            if breakdown.word_errors
        ]
    return Group(*shown)


def comparison_report(compared: Sequence[PairedComparison], title: str) -> Group:
    """Differences to a baseline with their intervals and corrected p-values."""
    table = _table("base", "score", "diff", "95% interval", "p", "q", "n", "left out")
    for system, own in groupby(compared, key=lambda comparison: comparison.system):
        table.add_row(Text(system, style="bold"))
        for comparison in own:
            ends = (
                (f"{end:+.1f}" for end in (comparison.interval.low, comparison.interval.high))
                if comparison.interval
                else ()
            )
            table.add_row(
                "  mean of tasks" if comparison.task == OVERALL else f"  {comparison.task}",
                _number(comparison.baseline_score),
                _number(comparison.score),
                f"{comparison.difference:+.1f}",
                " to ".join(ends) or NOTHING,
                f"{comparison.p_value:.4f}",
                f"{comparison.q_value:.4f}",
                str(comparison.count),
                str(comparison.left_out),
            )
    note = "Strict protocol. p: paired permutation test over recordings; q: corrected for false discoveries."
    fixed = _conditional(code for comparison in compared for code in comparison.held_fixed)
    return Group(Text(title), table, Text(note, style="dim"), *fixed)


def _conditional(codes: Iterable[str]) -> list[RenderableType]:
    """What the intervals of means are conditional on, where they are."""
    named = ", ".join(dict.fromkeys(codes))
    if not named:
        return []
    words = (
        f"The interval of the mean is conditional on the recordings of {named}, too few for one of their own."
    )
    return [Text(words, style="dim")]


def _score_table(summary: Summary, protocol: ScoringProtocol, *, details: bool) -> Table:
    table = _table("score", "95% interval", "chance", "unread %", "samples", "failed")
    for name, breakdown in summary.breakdowns.items():
        chance = {level.task: level.macro_f1 for level in breakdown.chance}
        table.add_row(Text(name, style="bold"))
        for cell in _headlines(breakdown, protocol, details=details):
            whole = cell.group == "all"
            table.add_row(
                f"  {_task_name(cell)}" if whole else f"    {cell.group} {cell.value}",
                _number(cell.score),
                NOTHING if cell.low is None else f"{cell.low:.1f} to {cell.high:.1f}",
                _number(chance.get(cell.task) if whole else None),
                _number(cell.unread),
                str(cell.count),
                str(cell.failed),
            )
    return table


def _task_name(cell: ScoreCell) -> str:
    return f"mean of {cell.tasks} tasks" if cell.task == OVERALL else cell.task


def _headlines(breakdown: Breakdown, protocol: ScoringProtocol, *, details: bool) -> Iterator[ScoreCell]:
    """Each task's headline score, then their mean where there are several tasks."""
    own = [cell for cell in breakdown.cells if cell.protocol == protocol]
    for cell in own:
        if cell.headline and cell.task != OVERALL and (details or cell.group == "all"):
            yield cell
    yield from (cell for cell in own if cell.task == OVERALL and cell.tasks > 1)


def _refusal_table(name: str, cells: Sequence[RefusalCell]) -> Table:
    table = _table("refused %", "refused", "blocked", "in words", "cut off", "empty", "answers")
    table.title = f"\nWithout an answer, {name}"
    for cell in cells:
        counts = (cell.refused, cell.blocked, cell.declined, cell.cut, cell.empty, cell.count)
        table.add_row(f"  {cell.task}", _number(cell.share), *map(str, counts))
    return table


def _repeat_table(name: str, spreads: Sequence[RepeatSpread]) -> Table:
    table = _table("mean", "95% interval", "lowest", "highest", "varied", "questions")
    table.title = f"\nAsked {len(spreads[0].scores)} times, strict protocol, {name}"
    for spread in spreads:
        table.add_row(
            "  mean of tasks" if spread.task == OVERALL else f"  {spread.task}",
            _number(spread.mean),
            f"{spread.low:.1f} to {spread.high:.1f}",
            _number(min(spread.scores)),
            _number(max(spread.scores)),
            str(spread.varied),
            str(spread.count),
        )
    return table


def _word_error_table(name: str, errors: WordErrorTable) -> Table:
    table = Table(
        "inserted", "deleted", "substituted", box=None, title=f"\nMost frequent word errors, {name}"
    )
    inserted, deleted = (
        [f"{word} {count}" for word, count in counts] for counts in (errors.insertions, errors.deletions)
    )
    replaced = [f"{word} → {other} {count}" for word, other, count in errors.substitutions]
    for row in range(max(map(len, (inserted, deleted, replaced)), default=0)):
        table.add_row(*(column[row] if row < len(column) else "" for column in (inserted, deleted, replaced)))
    return table


def _table(*numbers: str) -> Table:
    table = Table("", box=None, pad_edge=False)
    for title in numbers:
        table.add_column(title, justify="right", no_wrap=True)
    return table


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}"
