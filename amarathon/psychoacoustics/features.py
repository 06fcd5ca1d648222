"""What the small nets hear: log-mel energies of both ears, and the phase between them."""

from functools import lru_cache

import torch
from transformers.audio_utils import mel_filter_bank

from amarathon.psychoacoustics.types import SAMPLE_RATE

FRAME, HOP, BANDS = 512, 256, 64
SMALLEST_POWER = 1e-5


def features(waveforms: torch.Tensor, phases: bool) -> torch.Tensor:
    """Features of waveforms of shape (batch, 2, samples).

    Returns
    -------
    tensor of shape (batch, 2 or 4 times `BANDS`, frames)
        Log-mel energies of left and right; with `phases`, cosine and sine of the interaural phase as well,
        each averaged over the bins of a band by their share in it.
    """
    batch, ears, samples = waveforms.shape
    window = torch.hann_window(FRAME, dtype=waveforms.dtype)
    spectrum = torch.stft(
        waveforms.reshape(batch * ears, samples), FRAME, HOP, window=window, center=False, return_complex=True
    ).reshape(batch, ears, FRAME // 2 + 1, -1)
    power = torch.einsum("bk,nebt->nekt", _filters(), spectrum.abs() ** 2 / FRAME)
    parts = list((power + SMALLEST_POWER).log().unbind(1))
    if phases:
        cross = spectrum[:, 0] * spectrum[:, 1].conj()
        turned = cross / cross.abs().clamp_min(1e-12)
        shares = _filters() / _filters().sum(0).clamp_min(1e-12)
        parts += [torch.einsum("bk,nbt->nkt", shares, part) for part in (turned.real, turned.imag)]
    return torch.cat(parts, dim=1)


@lru_cache(maxsize=1)
def _filters() -> torch.Tensor:
    # Slaney's, from 60 Hz: no band of 64 is empty at this resolution then.
    bank = mel_filter_bank(FRAME // 2 + 1, BANDS, 0.0, SAMPLE_RATE / 2, SAMPLE_RATE, mel_scale="slaney")
    return torch.tensor(bank, dtype=torch.float32)
