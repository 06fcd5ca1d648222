"""A judge for what no ready tool answers: a classifier fitted on the training split.

It shows that the answer can be learnt from the sound and carries over to other voices, recordings and
grooves. What it hears with (`hearing`) had no part in making the sounds.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from amarathon.construction.answerability.hearing import EARS
from amarathon.construction.answerability.judging import Judgement, Samples, chosen_option, clear_winner
from amarathon.construction.mini import render
from amarathon.tasks.sample import Sample

FITTED_ON = 120
_SECONDS = 25.0
_TREES = 500
_HEARD = {"voice": "pitch, pace, pauses and spectral balance", "tags": "YAMNet's scores and spectral balance"}


@cache
def _fitted(task: str, ear: str) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier

    rows, labels = [], []
    for index in range(FITTED_ON):
        made = render(task, "train", index, _SECONDS)
        rows.append(EARS[ear](made.samples))
        labels.append(made.question.options[made.question.answer or 0].label)
    return ExtraTreesClassifier(_TREES, random_state=0).fit(np.array(rows), labels)


@dataclass(frozen=True)
class Fitted:
    """Answers with the option that a classifier of the task's labels finds most probable.

    Attributes
    ----------
    ear : {"voice", "tags"}
    """

    ear: str

    @property
    def name(self) -> str:
        """See `Judge`."""
        return f"{_TREES} trees on {_HEARD[self.ear]}, fitted on {FITTED_ON} samples of the training split"

    def __call__(self, sample: Sample, samples: Samples) -> Judgement:
        """Compare the options' probabilities."""
        classifier = _fitted(sample.task, self.ear)
        found = classifier.predict_proba([EARS[self.ear](samples)])[0]
        probability = dict(zip(classifier.classes_, found, strict=True))
        values = [float(probability.get(option.label, 0.0)) for option in sample.options]
        return chosen_option(sample, clear_winner(values))
