"""Runs folders read as rows: a run is read again when one of its own files has changed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import BaseModel, TypeAdapter

from amarathon.compression import Configuration
from amarathon.efficiency.records import EfficiencyRecord, read_efficiency
from amarathon.errors import AmarathonError, RunError
from amarathon.files import file_sha256
from amarathon.metrics.cells import Evidence
from amarathon.psychoacoustics.records import HEADER_FILE as BMLD_HEADER_FILE
from amarathon.runs import Run, read_run
from amarathon.runs.membership import check_samples
from amarathon.runs.reading import PACKED_SUMMARY_FILE, SUMMARY_FILE
from amarathon.runs.summary import SummaryFault, find_summary
from leaderboard.binaural import binaural_row
from leaderboard.binaural_records import BinauralRow
from leaderboard.measured import evidence_of, measured_rows
from leaderboard.records import Row, Unshown
from leaderboard.remembered import Remembered
from leaderboard.run_files import FolderStamp, Stamp, has_only_files
from leaderboard.speed import speed_sections
from leaderboard.speed_records import SpeedSection
from leaderboard.texts import short

SUMMARIES = {SUMMARY_FILE, PACKED_SUMMARY_FILE}
NO_FILE = "One of its files is no file but a pipe, a device or a folder."
SAME_NAME = "Another run has the same folder name; give this one another."

# What to do with a folder whose scores are not shown, after what is wrong with them.
ADVICE = {
    SummaryFault.MISSING: "Its evaluation has not ended; start the same command again.",
    SummaryFault.OTHER_ANSWERS: "Where its evaluation was stopped, start the same command again.",
    SummaryFault.OUTDATED: "",
    SummaryFault.DAMAGED: "",
}
# How many times as long as it took to read a run without scores, its new answers are not looked at.
REST = 20
AFRESH = "`amarathon score` with this folder derives them from its answers."


@dataclass
class Found:
    """What the runs folders hold, and of which state of their files."""

    rows: list[Row] = field(default_factory=list)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    speed: list[SpeedSection] = field(default_factory=list)
    binaural: list[BinauralRow] = field(default_factory=list)
    pending: list[Unshown] = field(default_factory=list)
    broken: list[Unshown] = field(default_factory=list)
    stamp: Stamp = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class _Part:
    """What one folder holds: a run's scores or efficiency records, a measurement; or why none is shown."""

    run: Run | None = None
    rows: Sequence[Row] = ()
    evidence: dict[str, Evidence] = field(default_factory=dict)
    records: Sequence[EfficiencyRecord] | None = None
    binaural: BinauralRow | None = None
    pending: str | None = None
    broken: str | None = None
    rests_until: float = 0.0


class RunScores(BaseModel):
    """What the leaderboard takes of a run's summary."""

    rows: list[Row]
    evidence: dict[str, Evidence]


class RunReader:
    """Reads runs folders, and keeps what a run's files said while they are as they were.

    Parameters
    ----------
    kept : Path, optional
        Folder in which scores are kept beyond the end of the program.
    """

    def __init__(self, kept: Path | None = None) -> None:
        self._parts: dict[Path, tuple[FolderStamp, _Part]] = {}
        self._remembered = Remembered(TypeAdapter(RunScores), kept)

    def read(self, stamp: Stamp) -> Found:
        """Read every run with a summary of its own; name the others and say why."""
        self._parts = {folder: self._part(folder, files) for folder, files in stamp.items()}
        found = Found(stamp={folder: files for folder, (files, _) in self._parts.items()})
        names: set[str] = set()
        alone: list[tuple[Run, Sequence[EfficiencyRecord]]] = []
        for folder, (_, part) in self._parts.items():
            if folder.name in names:
                part = _Part(broken=SAME_NAME)
            names.add(folder.name)
            if part.broken or part.pending:
                unshown = Unshown(folder=short(folder.name), reason=part.broken or part.pending or "")
                (found.broken if part.broken else found.pending).append(unshown)
            elif part.binaural:
                found.binaural.append(part.binaural)
            elif part.run and part.records is not None:
                alone.append((part.run, part.records))
            elif part.run:
                found.rows.extend(part.rows)
                found.runs.append(part.run)
                found.evidence |= part.evidence
        found.speed = speed_sections(alone)
        return found

    def _part(self, folder: Path, files: FolderStamp) -> tuple[FolderStamp, _Part]:
        known = self._parts.get(folder)
        began = time.monotonic()
        if known and (known[0] == files or _rests(known, files, began)):
            return known
        part = _read(folder, files, self._remembered)
        if part.pending:
            # An evaluation writes to it with every answer, and each time all of them are looked through.
            part = replace(part, rests_until=began + REST * (time.monotonic() - began))
        return files, part


def _rests(known: tuple[FolderStamp, _Part], files: FolderStamp, now: float) -> bool:
    """Whether a run has new answers only, and was looked through for its scores a moment ago."""

    def summaries(stamp: FolderStamp) -> list[tuple[str, int, int, bool]]:
        return [entry for entry in stamp if entry[0] in SUMMARIES]

    return now < known[1].rests_until and summaries(known[0]) == summaries(files)


def _read(folder: Path, files: FolderStamp, remembered: Remembered[RunScores]) -> _Part:
    if not has_only_files(files):
        return _Part(broken=NO_FILE)
    try:
        if BMLD_HEADER_FILE in {name for name, *_ in files}:
            return _Part(binaural=binaural_row(folder))
        run = read_run(folder)
        if run.header.kind == "efficiency":
            return _Part(run, records=_checked_records(run))
        return _scores(run, files, remembered)
    except AmarathonError as error:
        return _Part(broken=short(str(error)))


def _scores(run: Run, files: FolderStamp, remembered: Remembered[RunScores]) -> _Part:
    """A run's rows, or why its scores are not shown.

    Raises
    ------
    AmarathonError
        It cannot be read, or contradicts itself.
    """
    content = _content(run.folder, files)
    known = remembered.find(content)
    if known is not None:
        return _Part(run, known.rows, known.evidence)
    summary = find_summary(run.folder)
    if not isinstance(summary, SummaryFault):
        found = RunScores(rows=measured_rows(run, summary), evidence=evidence_of(run, summary))
        if _content(run.folder, files) == content:  # nothing was written meanwhile
            remembered.keep(content, found)
        return _Part(run, found.rows, found.evidence)
    # Damaged answers are no unfinished ones: this says which line, and of what sample.
    check_samples(run.header, run.predictions())
    reason = f"{summary.value} {ADVICE[summary] or AFRESH}"
    return _Part(broken=reason) if summary is SummaryFault.DAMAGED else _Part(pending=reason)


def _content(folder: Path, files: FolderStamp) -> list[str]:
    """Names and hashes of all that a run's rows are made of.

    Raises
    ------
    DatasetError
        A file cannot be read.
    """
    return [folder.name, *(f"{name} {file_sha256(folder / name)}" for name, *_ in files)]


def _checked_records(run: Run) -> list[EfficiencyRecord]:
    records = read_efficiency(run.folder)
    for record in records:
        if record.configuration not in run.header.configurations:
            raise RunError(f"{run.folder.name}: {record.configuration} is no configuration of this run.")
        Configuration.parse(record.configuration)
    return records
