"""What two ears gain an encoder, as rows of the leaderboard."""

from pydantic import BaseModel

from amarathon.psychoacoustics.summary import CellSummary


class BinauralRow(BaseModel):
    """One measurement of `amarathon bmld`.

    Attributes
    ----------
    id, folder : str
    encoder, version, layer, licence : str
    notice : str or None
        What a reader has to know, such as that it is a small net trained here.
    presentation, normalisation : str
        What of the ears it heard, and how that was levelled.
    seeds : int
    duration_s : float
    cells : list of CellSummary
    hardware, libraries : dict of str to str
    commit : str or None
    at : str
    finished : bool
    """

    id: str
    folder: str
    encoder: str
    version: str
    layer: str
    licence: str
    parameters: int
    notice: str | None
    presentation: str
    normalisation: str
    seeds: int
    duration_s: float
    cells: list[CellSummary]
    hardware: dict[str, str]
    libraries: dict[str, str]
    commit: str | None
    at: str
    finished: bool

    @property
    def name(self) -> str:
        """In legends: the encoder and what it heard."""
        return self.encoder if self.presentation == "native" else f"{self.encoder}, {self.presentation}"
