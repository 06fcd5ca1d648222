"""Sounds and files of any length to measure with."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from amarathon.audio import SAMPLE_RATE, Audio, AudioInfo

RATE = 44_100
# Opus has no such rate.
RATES = {"libopus": 48_000}


def noise(seconds: float) -> Audio:
    """Noise, the same each time."""
    drawn = np.random.default_rng(0).standard_normal(int(seconds * SAMPLE_RATE), dtype=np.float32) / 20
    return Audio(drawn, "", "", AudioInfo("none", "none", SAMPLE_RATE, 1, float(seconds), 0))


def write_recording(path: Path, codec: str, seconds: int) -> None:
    """Write noise and a tone in stereo, at 44.1 kHz where the codec has it."""
    import av

    rate = RATES.get(codec, RATE)
    rng = np.random.default_rng(0)
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=rate, layout="stereo")
        for second in range(seconds):
            times = np.arange(rate) / rate + second
            sound = 0.2 * np.sin(2 * np.pi * 220 * times) + 0.05 * rng.standard_normal((2, rate))
            frame = av.AudioFrame.from_ndarray(sound.astype(np.float32), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = rate, second * rate, Fraction(1, rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def decode_with_libav(path: Path) -> int:
    """Decode to one channel of 16 kHz as the command of ffmpeg does; how many samples there are."""
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE, frame_size=1 << 16)
    with av.open(str(path)) as file:
        found = [made.samples for frame in file.decode(audio=0) for made in resampler.resample(frame)]
    return sum(found) + sum(made.samples for made in resampler.resample(None))
