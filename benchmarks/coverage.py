"""How often 95% intervals hold the true score, by simulation; ``docs/findings/intervals.md`` is its page.

python -m benchmarks.coverage [--quick] [--runs 1000] [--every 1] [--write]

With ``--write`` the page is written; ``--every 4`` simulates every fourth cell, ``--quick`` every tenth with
few runs. A cell that is clearly below what is promised ends it with an error. Ten minutes of one core.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
from scipy.special import stdtrit

from amarathon.files import write_atomically
from amarathon.metrics.intervals import (
    clopper_pearson,
    difference_ends,
    jackknife_variance,
    score_ends,
)
from amarathon.metrics.means import mean_ends
from amarathon.metrics.permutation import paired_p_values
from amarathon.metrics.statistic import Floats
from benchmarks._coverage_page import PAGE, PROMISED, TEST, CoverageCell, write_page
from benchmarks._simulated import SCORES, SIZES, Questions, Score, Setting, Simulated, answer

CLUSTERS = (5, 8, 15, 50)
ACCURACIES = (0.5, 0.7, 0.9, 0.97, 0.98)
CORRELATIONS = (0.0, 0.1, 0.3, 0.7, 1.0)
# What a second system copies of the first one's answers, and how accurate it is where it does not.
SECOND = ((0.9, 0.0), (0.5, 0.0), (0.5, -0.2), (0.0, -0.1))
TASKS = 6
RESAMPLES = 200
LEVEL = 0.95


def settings() -> Iterator[Setting]:
    """Every cell; recordings with one question have no correlation."""
    for setting in product(CLUSTERS, ACCURACIES, SIZES, CORRELATIONS):
        if setting[2] != "single" or setting[3] == 0:
            yield Setting(*setting)


def left_out(score: Score, runs: Simulated) -> tuple[Floats, Floats]:
    """The scores, and what they are without each recording."""
    total = runs.sums.sum(axis=1)
    return score.value(total), score.value(total[:, None] - runs.sums)


def of_scores(
    generator: np.random.Generator, score: Score, setting: Setting, runs: int
) -> Iterator[CoverageCell]:
    """The product's interval of a score, and for accuracy those of other methods."""
    simulated = answer(generator, score, setting, Questions.draw(generator, score, setting, runs))
    scores, without = left_out(score, simulated)
    truth = score.truth(setting.accuracy)
    ends = score_ends(scores, without, simulated.samples, simulated.clusters)
    yield _found(score.name, "ours", setting, truth, *ends)
    if score.name == "accuracy":
        for method, other in others(generator, score, simulated, scores, without).items():
            yield _found(score.name, method, setting, truth, *other)


def others(
    generator: np.random.Generator, score: Score, simulated: Simulated, scores: Floats, without: Floats
) -> dict[str, tuple[Floats, Floats]]:
    """Methods that were not taken: percentile bootstrap, cluster t, Korn & Graubard's as published."""
    count = without.shape[1]
    variance = jackknife_variance((without - scores[:, None]) / 100)
    half = 100 * stdtrit(count - 1, (1 + LEVEL) / 2) * np.sqrt(variance)
    weights = generator.multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    resampled = score.value(np.einsum("bc,rcx->rbx", weights.astype(float), simulated.sums))
    share = scores / 100
    answers = np.divide(share * (1 - share), variance, out=simulated.samples.copy(), where=variance > 0)
    factor = stdtrit(np.maximum(simulated.samples - 1, 1), 0.975) / stdtrit(count - 1, 0.975)
    published = clopper_pearson(share, np.minimum(answers, simulated.samples) * factor**2)
    return {
        "percentile bootstrap": tuple(np.quantile(resampled, [0.025, 0.975], axis=1)),
        "cluster t": (scores - half, scores + half),
        "Korn-Graubard": (100 * published[0], 100 * published[1]),
    }


def of_differences(
    generator: np.random.Generator, score: Score, setting: Setting, runs: int
) -> Iterator[CoverageCell]:
    """The product's interval of paired differences from several second systems."""
    for copied, change in SECOND:
        other_accuracy = max(setting.accuracy + change, 0.05)
        questions = Questions.draw(generator, score, setting, runs)
        first = answer(generator, score, setting, questions)
        other = Setting(setting.clusters, other_accuracy, setting.sizes, setting.correlation)
        second = answer(generator, score, other, questions, like=first, copied=copied)
        (one, one_left), (two, two_left) = left_out(score, first), left_out(score, second)
        truth = score.truth(copied * setting.accuracy + (1 - copied) * other_accuracy) - score.truth(
            setting.accuracy
        )
        changed = _changed(score, questions, first, second)
        ends = difference_ends(two - one, two_left - one_left, changed, first.samples, first.clusters)
        yield _found(f"difference of {score.name}", "ours", setting, truth, *ends)


def _changed(score: Score, questions: Questions, first: Simulated, second: Simulated) -> Floats:
    mask = questions.mask.astype(float)
    if not score.classes:
        apart = np.abs(first.replies - second.replies) * mask
        return apart.sum(axis=(1, 2)) / questions.content.sum(axis=(1, 2))
    apart = (first.replies != second.replies) * mask
    if score.name == "accuracy":
        return apart.sum(axis=(1, 2)) / mask.sum(axis=(1, 2))
    classes = range(len(score.classes))
    own = np.stack([(questions.content == label) * mask for label in classes])
    of_class = own.sum(axis=(2, 3))
    shares = (own * apart).sum(axis=(2, 3)) / np.maximum(of_class, 1)
    return shares.sum(axis=0) / (of_class > 0).sum(axis=0)


def of_means(generator: np.random.Generator, setting: Setting, runs: int) -> CoverageCell:
    """The product's interval of a mean over tasks, two and two of which ask about the same recordings."""
    parts = []
    for _ in range(TASKS // 2):
        questions = Questions.draw(generator, SCORES[0], setting, runs)
        first = answer(generator, SCORES[0], setting, questions)
        second = answer(generator, SCORES[1], setting, questions, like=first, copied=0.5)
        for score, simulated in zip(SCORES[:2], (first, second), strict=True):
            scores, without = left_out(score, simulated)
            ends = score_ends(scores, without, simulated.samples, simulated.clusters)
            parts.append((scores, without - scores[:, None], *ends))
    scores, lows, highs = (np.stack([part[index] for part in parts], axis=1) for index in (0, 2, 3))
    pairs = zip(parts[::2], parts[1::2], strict=True)
    correlation = np.stack([_together(one[1], two[1]) for one, two in pairs])
    ends = np.empty((2, runs))
    for run in range(runs):
        whole = np.eye(TASKS)
        whole[np.arange(TASKS), np.arange(TASKS) ^ 1] = np.repeat(correlation[:, run], 2)
        ends[:, run] = mean_ends(scores[run], lows[run], highs[run], whole)
    truth = float(np.mean([SCORES[index % 2].truth(setting.accuracy) for index in range(TASKS)]))
    return _found("mean of six tasks", "ours", setting, truth, *ends)


def _together(first: Floats, second: Floats) -> Floats:
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.divide(
        np.maximum((first * second).sum(axis=1), 0), norms, out=np.ones_like(norms), where=norms > 0
    )


def of_tests(generator: np.random.Generator, setting: Setting, runs: int) -> CoverageCell:
    """Share of equal systems that the test of ranks does not call different at p < 0.05."""
    score = SCORES[2]
    questions = Questions.draw(generator, score, setting, runs)
    values = []
    for _ in range(2):
        scores, without = left_out(score, answer(generator, score, setting, questions))
        changes = (setting.clusters - 1) * (scores[:, None] - without)
        values.append((scores[:, None] + changes - changes.mean(axis=1, keepdims=True)) / setting.clusters)
    pairs = np.stack(values, axis=1)
    p_values = [paired_p_values(pair, permutations=1000)[0, 1] for pair in pairs]
    return CoverageCell(TEST, "ours", setting, float(np.mean(np.array(p_values) >= 0.05)), 0.0, runs)


def _found(what: str, method: str, setting: Setting, truth: float, low: Floats, high: Floats) -> CoverageCell:
    covered = (low <= truth + 1e-6) & (truth - 1e-6 <= high)
    return CoverageCell(
        what, method, setting, float(covered.mean()), float((high - low).mean()), len(covered)
    )


def simulate(runs: int, cells: Sequence[Setting], seed: int = 0) -> list[CoverageCell]:
    """Simulate every score, difference and mean in `cells`."""
    generator = np.random.default_rng(seed)
    found: list[CoverageCell] = []
    for setting in cells:
        for score in SCORES:
            found += of_scores(generator, score, setting, runs)
        for score in (SCORES[0], SCORES[2], SCORES[-1]):
            found += of_differences(generator, score, setting, max(runs // 4, 50))
        found.append(of_means(generator, setting, max(runs // 4, 50)))
        if setting.sizes in ("equal", "uneven") and setting.clusters < 50:
            found.append(of_tests(generator, setting, max(runs // 10, 50)))
    return found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--every", type=int, default=1, help="Simulate one cell in so many.")
    parser.add_argument("--write", action="store_true", help=f"Write {PAGE}.")
    arguments = parser.parse_args()
    runs, every = (100, 10) if arguments.quick else (arguments.runs, arguments.every)
    cells = list(settings())
    found = simulate(runs, cells[::every])
    page = write_page(found, len(cells))
    if arguments.write:
        write_atomically(Path(PAGE), page)
    sys.stdout.write(page)
    if short := [cell for cell in found if cell.method == "ours" and clearly_below(cell)]:
        sys.exit(f"Clearly below {PROMISED}: {short}")


def clearly_below(found: CoverageCell) -> bool:
    """Whether a coverage is further below what is promised than chance would have it in so many cells."""
    return found.coverage < PROMISED - 4 * np.sqrt(PROMISED * (1 - PROMISED) / found.runs)


if __name__ == "__main__":
    main()
