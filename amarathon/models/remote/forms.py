"""The forms in which recordings are sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

# A second of 16-bit mono at 16 kHz.
PCM_BYTES = 32_000
# A quarter of WAV.
MP3_KBITS = 64


@dataclass(frozen=True)
class SoundForm:
    """A form of files, 16 kHz mono.

    Attributes
    ----------
    name : str
        As users choose it, and chat completions call it.
    mime : str
    bytes_per_second : int
        At most.
    exact : bool
        What comes out of it are the samples that went in.
    recorded : str
        What a run's header says.
    written : mapping of str to Any
        How libsndfile writes it.
    """

    name: str
    mime: str
    bytes_per_second: int
    exact: bool
    recorded: str
    written: Mapping[str, Any]


FORMS: Mapping[str, SoundForm] = MappingProxyType(
    {
        form.name: form
        for form in (
            SoundForm("wav", "audio/wav", PCM_BYTES, True, "wav", {"subtype": "PCM_16"}),
            SoundForm("flac", "audio/flac", PCM_BYTES, True, "flac", {"subtype": "PCM_16"}),
            SoundForm(
                "mp3",
                "audio/mpeg",
                MP3_KBITS * 125,
                False,
                f"mp3, {MP3_KBITS} kbit/s",
                # Of MPEG-2's rates, 160 to 8 kbit/s, this level is the one of 64.
                {"subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT", "compression_level": 0.6},
            ),
        )
    }
)
