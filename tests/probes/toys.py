"""An encoder and a task that need nothing."""

import numpy as np

from amarathon.construction.rendering import Origin
from amarathon.probes.clips import ProbeClip, ProbeTask
from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity

RATE = 16_000


def tone(hz: float, seconds: float = 0.3, seed: int = 0) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    noise = 0.02 * np.random.default_rng(seed).standard_normal(len(times))
    return (0.3 * np.sin(2 * np.pi * hz * times) + noise).astype(np.float32)


class Bands(Encoder):
    """Energy in eight bands; layer ``1`` is that of the square root."""

    layers = ("0", "1")

    def __init__(self, weights: str = "1"):
        self.identity = EncoderIdentity("bands", "Bands", weights, "", "CC0-1.0", "a test")
        self.calls = 0

    def states(self, waveform):
        self.calls += 1
        frames = waveform[: len(waveform) // 160 * 160].reshape(-1, 160)
        power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
        bands = np.log(power[:, :80].reshape(len(frames), 8, 10).sum(axis=2) + 1e-6).astype(np.float32)
        return {"0": bands, "1": np.sign(bands) * np.sqrt(np.abs(bands))}


def tones():
    """Two pitches by twelve players, who are held out."""
    splits = ["train"] * 5 + ["validation"] * 2 + ["test"] * 5
    for player, split in enumerate(splits):
        for label, hz in (("low", 300), ("high", 2600)):
            for number in range(2):
                seed = 100 * player + 10 * (label == "low") + number
                origin = Origin(f"player {player}", "CC0-1.0", "a test")
                name = f"{player}-{label}-{number}"
                yield ProbeClip(name, label, split, f"player {player}", tone(hz, seed=seed), origin)


TONES = ProbeTask("tones", "Low or high", "music", "players", 0.3, tones)
