"""What a measurement leaves: ``bmld.json``, one header, and ``bmld.jsonl``, one cell a line."""

from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from amarathon.errors import RunError
from amarathon.psychoacoustics.presentation import Normalisation
from amarathon.runs.reading import first_fault, read_records
from amarathon.runs.records import Record, SessionRecord

# None is a name of what a run of answers holds.
HEADER_FILE, CELLS_FILE, SUMMARY_FILE = "bmld.json", "bmld.jsonl", "bmld-summary.json"
BMLD_SCHEMA_VERSION = 1
# How stimuli are made and distances taken; cells of two protocols are never compared.
BMLD_PROTOCOL = "1"


class EncoderRecord(Record):
    """Which encoder was measured; see `amarathon.psychoacoustics.encoder.EncoderIdentity`."""

    name: str
    version: str
    weights_sha256: str | None
    licence: str
    layer: str
    pooling: str
    parameters: int
    notice: str | None = None


class BmldHeader(Record):
    """What a measurement is: ``bmld.json``.

    `hardware`, `libraries` and `commit` are those of the first start; `continued` names every later start
    that differed in one of them.
    """

    schema_version: int = BMLD_SCHEMA_VERSION
    kind: Literal["bmld"] = "bmld"
    run_id: str
    created_at: str
    finished_at: str | None = None
    encoder: EncoderRecord
    presentation: str
    normalisation: Normalisation
    duration_s: float
    seeds: int
    protocol_version: str = BMLD_PROTOCOL
    hardware: dict[str, str]
    libraries: dict[str, str]
    commit: str | None
    continued: tuple[SessionRecord, ...] = ()


class CellRecord(Record):
    """One cell: a line of ``bmld.jsonl``. Distances are squared; nothing here is in decibels.

    Attributes
    ----------
    target, ablation : str
    frequency_hz : float or None
        Of a tone.
    snr_db : float
    opposite, same : list of float
        Squared distance of SpiN0 and of S0N0 from N0, seed by seed, seeds counted from 0.
    noise_spread : float
        Mean squared distance of the embeddings of N0 from their mean, over the same seeds, unbiased.
    stimuli_sha256 : str
        Over the stimuli of all seeds before ablation and presentation.
    seconds : float
    """

    target: str
    ablation: str
    frequency_hz: float | None
    snr_db: float
    opposite: list[float]
    same: list[float]
    noise_spread: float
    stimuli_sha256: str
    seconds: float

    @property
    def key(self) -> tuple[str, str, float | None, float]:
        """What makes this record unique in its folder."""
        return (self.target, self.ablation, self.frequency_hz, self.snr_db)


def read_header(folder: Path) -> BmldHeader:
    """Read ``bmld.json``.

    Raises
    ------
    RunError
        If there is none, it is damaged, or a newer version wrote it.
    """
    path = folder / HEADER_FILE
    try:
        header = BmldHeader.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise RunError(f"{folder} holds no {HEADER_FILE}; it was not written by `amarathon bmld`.") from None
    except OSError as error:
        raise RunError(f"{folder.name}/{HEADER_FILE} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise RunError(f"{folder.name}/{HEADER_FILE} is damaged: {first_fault(error)}.") from error
    if header.schema_version > BMLD_SCHEMA_VERSION:
        raise RunError(f"{folder.name} was written by a newer version of amarathon; this one cannot read it.")
    return header


def read_cells(folder: Path) -> list[CellRecord]:
    """Read ``bmld.jsonl``; none, where there is no such file.

    Raises
    ------
    RunError
        Naming the line that cannot be read.
    """
    return read_records(folder, CELLS_FILE, CellRecord)
