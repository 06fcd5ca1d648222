"""Psychoacoustics of audio encoders: what two ears gain one, by the binaural masking level difference (BMLD).

>>> from amarathon.psychoacoustics import masking_level_difference
>>> round(masking_level_difference(500), 2)
10.73
"""

from amarathon.psychoacoustics.encoders import ENCODERS, Encoder, EncoderIdentity, open_encoder
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
