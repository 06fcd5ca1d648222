"""Simulated answers of many runs at once, whose true scores are known.

A run has recordings of unequal lengths with several questions each. Its answers are right at a rate
that differs from recording to recording: the rates follow a beta distribution with a given mean and
intra-cluster correlation; at a correlation of 1 a recording is right or wrong as a whole.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from amarathon.metrics.statistic import (
    Floats,
    Integers,
    accuracy_of,
    effective_number,
    macro_f1_of,
    word_accuracy_of,
)

SIZES = ("equal", "single", "uneven", "steep", "strata")
EVEN, UNEVEN = (0.25,) * 4, (0.5, 0.3, 0.15, 0.05)
SHORTEST, LONGEST = 5, 60  # words of an utterance
# By how much the recordings of two strata differ from the mean, at most.
STRATUM_EFFECT = 0.15


@dataclass(frozen=True)
class Setting:
    """One cell of the simulation.

    Attributes
    ----------
    clusters : int
        Recordings.
    accuracy : float
        True share of right answers or words.
    sizes : str
        ``"equal"``: six questions each; ``"single"``: one; ``"uneven"``: lognormal, from 1 to dozens;
        ``"steep"``: falling from 40 to 1; ``"strata"``: six each, in two halves of different accuracy.
    correlation : float
        Intra-cluster correlation, 0 to 1.
    """

    clusters: int
    accuracy: float
    sizes: str
    correlation: float


@dataclass(frozen=True)
class Score:
    """A score to be simulated.

    Attributes
    ----------
    name : str
    value : callable
        Of sums of counts; see `amarathon.metrics.statistic.Statistic`.
    classes : tuple of float
        Shares of the right classes; none for transcripts.
    by_recording : bool
        Every question about a recording has the same right answer, as a speaker's sex has.
    """

    name: str
    value: Callable[[Floats], Floats]
    classes: tuple[float, ...] = ()
    by_recording: bool = False

    def truth(self, accuracy: float) -> float:
        """The score that ever more recordings tend to, 0 to 100."""
        if self.value is not macro_f1_of:
            return 100 * accuracy
        shares = np.array(self.classes)
        wrongly = (shares.sum() - shares) * (1 - accuracy) / (len(shares) - 1)
        return 100 * float(np.mean(2 * shares * accuracy / (shares + shares * accuracy + wrongly)))


SCORES = (
    Score("accuracy", accuracy_of, EVEN),
    Score("macro F1, four even classes", macro_f1_of, EVEN),
    Score("macro F1, a class for each recording", macro_f1_of, EVEN, by_recording=True),
    Score("macro F1, two classes, one for each recording", macro_f1_of, (0.5, 0.5), by_recording=True),
    Score("macro F1, classes of 50, 30, 15 and 5%", macro_f1_of, UNEVEN),
    Score("word accuracy", word_accuracy_of),
)


@dataclass(frozen=True)
class Simulated:
    """Runs of one system.

    Attributes
    ----------
    sums : array of shape (runs, clusters, cells)
        Counts of each recording.
    samples, clusters : array of shape (runs,)
        Effective numbers; see `amarathon.metrics.statistic.Statistic`.
    replies : array of shape (runs, clusters, most)
        Classes read, or word edits, of each question; for a second system that copies some of them.
    """

    sums: Floats
    samples: Floats
    clusters: Floats
    replies: Integers = field(repr=False)


@dataclass(frozen=True)
class Questions:
    """The questions of simulated runs.

    `mask` marks those there are, `content` is a class or a number of words.
    """

    mask: np.ndarray
    content: Integers

    @classmethod
    def draw(cls, generator: np.random.Generator, score: Score, setting: Setting, runs: int) -> "Questions":
        """Draw them for `runs` runs."""
        sizes = _sizes(generator, setting, runs)
        mask = np.arange(sizes.max()) < sizes[..., None]
        if not score.classes:
            return cls(mask, generator.integers(SHORTEST, LONGEST + 1, mask.shape) * mask)
        size = (*mask.shape[:2], 1) if score.by_recording else mask.shape
        content = generator.choice(len(score.classes), size=size, p=score.classes)
        return cls(mask, np.broadcast_to(content, mask.shape))


def answer(
    generator: np.random.Generator,
    score: Score,
    setting: Setting,
    questions: Questions,
    like: Simulated | None = None,
    copied: float = 0.0,
) -> Simulated:
    """Answer questions; of each recording a share (`copied` on average) just as `like` did."""
    shape = questions.mask.shape
    rates = _beta(generator, _means(setting), setting.correlation, shape[:2])[..., None]
    if score.classes:
        right = generator.random(shape) < rates
        size = (*shape[:2], 1) if score.by_recording else shape
        other = (questions.content + generator.integers(1, len(score.classes), size)) % len(score.classes)
        replies = np.where(right, questions.content, other)
    else:
        replies = generator.binomial(questions.content, 1 - rates)
    if like is not None:
        same = _beta(generator, np.array(copied), setting.correlation, shape[:2])[..., None]
        replies = np.where(generator.random(shape) < same, like.replies, replies)
    return _counted(score, questions, replies)


def _counted(score: Score, questions: Questions, replies: Integers) -> Simulated:
    mask = questions.mask
    if not score.classes:
        words = questions.content.astype(float)
        sums = np.stack([(replies * mask).sum(axis=-1), words.sum(axis=-1)], axis=-1).astype(float)
        weights = words
    else:
        classes = len(score.classes)
        cells = classes * (classes + 1)
        run, cluster, sample = np.nonzero(mask)
        cell = questions.content[run, cluster, sample] * (classes + 1) + replies[run, cluster, sample]
        index = (run * mask.shape[1] + cluster) * cells + cell
        size = mask.shape[0] * mask.shape[1] * cells
        sums = np.bincount(index, minlength=size).astype(float).reshape(*mask.shape[:2], cells)
        weights = mask.astype(float)
        if score.value is macro_f1_of:
            of_class = sums.reshape(*sums.shape[:2], classes, classes + 1).sum(axis=(1, 3))
            weights = (
                weights / np.maximum(of_class, 1)[np.arange(len(sums))[:, None, None], questions.content]
            )
    return Simulated(
        sums,
        effective_number(weights.reshape(len(weights), -1)),
        effective_number(weights.sum(axis=-1)),
        replies,
    )


def _sizes(generator: np.random.Generator, setting: Setting, runs: int) -> Integers:
    shape = (runs, setting.clusters)
    if setting.sizes in ("equal", "strata"):
        return np.full(shape, 6)
    if setting.sizes == "single":
        return np.ones(shape, dtype=np.int64)
    if setting.sizes == "uneven":
        return np.clip(generator.lognormal(1.4, 0.9, shape).astype(np.int64), 1, 60)
    steep = 40 * np.exp(-4 * np.arange(setting.clusters) / setting.clusters)
    return np.broadcast_to(np.maximum(1, np.round(steep)).astype(np.int64), shape)


def _means(setting: Setting) -> Floats:
    """The mean rate of each recording."""
    means = np.full(setting.clusters, setting.accuracy)
    if setting.sizes == "strata":
        half = setting.clusters // 2
        effect = min(STRATUM_EFFECT, (1 - setting.accuracy) / 2)
        means[:half] += effect
        means[half:] -= effect * half / (setting.clusters - half)
    return means


def _beta(
    generator: np.random.Generator, means: Floats, correlation: float, shape: tuple[int, ...]
) -> Floats:
    means = np.broadcast_to(means, shape)
    if correlation == 0:
        return means
    if correlation == 1:
        return (generator.random(shape) < means).astype(float)
    spread = (1 - correlation) / correlation
    return generator.beta(np.maximum(means, 1e-6) * spread, np.maximum(1 - means, 1e-6) * spread)
