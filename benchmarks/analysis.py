"""What is made of records: the page of findings, transcripts' normal forms, one interval, beside peers.

python -m benchmarks.analysis [--repeats 3]
"""

import argparse
import time
from typing import Any

import numpy as np
from scipy import stats
from whisper_normalizer.english import EnglishTextNormalizer

from amarathon.assets import BUNDLED_RUNS
from amarathon.metrics import transcripts
from amarathon.metrics.intervals import score_interval
from amarathon.metrics.statistic import Floats, Statistic
from amarathon.runs import Run, read_run
from amarathon.runs.findings import findings
from benchmarks._common import interleaved, report
from benchmarks._rows import row

FINDINGS_LIMIT_S = 6.0
SAMPLES, RESAMPLES = 480, 1000


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    run = read_run(BUNDLED_RUNS / "small-on-mini")
    taken = []
    for _ in range(max(1, arguments.repeats // 3)):
        forget()
        began = time.process_time()
        findings(run)
        taken.append(time.process_time() - began)
    what = "`amarathon findings`, 480 samples x 33 configurations"
    rows = [row(what, taken, [FINDINGS_LIMIT_S], "limit", unit="CPU s", at_most=1.0)]
    rows += [normal_forms(run, arguments.repeats), interval(arguments.repeats)]
    report("analysis", {"repeats": arguments.repeats, "rows": rows})


def forget() -> None:
    """Empty the caches of transcripts."""
    transcripts.whisper_normalise.cache_clear()
    transcripts._normal_piece.cache_clear()


def normal_forms(run: Run, repeats: int) -> dict[str, Any]:
    """Every reply of the transcripts brought to its normal form."""
    replies = {record.reply for record in run.predictions() if record.task == "ASR"}
    whisper = EnglishTextNormalizer()

    def afresh() -> None:
        forget()
        for reply in replies:
            transcripts.whisper_normalise(reply)

    ways = {"ours": afresh, "whisper": lambda: [whisper(reply) for reply in replies]}
    seconds = interleaved(ways, max(1, repeats // 2), time.process_time)
    what, beside = f"Normal forms of {len(replies)} transcripts", "Whisper's normaliser on each whole text"
    return row(what, seconds["ours"], seconds["whisper"], beside, unit="CPU s", at_most=1.0)


def interval(repeats: int) -> dict[str, Any]:
    """The interval of an accuracy, beside scipy's bootstrap with a vectorised statistic."""
    rng = np.random.default_rng(0)
    right = (rng.random(SAMPLES) < 0.7).astype(float)
    statistic = Statistic(np.stack([right, 1 - right], axis=1), np.arange(SAMPLES) // 2, share)

    def resampled() -> None:
        stats.bootstrap(
            (right,), np.mean, n_resamples=RESAMPLES, vectorized=True, method="percentile", rng=rng
        )

    seconds = interleaved({"ours": lambda: score_interval(statistic), "scipy": resampled}, 5 * repeats)
    beside = f"scipy's vectorised bootstrap, {RESAMPLES} resamples"
    return row(f"One interval, {SAMPLES} samples", seconds["ours"], seconds["scipy"], beside, at_most=1.0)


def share(counts: Floats) -> Floats:
    """What is right, in percent, of counts of right and wrong."""
    found: Floats = 100 * counts[..., 0] / counts.sum(axis=-1)
    return found


if __name__ == "__main__":
    main()
