"""A judge for what no ready tool answers: a classifier fitted on the training split.

It shows that the answer can be learnt from the sound and carries over to other voices, recordings and
grooves. Its ear is YAMNet and a pitch tracker, which had no part in making the sounds.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.answerability.judging import Judgement, Samples, chosen_option, clear_winner
from amarathon.construction.answerability.pitch import pitches
from amarathon.construction.answerability.yamnet import YAMNET_NAME, scores
from amarathon.construction.mini import render
from amarathon.samples import Sample

FITTED_ON = 120
_SECONDS = 25.0


def features(samples: Samples) -> NDArray[np.float64]:
    """Tags, pitch, loudness over time and spectral balance of a recording, as one vector."""
    tags = scores(samples).astype(np.float64)
    found = pitches(samples)
    pitch = np.log(found) if len(found) > 1 else np.zeros(2)
    quarters = np.percentile(pitch, (10, 25, 50, 75, 90))
    return np.concatenate([tags.mean(axis=0), tags.std(axis=0), quarters * 4, _rhythm(samples)])


def _rhythm(samples: Samples) -> NDArray[np.float64]:
    """Loudness in steps of 10 ms: its spread, how fast it changes, how much of it is pause; and dullness."""
    step = SAMPLE_RATE // 100
    blocks = samples[: len(samples) // step * step].reshape(-1, step).astype(np.float64)
    level = 10 * np.log10((blocks**2).mean(axis=1) + 1e-9)
    smooth = np.convolve(level, np.ones(5) / 5, "same")
    rises = ((smooth[1:-1] > smooth[:-2]) & (smooth[1:-1] >= smooth[2:]) & (smooth[1:-1] > -35)).mean()
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    parts = [power[(hertz >= low) & (hertz < 2 * low)].sum() for low in (125, 250, 500, 1000, 2000, 4000)]
    balance = np.log(np.array(parts) + 1e-9)
    return np.concatenate([[level.std() / 5, 50 * rises, 5 * (level < -40).mean()], balance - balance.mean()])


@cache
def _fitted(task: str) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows, labels = [], []
    for index in range(FITTED_ON):
        made = render(task, "train", index, _SECONDS)
        rows.append(features(made.samples))
        labels.append(made.question.options[made.question.answer or 0].label)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=2000))
    return classifier.fit(np.array(rows), labels)


class Fitted:
    """Answers with the option that a classifier of the task's labels finds most probable."""

    name = f"classifier on {YAMNET_NAME} scores, pitch and rhythm, fitted on the training split"

    def __call__(self, sample: Sample, samples: Samples) -> Judgement:
        """Compare the options' probabilities."""
        classifier = _fitted(sample.task)
        probability = dict(
            zip(classifier.classes_, classifier.predict_proba([features(samples)])[0], strict=True)
        )
        values = [float(probability.get(option.label, 0.0)) for option in sample.options]
        return chosen_option(sample, clear_winner(values))
