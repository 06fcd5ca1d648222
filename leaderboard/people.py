"""Models beside people: on the very questions that people answered, sample by sample."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from amarathon.runs import Run
from amarathon.runs.people import GapToPeople, gaps_to_people, pair_with_people
from amarathon.runs.reading import PACKED_FILE, PREDICTIONS_FILE
from amarathon.runs.records import Prediction
from leaderboard.records import Gap, Protocol, Row, Section
from leaderboard.texts import short

# The paired figures count an unread reply as wrong.
PAIRED: Protocol = "strict"

Stamp = tuple[str, int, int]
Key = tuple[Stamp, Stamp]


@dataclass
class PairedGaps:
    """Distances to people that were worked out before; resampling takes a while."""

    known: dict[Key, dict[str, list[GapToPeople]]] = field(default_factory=dict)

    def of(self, people: Run, model: Run) -> dict[str, list[GapToPeople]]:
        """A model's distance to people, by configuration; empty where they share no question."""
        key = (_stamp(people.folder), _stamp(model.folder))
        if key not in self.known:
            answers = people.predictions()
            self.known[key] = {
                name: gaps_to_people(pair_with_people(answers, own))
                for name, own in _by_configuration(model).items()
            }
        return self.known[key]


def beside_people(section: Section, runs: Sequence[Run], gaps: PairedGaps) -> Section:
    """A copy of a section whose gaps are over the questions that people answered, each with its interval.

    Of several runs of people the one with the most answered questions is compared with. A row without a
    question in common keeps no gap: a difference of means over other questions is none.
    """
    known = {(short(run.folder.name), short(run.header.run_id)): run for run in runs}
    people = [row for row in section.rows if row.access == "human" and row.run is not None]
    if not people:
        return section
    human = max(people, key=lambda row: row.answered or 0)
    rows = [_compared(row, human, known, gaps) for row in section.rows]
    return section.model_copy(update={"rows": rows})


def _compared(row: Row, human: Row, runs: dict[tuple[str, str], Run], gaps: PairedGaps) -> Row:
    if row.access == "human" or row.run is None or human.run is None:
        return row
    theirs, own = (runs[facts.folder, facts.run_id] for facts in (human.run, row.run))
    found = gaps.of(theirs, own)[row.configuration]
    kept = {} if human.run.whole is not None else {k: v for k, v in row.gaps.items() if k != PAIRED}
    return row.model_copy(update={"gaps": kept | ({PAIRED: _gap(found)} if found else {})})


def _gap(found: Sequence[GapToPeople]) -> Gap:
    *tasks, overall = found
    interval = overall.interval
    return Gap(
        value=round(overall.difference, 4),
        over=[gap.task for gap in tasks],
        printed=None,
        interval=None if interval is None else (interval.low, interval.high),
        samples=overall.samples,
        people=overall.people,
        own=overall.system,
    )


def _by_configuration(run: Run) -> dict[str, list[Prediction]]:
    found: dict[str, list[Prediction]] = {name: [] for name in run.header.configurations}
    for prediction in run.predictions():
        found[prediction.configuration].append(prediction)
    return found


def _stamp(folder: Path) -> Stamp:
    path = next(path for path in (folder / PREDICTIONS_FILE, folder / PACKED_FILE) if path.exists())
    status = path.stat()
    return str(path), status.st_mtime_ns, status.st_size
