"""Reading a passage aloud: Kokoro where it is installed, espeak-ng otherwise."""

import re
from importlib.util import find_spec

import numpy as np
import soxr
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.mini.talk import spoken_trimmed
from amarathon.construction.mini.voices import draw_voice
from amarathon.construction.seeds import chosen, generator
from amarathon.construction.synthesis import Utterance

KOKORO_VOICES = ("af_heart", "af_bella", "am_michael", "am_fenrir", "bf_emma", "bm_george")
_KOKORO_RATE = 24_000
_GAP_S = 0.35


def narrated(text: str, name: str, seed: int) -> tuple[NDArray[np.float32], str]:
    """Read a text aloud, in a voice that its name decides.

    Parameters
    ----------
    text, name : str
    seed : int

    Returns
    -------
    samples : ndarray of float32
        16 kHz mono.
    voice : str
        Which synthesiser and voice.
    """
    rng = generator(seed, name, "narrator")
    if find_spec("kokoro"):
        return _by_kokoro(text, chosen(rng, KOKORO_VOICES))
    voice = draw_voice("test", chosen(rng, ("male", "female")), rng)
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", text) if re.search(r"\w", part)]
    gap = np.zeros(round(_GAP_S * SAMPLE_RATE), np.float32)
    spoken = spoken_trimmed(voice, [Utterance(sentence, 165) for sentence in sentences])
    parts = [part for utterance in spoken for part in (utterance.samples, gap)]
    return np.concatenate([gap, *parts]), f"espeak-ng/{voice.name}"


def _by_kokoro(text: str, voice: str) -> tuple[NDArray[np.float32], str]:
    from kokoro import KPipeline

    pipeline = KPipeline(lang_code=voice[0])
    wave = np.concatenate([np.asarray(part.audio, np.float32) for part in pipeline(text, voice=voice)])
    return np.asarray(soxr.resample(wave, _KOKORO_RATE, SAMPLE_RATE), np.float32), f"kokoro/{voice}"
