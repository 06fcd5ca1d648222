"""Psychoacoustics of audio encoders: what two ears gain one, by the binaural masking level difference (BMLD).

Reading records needs neither torch nor transformers: the names below are imported when they are first used.

>>> from amarathon.psychoacoustics import masking_level_difference
>>> round(masking_level_difference(500), 2)
10.73
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amarathon.psychoacoustics.encoder import Encoder, EncoderIdentity
    from amarathon.psychoacoustics.encoders import ENCODERS, open_encoder
    from amarathon.psychoacoustics.equalisation import masking_level_difference
    from amarathon.psychoacoustics.measuring import Design, measure
    from amarathon.psychoacoustics.summary import BmldSummary, read_summary, summarise

__all__ = [
    "ENCODERS",
    "BmldSummary",
    "Design",
    "Encoder",
    "EncoderIdentity",
    "masking_level_difference",
    "measure",
    "open_encoder",
    "read_summary",
    "summarise",
]

_FILES = {
    "encoder": ("Encoder", "EncoderIdentity"),
    "encoders": ("ENCODERS", "open_encoder"),
    "equalisation": ("masking_level_difference",),
    "measuring": ("Design", "measure"),
    "summary": ("BmldSummary", "read_summary", "summarise"),
}
_HOMES = {name: f"{__name__}.{file}" for file, names in _FILES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
