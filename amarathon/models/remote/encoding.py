"""A recording as a service takes it: the very samples that weights here hear, unless told otherwise."""

import io

import soundfile

from amarathon.audio import SAMPLE_RATE, Audio
from amarathon.audio.types import to_pcm16
from amarathon.models.remote.forms import SoundForm


def encode(audio: Audio, form: SoundForm) -> bytes:
    """A file of 16-bit mono at 16 kHz: what comes out of an exact form has the record's ``pcm_sha256``."""
    out = io.BytesIO()
    soundfile.write(out, to_pcm16(audio.samples), SAMPLE_RATE, format=form.name.upper(), **form.written)
    return out.getvalue()
