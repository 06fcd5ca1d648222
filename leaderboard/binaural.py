"""Folders of `amarathon bmld` as rows."""

from pathlib import Path

from amarathon.psychoacoustics.records import read_cells, read_header
from amarathon.psychoacoustics.summary import summarise
from leaderboard.binaural_records import BinauralRow
from leaderboard.texts import short, short_texts


def binaural_row(folder: Path) -> BinauralRow:
    """Read a folder; decibels are derived from its cells afresh.

    Raises
    ------
    RunError, ScoreError
        If it cannot be read.
    """
    header, summary = read_header(folder), summarise(read_cells(folder))
    encoder = header.encoder
    return BinauralRow(
        id=f"bmld-{folder.name}",
        folder=short(folder.name),
        encoder=short(encoder.name),
        version=short(encoder.version),
        layer=short(encoder.layer),
        licence=short(encoder.licence),
        parameters=encoder.parameters,
        notice=short(encoder.notice) if encoder.notice else None,
        presentation=short(header.presentation),
        normalisation=header.normalisation,
        seeds=header.seeds,
        duration_s=header.duration_s,
        cells=summary.cells,
        hardware=short_texts(header.hardware),
        libraries=short_texts(header.libraries),
        commit=short(header.commit) if header.commit else None,
        at=short(header.created_at),
        finished=header.finished_at is not None,
    )
