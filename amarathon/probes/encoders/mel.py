"""Mel spectrograms as the encoders' own programs make them, by `transformers.audio_utils`."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE
from amarathon.probes.encoders.encoder import Frames
from amarathon.probes.waveforms import Samples


@lru_cache(maxsize=8)
def _filters(fft: int, bands: int) -> NDArray[np.float64]:
    from transformers.audio_utils import mel_filter_bank

    bank: NDArray[np.float64] = mel_filter_bank(
        fft // 2 + 1, bands, 0.0, SAMPLE_RATE / 2, SAMPLE_RATE, norm="slaney", mel_scale="slaney"
    )
    return bank


def mel_power(waveform: Samples, *, fft: int, hop: int, bands: int, pad_mode: str = "constant") -> Frames:
    """Power in mel bands, the conventions of librosa's ``melspectrogram``: (frames, bands).

    Frames are centred on multiples of `hop`; the edges see `fft` / 2 samples that are not there.
    """
    from transformers.audio_utils import spectrogram, window_function

    power = spectrogram(
        waveform,
        window_function(fft, "hann"),
        frame_length=fft,
        hop_length=hop,
        fft_length=fft,
        power=2.0,
        center=True,
        pad_mode=pad_mode,
        mel_filters=_filters(fft, bands),
        mel_floor=0.0,
    )
    return np.asarray(power.T, np.float32)
