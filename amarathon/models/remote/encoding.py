"""A recording as a service takes it: the very samples that models on this machine hear."""

import io

import soundfile

from amarathon.audio import SAMPLE_RATE, Audio
from amarathon.audio.types import to_pcm16


def encode(audio: Audio, form: str) -> bytes:
    """16-bit mono at 16 kHz, as WAV or FLAC: what comes out of it has the record's ``pcm_sha256``.

    Parameters
    ----------
    audio : Audio
    form : {"wav", "flac"}
    """
    out = io.BytesIO()
    soundfile.write(out, to_pcm16(audio.samples), SAMPLE_RATE, format=form.upper(), subtype="PCM_16")
    return out.getvalue()
