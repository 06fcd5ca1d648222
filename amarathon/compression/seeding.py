"""Where random methods begin to draw: the seed of a run, and which recording it is.

With the seed alone, every recording of one length would keep the same tokens, and one unlucky draw would be
in all answers. So what names the recording is mixed in: a sample's id where there is one, and otherwise a
digest of the model's audio input.
"""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from amarathon.audio import Audio

# Short of what a generator takes, so that layers can be counted up from it.
_BITS = 62


def recording_seed(seed: int, recording: str) -> int:
    """The seed of one recording's random draws.

    Parameters
    ----------
    seed : int
        Of the run.
    recording : str
        What names the recording: a sample's id, or a digest.

    Returns
    -------
    int
        From 0, below 2 ** 62: the first bits of the SHA-256 of both.
    """
    digest = hashlib.sha256(f"{seed}\n{recording}".encode()).digest()
    return int.from_bytes(digest[:8]) >> (64 - _BITS)


def name_of(audio: "Audio", recording: str | None) -> str:
    """What names a recording: what it is called, or else the SHA-256 of its PCM."""
    from amarathon.audio.types import to_pcm16

    if recording is not None:
        return recording
    # Sound that was never in a file has no hash yet.
    return audio.pcm_sha256 or hashlib.sha256(to_pcm16(audio.samples).tobytes()).hexdigest()


def digest_of(audio_input: "Tensor") -> str:
    """SHA-256 of a tensor's values, as they lie in memory."""
    import torch

    values = audio_input.detach().cpu().contiguous().flatten().view(torch.uint8)
    return hashlib.sha256(values.numpy().tobytes()).hexdigest()
