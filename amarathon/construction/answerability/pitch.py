"""A judge of gender: the median pitch of the voice, by autocorrelation."""

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.answerability.judging import SampleJudgement, Samples, chosen_option
from amarathon.tasks.sample import Sample

_FRAME, _STEP = 1024, 512
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 400.0
_VOICED = 0.5
# Between the means of men and women, about 120 and 210 Hz (Titze, JASA 1989).
BORDER_HZ, _UNSURE_HZ = 160.0, 10.0


def pitches(samples: Samples) -> NDArray[np.float64]:
    """The pitch of every voiced frame.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)

    Returns
    -------
    ndarray of float64, shape (voiced frames,)
        Hz; the lag of the highest normalised autocorrelation (Boersma 1993, the window's own taken out).
    """
    starts = range(0, len(samples) - _FRAME, _STEP)
    frames = np.stack([samples[start : start + _FRAME] for start in starts]).astype(np.float64)
    loud = np.sqrt((frames**2).mean(axis=1))
    frames = frames[loud > 0.3 * np.sqrt((samples.astype(np.float64) ** 2).mean())]
    window = np.hanning(_FRAME)
    correlation = _autocorrelation((frames - frames.mean(axis=1, keepdims=True)) * window)
    correlation /= np.maximum(correlation[:, :1], 1e-12)
    correlation /= np.maximum(_autocorrelation(window[None])[0] / (window**2).sum(), 1e-3)
    low, high = int(SAMPLE_RATE / _HIGHEST_HZ), int(SAMPLE_RATE / _LOWEST_HZ)
    lags = correlation[:, low:high]
    best = lags.max(axis=1)
    # The first peak nearly as high as the highest: otherwise half the pitch is as good.
    peak = np.pad(lags[:, :-1] >= lags[:, 1:], ((0, 0), (0, 1)), constant_values=True)
    best_lags = ((lags >= 0.9 * best[:, None]) & peak).argmax(axis=1) + low
    return np.asarray(SAMPLE_RATE / best_lags[best > _VOICED], np.float64)


def _autocorrelation(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    power = np.abs(np.fft.rfft(frames, 2 * _FRAME)) ** 2
    return np.asarray(np.fft.irfft(power)[:, :_FRAME])


class Pitch:
    """Answers female over `BORDER_HZ`, male under it, and nothing near it."""

    name = f"median pitch, border {BORDER_HZ:.0f} Hz"

    def __call__(self, sample: Sample, samples: Samples) -> SampleJudgement:
        """Measure the pitch."""
        found = pitches(samples)
        if not len(found):
            return SampleJudgement(None, "no voice")
        median = float(np.median(found))
        if abs(median - BORDER_HZ) < _UNSURE_HZ:
            return SampleJudgement(None, f"{median:.0f} Hz")
        gender = "female" if median > BORDER_HZ else "male"
        labels = [option.label.lower() for option in sample.options]
        judged = chosen_option(sample, labels.index(gender))
        return SampleJudgement(judged.right, f"{judged.evidence}, {median:.0f} Hz")
