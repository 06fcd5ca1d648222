"""Bootstrap of macro F1 from sums of counts, against scoring the drawn rows one resample at a time.

python -m benchmarks.bootstrap [--samples 1000] [--resamples 100] [--repeats 3]
"""

import argparse
from functools import partial

import numpy as np
from sklearn.metrics import f1_score

from amarathon.metrics.resampling import bootstrap, draw_weights
from amarathon.metrics.statistic import choice_statistic, macro_f1_of
from benchmarks._common import interleaved, ratio, report


def by_rows(gold: np.ndarray, read: np.ndarray, clusters: np.ndarray, resamples: int) -> np.ndarray:
    """Write every resample out and score it with scikit-learn."""
    scores = []
    for block in draw_weights(np.zeros(clusters.max() + 1, dtype=np.int64), resamples, seed=0):
        for weights in block:
            rows = np.repeat(np.arange(len(gold)), weights[clusters].astype(int))
            scores.append(100 * f1_score(gold[rows], read[rows], average="macro"))
    return np.array(scores)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--resamples", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    generator = np.random.default_rng(0)
    gold, read = generator.integers(0, 4, size=(2, arguments.samples))
    clusters = np.arange(arguments.samples) // 2
    statistic = choice_statistic(gold.tolist(), read.tolist(), clusters, macro_f1_of)
    ways = {
        "sums": partial(bootstrap, [statistic], resamples=arguments.resamples),
        "rows": partial(by_rows, gold, read, clusters, arguments.resamples),
    }
    np.testing.assert_allclose(ways["sums"]()[0], ways["rows"]())
    seconds = interleaved(ways, arguments.repeats)
    report(
        "bootstrap",
        {
            "samples": arguments.samples,
            "resamples": arguments.resamples,
            "rows_over_sums": ratio(seconds["rows"], seconds["sums"]),
        },
    )


if __name__ == "__main__":
    main()
