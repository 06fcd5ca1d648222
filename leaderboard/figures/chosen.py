"""Rows that somebody chose to see beside each other."""

from collections.abc import Sequence

from leaderboard.figures.declared import Parameters
from leaderboard.figures.sources import Sources, System, UnknownChoiceError
from leaderboard.figures.style import configuration_words

MOST = 4


class SystemParameters(Parameters):
    """Up to four rows, by their ids, with commas between."""

    systems: str = ""


def chosen_systems(sources: Sources, ids: str) -> list[System]:
    """The rows that were chosen, in their order.

    Raises
    ------
    UnknownChoiceError
        If there are too many, or one is not there.
    """
    wanted = list(dict.fromkeys(filter(None, ids.split(","))))
    if len(wanted) > MOST:
        raise UnknownChoiceError(f"At most {MOST} rows stand beside each other.")
    return [sources.system(row_id) for row_id in wanted]


def names_of(systems: Sequence[System]) -> list[str]:
    """Names that tell rows apart: model, what was done to it, and the dataset or table."""
    return [", ".join(filter(None, _parts(system))) for system in systems]


def _parts(system: System) -> list[str | None]:
    row, section = system.row, system.section
    done = configuration_words(row) if row.steps or row.run else None
    return [
        row.model,
        done if row.access != "human" else None,
        row.duration,
        f"on {section.dataset}" if row.run else f"Table {section.table}",
    ]


def notices_of(systems: Sequence[System]) -> list[str]:
    """Warnings of the models that were measured."""
    return [system.row.run.notice for system in systems if system.row.run and system.row.run.notice]
