"""Audio files in and out: decoding to 16 kHz mono, limits with clear refusals, compressed copies.

Everything downstream of this package sees one form of audio only: `Audio`, float32 mono at
`SAMPLE_RATE`. A file that cannot become that raises `amarathon.errors.AudioError`, one sentence.
"""

from amarathon.audio.decode import load_audio, measure_audio, probe_audio
from amarathon.audio.encode import write_flac, write_mp3, write_opus, write_wav
from amarathon.audio.isolation import load_audio_isolated
from amarathon.audio.limits import PADDING_S, AudioLimits, longer_than_taken
from amarathon.audio.types import SAMPLE_RATE, Audio, AudioInfo
from amarathon.audio.waveform import waveform_peaks

__all__ = [
    "PADDING_S",
    "SAMPLE_RATE",
    "Audio",
    "AudioInfo",
    "AudioLimits",
    "load_audio",
    "load_audio_isolated",
    "longer_than_taken",
    "measure_audio",
    "probe_audio",
    "waveform_peaks",
    "write_flac",
    "write_mp3",
    "write_opus",
    "write_wav",
]
