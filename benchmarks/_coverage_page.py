"""The page of `benchmarks.coverage`: which methods the intervals are made by, and how they did."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass

from amarathon.metrics.intervals import LEAST_CORRELATION, MIN_CLUSTERS
from amarathon.runs.markdown import table
from benchmarks._simulated import Setting

PAGE = "docs/findings/intervals.md"
PROMISED = 0.93
TEST = "test of equal systems"


@dataclass(frozen=True)
class CoverageCell:
    """How a method did in one cell: share of intervals that hold the truth, and their mean width."""

    what: str
    method: str
    setting: Setting
    coverage: float
    width: float
    runs: int


def write_page(found: Sequence[CoverageCell], total: int) -> str:
    """Write the page, of some or all of the cells there are."""
    ours = [cell for cell in found if cell.method == "ours"]
    what = list(dict.fromkeys(cell.what for cell in ours))
    below = [cell for cell in ours if cell.coverage < PROMISED]
    runs = max(cell.runs for cell in found)
    return _TEXT.format(
        least=LEAST_CORRELATION,
        few=MIN_CLUSTERS,
        cells=total,
        simulated=_simulated(len({cell.setting for cell in found}), total),
        runs=f"{runs:,}",
        fewer=f"{min(cell.runs for cell in ours if cell.what != TEST):,}",
        tests=f"{min(cell.runs for cell in ours):,}",
        error=f"{(PROMISED * (1 - PROMISED) / runs) ** 0.5:.3f}",
        methods=_methods([cell for cell in found if cell.what == "accuracy"]),
        summary=_summary(ours, what),
        below=_below(ours, below),
        tables="\n\n".join(_lowest([cell for cell in ours if cell.what == name], name) for name in what),
    )


def _simulated(cells: int, total: int) -> str:
    return "All were simulated" if cells == total else f"Of these, {cells} spread over them were simulated"


def _methods(found: Sequence[CoverageCell]) -> str:
    rows = []
    for method in dict.fromkeys(cell.method for cell in found):
        cells = [cell for cell in found if cell.method == method]
        rows.append([method, *_figures(cells), str(sum(cell.coverage < PROMISED for cell in cells))])
    head = ["Accuracy", "Lowest", "Mean", "Mean width", f"Cells below {PROMISED}"]
    return table(head, rows)


def _summary(ours: Sequence[CoverageCell], what: Iterable[str]) -> str:
    rows = []
    for name in what:
        cells = [cell for cell in ours if cell.what == name]
        rows.append(
            [name, *_figures(cells), f"{sum(cell.coverage < PROMISED for cell in cells)} of {len(cells)}"]
        )
    return table(["Score", "Lowest", "Mean", "Mean width", f"Below {PROMISED}"], rows)


def _figures(cells: Sequence[CoverageCell]) -> list[str]:
    mean = sum(cell.coverage for cell in cells) / len(cells)
    width = sum(cell.width for cell in cells) / len(cells)
    return [f"{min(cell.coverage for cell in cells):.3f}", f"{mean:.3f}", f"{width:.1f}" if width else "-"]


def _below(ours: Sequence[CoverageCell], below: Sequence[CoverageCell]) -> str:
    if not below:
        return f"No cell is below {PROMISED}."
    # Of so many cells some fall below by the chance of the simulation alone.
    rows = [
        [cell.what, *map(str, astuple(cell.setting)), f"{cell.coverage:.3f}", str(cell.runs)]
        for cell in sorted(below, key=lambda cell: cell.coverage)
    ]
    head = ["Score", "Recordings", "Accuracy", "Sizes", "Correlation", "Coverage", "Runs"]
    return f"{len(below)} of {len(ours)} cells were seen below {PROMISED}:\n\n" + table(head, rows)


def _lowest(cells: Sequence[CoverageCell], name: str) -> str:
    """The lowest coverage over sizes and correlations, and the mean width, by recordings and accuracy."""
    by_clusters: dict[int, dict[float, list[CoverageCell]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells:
        by_clusters[cell.setting.clusters][cell.setting.accuracy].append(cell)
    accuracies = sorted({cell.setting.accuracy for cell in cells})
    rows = [
        [
            str(clusters),
            *(_cell(by_accuracy[accuracy]) if accuracy in by_accuracy else "-" for accuracy in accuracies),
        ]
        for clusters, by_accuracy in sorted(by_clusters.items())
    ]
    return f"### {name[0].upper()}{name[1:]}\n\n" + table(["Recordings", *map(str, accuracies)], rows)


def _cell(found: Sequence[CoverageCell]) -> str:
    width = _mean(found, lambda cell: cell.width)
    lowest = f"{min(cell.coverage for cell in found):.3f}"
    return f"{lowest} ({width:.0f})" if width else lowest


def _mean(found: Sequence[CoverageCell], value: Callable[[CoverageCell], float]) -> float:
    return sum(map(value, found)) / len(found)


_TEXT = """# How sure a score is

Written by `python -m benchmarks.coverage --write`; every figure below is simulated, none is typed.

What is uncertain about a score is which recordings were taken: two questions about one recording, or one
voice, are not independent. Groups of samples that share no recording or voice with others are *clusters*,
and every interval and test counts these. Many tasks have few of them, and many scores are near 100; there
the usual methods fail.

## Methods

`korn-graubard-satterthwaite`, of a score
: Clopper & Pearson's interval (1934) for an effective number of answers n = x(1 - x) / v, as Korn &
  Graubard (1998) take it for surveys; x is the score as a share, v its variance by the jackknife over
  clusters. Three things are added. The degrees of freedom of v are Satterthwaite's by the kurtosis of the
  jackknife's values, at most the effective number of clusters less one: where one recording of fifty fails,
  v is known from that one. n is at most what an intra-cluster correlation of {least} leaves of the samples,
  because few recordings cannot show that there is less. And n is at least the effective number of clusters
  (Kish 1965), lessened by the same factor for its degrees of freedom and by its share of all clusters; where
  all answers are right, or none is, n is the effective number itself (8 clusters, all right: 63 to 100).
  Samples weigh as they do in the score: in macro F1 one over the samples of their class, in word accuracy
  their words. The interval is taken around the score and around the score less the jackknife's bias, from
  the lower end of the two to the higher.

`bonett-price-satterthwaite`, of a difference between two systems on the same samples
: Bonett & Price's adjusted interval for paired shares (2012), with n as above and the share of answers that
  differ. It adds one pair in favour of each system, so that it has a width where no answer differs.

`mover`, of a mean over tasks
: Zou & Donner's (2008): distances from scores to the ends of their intervals are added as errors are, below
  and above apart, with the correlation of tasks that ask about the same recordings. A task with too few
  clusters has no interval; the overall interval then takes its score as it is, and says so: it is
  *conditional on* that task's recordings.

`two-way`, of the mean of people
: The intervals over people and over recordings, their distances added likewise (after Cameron, Gelbach &
  Miller 2011).

Strata: all clusters of a task are one stratum for it, whatever other tasks they serve. So no cluster is ever
alone in its stratum, and clusters of different kinds make an interval longer, not shorter.

Too few: from fewer than {few} clusters there is no interval.

Ranks: each pair of rows that answered about the same recordings is tested by turning the signs of
clusters' differences (pseudo-values of the jackknife; Canay, Romano & Shaikh 2017), all pairs are corrected
together (Benjamini & Hochberg 1995, 5% false discoveries), and a row's ranks go from one more than the rows
that are surely better to all less those that are surely worse.

## Simulation

{cells} cells: 5, 8, 15 and 50 recordings; accuracies of .5, .7, .9, .97 and .98; six questions a recording,
one, lognormal numbers, steeply falling ones (40 to 1) and two strata of different accuracy; intra-cluster
correlations of 0, .1, .3, .7 and 1 (rates of recordings follow a beta distribution). {simulated}, with {runs}
runs in each cell for scores, {fewer} for differences and means, {tests} for tests. The standard error of a
coverage near {promised} is {error} with {runs} runs; of hundreds of cells some are seen two of them below
what they are.

Other methods than ours, on accuracy:

{methods}

Ours, on every score; "mean width" is over all cells, most of which have few recordings. For differences
each cell is simulated with four second systems, which copy 0 to 90% of the first one's answers and are as
accurate, 10 or 20 points worse where they do not. For the test of equal systems, coverage is the share of
pairs that p < 0.05 does not call different.

{summary}

{below}

## By recordings and accuracy

The lowest coverage over sizes and correlations, and in brackets the mean width in points.

{tables}
""".replace("{promised}", str(PROMISED))
