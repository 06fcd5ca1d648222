"""Measuring an encoder, one cell after the other; a second call measures what is not there yet."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from amarathon.errors import ConfigurationError, RunError
from amarathon.files import now, write_atomically
from amarathon.psychoacoustics.ablations import ABLATIONS, ablated
from amarathon.psychoacoustics.encoder import Encoder
from amarathon.psychoacoustics.listening import Listener
from amarathon.psychoacoustics.metric import FEWEST_SEEDS, squared_distance, squared_spread
from amarathon.psychoacoustics.presentation import Normalisation
from amarathon.psychoacoustics.records import (
    CELLS_FILE,
    HEADER_FILE,
    BmldHeader,
    CellRecord,
    EncoderRecord,
    read_cells,
    read_header,
)
from amarathon.psychoacoustics.stimuli import sample_count
from amarathon.psychoacoustics.summary import write_summary
from amarathon.psychoacoustics.targets import TARGETS, make_trial
from amarathon.psychoacoustics.types import Floats
from amarathon.runs.environment import describe_environment
from amarathon.runs.folder import held
from amarathon.runs.records import SessionRecord

FREQUENCIES_HZ = (125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0)
SNRS_DB = (-22.0, -14.0, -6.0, 2.0)
SEEDS = 40
PAPER_SEEDS = 100


@dataclass(frozen=True)
class Design:
    """What is measured.

    Attributes
    ----------
    frequencies_hz, snrs_db : tuple of float
    targets, ablations : tuple of str
    seeds : int
        Seeds 0 to this, in every cell.
    duration_s : float
    """

    frequencies_hz: tuple[float, ...] = FREQUENCIES_HZ
    snrs_db: tuple[float, ...] = SNRS_DB
    targets: tuple[str, ...] = ("tone",)
    ablations: tuple[str, ...] = ("raw",)
    seeds: int = SEEDS
    duration_s: float = 1.0

    def cells(self) -> list[tuple[str, str, float | None, float]]:
        """Their keys, in order; see `CellRecord.key`."""
        return [
            (target, ablation, frequency, snr)
            for target in self.targets
            for ablation in self.ablations
            for frequency in (self.frequencies_hz if TARGETS[target].has_frequency else (None,))
            for snr in self.snrs_db
        ]

    def check(self, encoder: Encoder) -> None:
        """Refuse what cannot be measured, before anything is.

        Raises
        ------
        ConfigurationError
        """
        if self.seeds < FEWEST_SEEDS:
            raise ConfigurationError(
                f"At least {FEWEST_SEEDS} seeds are needed; {self.seeds} were asked for."
            )
        for given, known, what in (
            (self.targets, TARGETS, "target"),
            (self.ablations, ABLATIONS, "ablation"),
        ):
            if unknown := [name for name in given if name not in known]:
                raise ConfigurationError(f"There is no {what} {unknown[0]!r}; there are {', '.join(known)}.")
        if not self.cells():
            raise ConfigurationError("Nothing is to be measured: name a target, a frequency and a ratio.")
        samples = sample_count(self.duration_s)
        if self.duration_s < encoder.shortest_s:
            raise ConfigurationError(
                f"{encoder.identity.name} needs {encoder.shortest_s:g} s of sound; {self.duration_s:g} s is "
                "too short."
            )
        for target, _, frequency, snr in self.cells():
            make_trial(target, 0, frequency, snr, samples)


def measure(
    encoder: Encoder,
    design: Design,
    out: Path,
    *,
    presentation: str = "native",
    normalisation: Normalisation = "joint",
    progress: Callable[[CellRecord], None] | None = None,
) -> list[CellRecord]:
    """Measure every cell of a design and write it; what is in the folder is kept.

    Parameters
    ----------
    encoder : Encoder
    design : Design
    out : Path
        Gets ``bmld.json``, ``bmld.jsonl`` and ``bmld-summary.json``.
    presentation : str
        A key of `PRESENTATIONS`.
    normalisation : {"joint", "per-channel", "none"}
    progress : callable, optional
        Called with each new cell.

    Returns
    -------
    list of CellRecord
        All that the folder holds.

    Raises
    ------
    AmarathonError
        If the encoder cannot be asked so, or the folder holds something else.
    """
    design.check(encoder)
    listener = Listener(encoder, presentation, normalisation)
    with held(out):
        header = _begin(out, listener, design)
        cells = read_cells(out)
        there = {cell.key for cell in cells}
        noises: dict[tuple[str, str], list[Floats]] = {}
        for key in design.cells():
            if key in there:
                continue
            cells.append(_measured(listener, design, key, noises))
            write_atomically(out / CELLS_FILE, "".join(cell.model_dump_json() + "\n" for cell in cells))
            if progress is not None:
                progress(cells[-1])
        write_summary(out, cells)
        _write_header(out, header.model_copy(update={"finished_at": now()}))
    return cells


def _measured(
    listener: Listener,
    design: Design,
    key: tuple[str, str, float | None, float],
    noises: dict[tuple[str, str], list[Floats]],
) -> CellRecord:
    """One cell; `noises` keeps the embeddings of N0, which all cells of a target and an ablation share."""
    started = time.perf_counter()
    target, ablation, frequency, snr = key
    samples = sample_count(design.duration_s)
    opposite, same, digest = [], [], hashlib.sha256()
    known = noises.setdefault((target, ablation), [])
    for seed in range(design.seeds):
        trial = make_trial(target, seed, frequency, snr, samples)
        digest.update(bytes.fromhex(trial.sha256))
        trial = ablated(trial, ablation, seed)
        if len(known) == seed:
            known.append(listener.heard(trial.noise))
        opposite.append(squared_distance(listener.heard(trial.opposite), known[seed]))
        same.append(squared_distance(listener.heard(trial.same), known[seed]))
    return CellRecord(
        target=target,
        ablation=ablation,
        frequency_hz=frequency,
        snr_db=snr,
        opposite=opposite,
        same=same,
        noise_spread=squared_spread(known),
        stimuli_sha256=digest.hexdigest(),
        seconds=round(time.perf_counter() - started, 3),
    )


def _begin(out: Path, listener: Listener, design: Design) -> BmldHeader:
    environment = describe_environment()
    wanted = BmldHeader(
        run_id=out.resolve().name,
        created_at=now(),
        encoder=EncoderRecord(**asdict(listener.encoder.identity)),
        presentation=listener.presentation,
        normalisation=listener.normalisation,
        duration_s=design.duration_s,
        seeds=design.seeds,
        **asdict(environment),
    )
    if not (out / HEADER_FILE).exists():
        if strange := sorted(entry.name for entry in out.iterdir() if not entry.name.startswith(".")):
            raise RunError(f"{out} has no {HEADER_FILE} but holds {strange[0]}; choose an empty folder.")
        return _write_header(out, wanted)
    header = read_header(out)
    for field in ("encoder", "presentation", "normalisation", "duration_s", "seeds", "protocol_version"):
        if getattr(header, field) != getattr(wanted, field):
            raise RunError(
                f"{out} was measured with another {field.replace('_', ' ')}: "
                f"{_words(getattr(header, field))}, not {_words(getattr(wanted, field))}; "
                "choose another folder."
            )
    latest = header.continued[-1] if header.continued else header
    if (latest.hardware, latest.libraries, latest.commit) == (
        wanted.hardware,
        wanted.libraries,
        wanted.commit,
    ):
        return header
    session = SessionRecord(at=now(), engine="alone", **asdict(environment))
    return _write_header(out, header.model_copy(update={"continued": (*header.continued, session)}))


def _words(value: object) -> str:
    return f"{value.name} {value.version}, {value.layer}" if isinstance(value, EncoderRecord) else str(value)


def _write_header(out: Path, header: BmldHeader) -> BmldHeader:
    write_atomically(out / HEADER_FILE, header.model_dump_json(indent=2) + "\n")
    return header
