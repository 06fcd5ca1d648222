"""Embeddings of clips, each made once: kept by the hashes of the encoder and of the sound."""

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np

from amarathon.errors import RunError
from amarathon.files import write_atomically
from amarathon.probes.clips import ProbeClip
from amarathon.probes.encoders.encoder import Encoder, Frames
from amarathon.probes.material import probes_folder

Embeddings = dict[str, Frames]


def embeddings(
    encoder: Encoder,
    clips: Sequence[ProbeClip],
    folder: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Embeddings:
    """Embed clips at every layer of an encoder; what is in the cache is not made again.

    Parameters
    ----------
    encoder : Encoder
    clips : sequence of ProbeClip
    folder : Path, optional
        `probes_folder` by default.
    progress : callable
        Called with clips done and clips in all.

    Returns
    -------
    dict of str to ndarray of shape (clips, width)
        By layer.

    Raises
    ------
    RunError
        A file in the cache cannot be read, or none can be written.
    AudioError
        A clip does not fit the encoder; the message names it.
    """
    root = (folder or probes_folder()) / "embeddings" / encoder.key[:16]
    rows = []
    for number, clip in enumerate(clips, start=1):
        rows.append(_embedding(encoder, clip, root))
        progress(number, len(clips))
    return {layer: np.stack([row[layer] for row in rows]) for layer in encoder.layers}


def _embedding(encoder: Encoder, clip: ProbeClip, root: Path) -> Embeddings:
    sound = clip.pcm_sha256
    path = root / sound[:2] / f"{sound}.npz"
    if path.exists():
        try:
            with np.load(path, allow_pickle=False) as kept:
                return {layer: kept[layer] for layer in encoder.layers}
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise RunError(f"{path} cannot be read ({error}): delete it, and it is made again.") from error
    made = encoder.embed(clip.samples)
    content = BytesIO()
    np.savez(content, **made)  # type: ignore[arg-type]
    path.parent.mkdir(parents=True, exist_ok=True)
    # Under its name only when it is whole: a process that is killed leaves nothing half written.
    write_atomically(path, content.getvalue())
    return made
