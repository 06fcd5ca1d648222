"""X-ARES' published figures: weights by test size, and the rows of its README of the kNN and the MLP.

They are here to check `weighted_average` by, and to stand beside ours as *published*; none of them was
measured here. Its tasks' own data cannot be had offline.

References
----------
github.com/jimbozhang/xares at 161f0efa (Apache-2.0): README.md and ``eval_weight`` of its tasks.
"""

from collections.abc import Mapping

from amarathon.probes.averages import weighted_average

MODELS = ("dasheng", "wav2vec2", "whisper", "data2vec")
PRIVATE_WEIGHT = 5000
# Test clips of each public task.
WEIGHTS: Mapping[str, int] = {
    "ASV2015": 2000,
    "Clotho": 1045,
    "CREMA-D": 1116,
    "DESED": 1153,
    "ESC-50": 400,
    "Fluent Speech Commands": 2000,
    "Free Music Archive Small": 800,
    "FSD50k": 2000,
    "FSD18-Kaggle": 1600,
    "GTZAN Genre": 100,
    "LibriCount": 1144,
    "LibriSpeech-100h": 10_000,
    "LibriSpeech-MF": 2620,
    "MAESTRO": 65,
    "NSynth-Instruments": 2000,
    "RAVDESS": 360,
    "Speech Commands V1": 2000,
    "UrbanSound 8k": 873,
    "Vocal Imitation": 1867,
    "VocalSound": 2000,
    "VoxCeleb1": 2000,
    "VoxLingua33": 1609,
}
KNN: Mapping[str, tuple[float, ...]] = {
    "ASV2015": (0.869, 0.858, 0.843, 0.942),
    "CREMA-D": (0.380, 0.221, 0.372, 0.351),
    "ESC-50": (0.618, 0.081, 0.191, 0.040),
    "Fluent Speech Commands": (0.260, 0.017, 0.032, 0.630),
    "Free Music Archive Small": (0.592, 0.251, 0.406, 0.106),
    "GTZAN Genre": (0.758, 0.303, 0.350, 0.108),
    "LibriCount": (0.311, 0.235, 0.246, 0.176),
    "LibriSpeech-MF": (0.791, 0.606, 0.617, 0.724),
    "NSynth-Instruments": (0.499, 0.251, 0.205, 0.179),
    "RAVDESS": (0.408, 0.169, 0.296, 0.313),
    "Speech Commands V1": (0.903, 0.208, 0.096, 0.852),
    "UrbanSound 8k": (0.662, 0.339, 0.215, 0.156),
    "Vocal Imitation": (0.107, 0.010, 0.016, 0.018),
    "VocalSound": (0.382, 0.269, 0.405, 0.308),
    "VoxCeleb1": (0.262, 0.003, 0.010, 0.033),
    "VoxLingua33": (0.376, 0.034, 0.360, 0.058),
}
KNN_PRIVATE: Mapping[str, tuple[float, ...]] = {
    "Key scratching car": (0.955, 0.923, 0.691, 0.550),
    "Finger snap sound": (0.848, 0.787, 0.401, 0.461),
    "Inside/outside car": (0.798, 0.575, 0.730, 0.588),
    "Subway broadcast": (0.949, 0.533, 0.884, 0.530),
}
KNN_PRINTED = {"public": (0.504, 0.262, 0.299, 0.388), "all": (0.683, 0.469, 0.475, 0.455)}


def knn_averages(*, private: bool) -> tuple[float, ...]:
    """The published kNN rows averaged as X-ARES averages, one figure for each of `MODELS`."""
    rows = {**KNN, **KNN_PRIVATE} if private else KNN
    weights = [WEIGHTS.get(task, PRIVATE_WEIGHT) for task in rows]
    return tuple(
        weighted_average([row[model] for row in rows.values()], weights) for model in range(len(MODELS))
    )
