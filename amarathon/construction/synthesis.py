"""Speech from text by espeak-ng, through its library, the same samples every time.

espeak-ng keeps state from one sentence to the next that cannot be set back, so every passage gets
a freshly loaded library: about 10 ms, and 500 times faster than speech.
"""

import _ctypes
import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.rendering import Word
from amarathon.errors import DatasetError

_SYNCHRONOUS = 2
_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_EVENT_END, _EVENT_WORD = 0, 1
_RATE_BOUNDS = (80, 450)
_RANDOM_SEED = 1


@dataclass(frozen=True)
class Utterance:
    """A sentence and the manner of its speech.

    Attributes
    ----------
    text : str
    words_per_minute : int
    pitch : int
        0 to 100; 50 is the voice's own.
    pitch_range : int
        0 (flat) to 100; 50 is the voice's own.
    """

    text: str
    words_per_minute: int = 165
    pitch: int = 50
    pitch_range: int = 50


@dataclass(frozen=True, eq=False)
class SpokenUtterance:
    """A sentence as sound.

    Attributes
    ----------
    samples : ndarray of float32
        16 kHz mono.
    words : tuple of Word
        Times from the sentence's start.
    """

    samples: NDArray[np.float32]
    words: tuple[Word, ...]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_int64),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


def synthesise(voice: str, utterances: Sequence[Utterance], size: float = 1.0) -> list[SpokenUtterance]:
    """Synthesise sentences one after another with one voice.

    Parameters
    ----------
    voice : str
        An espeak-ng voice, e.g. ``"en-us+f3"``: accent and variant.
    utterances : sequence of Utterance
    size : float
        Of the speaker's vocal tract: 1.1 lowers every formant and the pitch by 10%. Rate and
        pitch of the utterances are not kept, they shrink and grow with it.

    Returns
    -------
    list of SpokenUtterance

    Raises
    ------
    DatasetError
        The library is not installed, or has no such voice.
    """
    library, data = _location()
    loaded = ctypes.CDLL(library)
    try:
        # Both of espeak-ng's sources of randomness: the C library's and its own.
        ctypes.CDLL(None).srand(_RANDOM_SEED)
        rate = int(loaded.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), 0))
        if rate <= 0:
            raise DatasetError("espeak-ng cannot find its voices.")
        loaded.espeak_ng_SetRandSeed(ctypes.c_long(_RANDOM_SEED))
        if loaded.espeak_SetVoiceByName(voice.encode()) != 0:
            raise DatasetError(f"espeak-ng has no voice {voice}.")
        spoken = [_synthesise_one(loaded, utterance, rate / size) for utterance in utterances]
        loaded.espeak_Terminate()
    finally:
        _ctypes.dlclose(loaded._handle)
    return spoken


def _location() -> tuple[str, str]:
    try:
        import espeakng_loader
    except ModuleNotFoundError:
        raise DatasetError(
            "The speech synthesiser is not installed: run pip install espeakng-loader."
        ) from None
    # The library wants the folder that its data folder lies in.
    data = str(espeakng_loader.get_data_path())
    return str(espeakng_loader.get_library_path()), data.removesuffix("espeak-ng-data")


def _synthesise_one(library: Any, utterance: Utterance, rate: float) -> SpokenUtterance:
    blocks: list[NDArray[np.int16]] = []
    events: list[tuple[int, float]] = []

    def receive(wave: Any, count: int, event: Any) -> int:
        if count > 0:
            blocks.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while event[index].type != _EVENT_END:
            if event[index].type == _EVENT_WORD:
                # Positions count characters from 1.
                events.append((event[index].text_position - 1, event[index].sample / rate))
            index += 1
        return 0

    callback = _Callback(receive)
    library.espeak_SetSynthCallback(callback)
    low, high = _RATE_BOUNDS
    library.espeak_SetParameter(_RATE, min(max(utterance.words_per_minute, low), high), 0)
    library.espeak_SetParameter(_PITCH, min(max(utterance.pitch, 0), 99), 0)
    library.espeak_SetParameter(_RANGE, min(max(utterance.pitch_range, 0), 99), 0)
    text = utterance.text.encode("utf-8")
    library.espeak_Synth(text, len(text) + 1, 0, _UTF8, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    if not blocks:
        raise DatasetError(f"espeak-ng says nothing for {utterance.text!r}.")
    wave = (np.concatenate(blocks) / 32768).astype(np.float32)
    samples = np.asarray(soxr.resample(wave, rate, SAMPLE_RATE), np.float32)
    return SpokenUtterance(samples, _words(utterance.text, events, len(samples) / SAMPLE_RATE))


def _words(text: str, events: Sequence[tuple[int, float]], end_s: float) -> tuple[Word, ...]:
    """The words of a sentence with their times.

    espeak-ng says small words together with their neighbours ("in the"), and a number as several
    words: the first share their time by the number of their letters, the second count as one.
    """
    starts: dict[int, float] = {}
    for position, begin_s in events:
        starts.setdefault(position, min(begin_s, end_s))
    groups: list[tuple[float, list[str]]] = []
    for found in re.finditer(r"[\w']+", text):
        if found.start() in starts or not groups:
            groups.append((starts.get(found.start(), 0.0), []))
        groups[-1][1].append(found.group())
    ends = [begin_s for begin_s, _ in groups[1:]] + [end_s]
    words: list[Word] = []
    for (begin_s, together), group_end_s in zip(groups, ends, strict=True):
        letters, spoken_letters = sum(map(len, together)), 0
        for word in together:
            onset_s = begin_s + (group_end_s - begin_s) * spoken_letters / letters
            spoken_letters += len(word)
            offset_s = begin_s + (group_end_s - begin_s) * spoken_letters / letters
            words.append(Word(word, round(onset_s, 4), round(offset_s, 4)))
    return tuple(words)
