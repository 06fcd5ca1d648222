"""A judge for what no ready tool answers: a classifier fitted on the training split.

It shows that the answer can be learnt from the sound and carries over to other voices, recordings and
grooves. Its features (`features`) had no part in making the sounds.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from amarathon.construction.answerability.features import EXTRACTORS
from amarathon.construction.answerability.judging import SampleJudgement, Samples, chosen_option, clear_winner
from amarathon.construction.mini import render
from amarathon.tasks.sample import Sample

FITTED_ON = 120
_SECONDS = 25.0
_TREES = 500
_DESCRIPTIONS = {
    "voice": "pitch, pace, pauses and spectral balance",
    "tags": "YAMNet's scores and spectral balance",
}


@cache
def _fitted(task: str, feature_set: str) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier

    rows, labels = [], []
    for index in range(FITTED_ON):
        made = render(task, "train", index, _SECONDS)
        rows.append(EXTRACTORS[feature_set](made.samples))
        labels.append(made.question.options[made.question.answer or 0].label)
    return ExtraTreesClassifier(_TREES, random_state=0).fit(np.array(rows), labels)


@dataclass(frozen=True)
class Fitted:
    """Answers with the option that a classifier of the task's labels finds most probable.

    Attributes
    ----------
    feature_set : {"voice", "tags"}
    """

    feature_set: str

    @property
    def name(self) -> str:
        """See `Judge`."""
        features = _DESCRIPTIONS[self.feature_set]
        return f"{_TREES} trees on {features}, fitted on {FITTED_ON} samples of the training split"

    def __call__(self, sample: Sample, samples: Samples) -> SampleJudgement:
        """Compare the options' probabilities."""
        classifier = _fitted(sample.task, self.feature_set)
        found = classifier.predict_proba([EXTRACTORS[self.feature_set](samples)])[0]
        probability = dict(zip(classifier.classes_, found, strict=True))
        values = [float(probability.get(option.label, 0.0)) for option in sample.options]
        return chosen_option(sample, clear_winner(values))
