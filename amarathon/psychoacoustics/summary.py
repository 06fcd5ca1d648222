"""What can be derived from cells: decibels, tests, verdicts, and what the ideal listener would have."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from amarathon.errors import RunError
from amarathon.files import write_atomically
from amarathon.psychoacoustics.equalisation import masking_level_difference
from amarathon.psychoacoustics.metric import (
    FLOOR,
    LEVEL,
    PERMUTATIONS,
    Bound,
    Verdict,
    effect,
    q_values,
    verdict,
)
from amarathon.psychoacoustics.records import SUMMARY_FILE, CellRecord
from amarathon.runs.reading import first_fault
from amarathon.runs.records import Record


class CellSummary(Record):
    """One cell's outcome; see `amarathon.psychoacoustics.metric.Effect`.

    Attributes
    ----------
    q_value : float
        Corrected over all cells of the same target and ablation.
    ideal_db : float or None
        Of equalisation-cancellation in closed form, for a tone.
    """

    target: str
    ablation: str
    frequency_hz: float | None
    snr_db: float
    ratio_of_means_db: float | None
    interval_db: tuple[float, float] | None
    mean_of_db: float | None
    bound: Bound | None
    d_opposite: float | None
    d_same: float | None
    p_value: float
    q_value: float
    verdict: Verdict
    ideal_db: float | None
    n: int


class BmldSummary(Record):
    """A measurement's outcome: ``bmld-summary.json``.

    `headline` names the average that the decibels are of; `floor` is what d has to reach, `level` the false
    discovery rate.
    """

    headline: str = "ratio_of_means_db"
    floor: float = FLOOR
    level: float = LEVEL
    permutations: int = PERMUTATIONS
    cells: list[CellSummary]

    def counts(self, target: str = "tone", ablation: str = "raw") -> dict[Verdict, int]:
        """How many cells of a target and an ablation have each verdict."""
        return dict(
            Counter(cell.verdict for cell in self.cells if (cell.target, cell.ablation) == (target, ablation))
        )


def summarise(cells: Sequence[CellRecord], *, floor: float = FLOOR) -> BmldSummary:
    """Derive the outcome of cells.

    Raises
    ------
    ScoreError
        If a cell has fewer than two seeds.
    """
    found: list[CellSummary] = []
    for group in dict.fromkeys((cell.target, cell.ablation) for cell in cells):
        of_group = [cell for cell in cells if (cell.target, cell.ablation) == group]
        effects = [effect(cell.opposite, cell.same, cell.noise_spread) for cell in of_group]
        for cell, one, q_value in zip(of_group, effects, q_values(effects), strict=True):
            found.append(
                CellSummary(
                    target=cell.target,
                    ablation=cell.ablation,
                    frequency_hz=cell.frequency_hz,
                    snr_db=cell.snr_db,
                    ratio_of_means_db=one.ratio_of_means_db,
                    interval_db=one.interval_db,
                    mean_of_db=one.mean_of_db,
                    bound=one.bound,
                    d_opposite=_finite(one.d_opposite),
                    d_same=_finite(one.d_same),
                    p_value=one.p_value,
                    q_value=q_value,
                    verdict=verdict(one, q_value, floor=floor),
                    ideal_db=None
                    if cell.frequency_hz is None
                    else masking_level_difference(cell.frequency_hz),
                    n=one.n,
                )
            )
    return BmldSummary(cells=found, floor=floor)


def write_summary(folder: Path, cells: Sequence[CellRecord]) -> BmldSummary:
    """Derive the outcome and write ``bmld-summary.json``."""
    summary = summarise(cells)
    write_atomically(folder / SUMMARY_FILE, summary.model_dump_json(indent=1) + "\n")
    return summary


def read_summary(folder: Path) -> BmldSummary:
    """Read ``bmld-summary.json``.

    Raises
    ------
    RunError
        If it is not there or damaged.
    """
    try:
        return BmldSummary.model_validate_json((folder / SUMMARY_FILE).read_bytes())
    except OSError as error:
        raise RunError(f"{folder.name}/{SUMMARY_FILE} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise RunError(f"{folder.name}/{SUMMARY_FILE} is damaged: {first_fault(error)}.") from error


def _finite(value: float) -> float | None:
    """JSON has no infinity: None, where the noise always has the same embedding."""
    return value if value != float("inf") else None
