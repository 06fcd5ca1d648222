"""The last steps of every build: the dataset is written, its samples to check are drawn, its card follows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from amarathon.construction.card import write_card
from amarathon.construction.finalisation import clear_work, finalise, read_report, to_sample
from amarathon.construction.tools import Built
from amarathon.construction.verification import draw, hand_over
from amarathon.tasks.sample import Exclusion


def complete(
    out: Path,
    name: str,
    samples: Sequence[Built],
    dropped: Sequence[Exclusion],
    facts: Mapping[str, Any],
    *,
    draw_seed: int | None = None,
) -> dict[str, Any]:
    """Write the dataset and its card, and remove what the build needed for itself.

    Parameters
    ----------
    out, name, samples, dropped, facts
        As for `amarathon.construction.finalisation.finalise`.
    draw_seed : int, optional
        Of the samples that people check; without one, none are drawn.

    Returns
    -------
    dict
        The report.
    """
    finalise(out, name, samples, dropped, facts)
    if draw_seed is not None:
        hand_over(out, draw([to_sample(sample, out) for sample in samples], draw_seed))
    write_card(out)
    clear_work(out)
    return read_report(out)
