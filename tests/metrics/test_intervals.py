"""Intervals hold the true score as often as they say, and equal published figures where these exist."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from amarathon.metrics.intervals import (
    clopper_pearson,
    difference_interval,
    score_ends,
    score_interval,
)
from amarathon.metrics.means import MeanTerm, interval_of_mean
from amarathon.metrics.statistic import (
    Statistic,
    accuracy_of,
    choice_statistic,
    effective_number,
    macro_f1_of,
    word_accuracy_of,
)
from benchmarks._simulated import Setting
from benchmarks.coverage import clearly_below, settings, simulate


def answers(right: list[int], per: int) -> Statistic:
    """Accuracy over recordings with so many right answers of `per` each."""
    hits = [int(index < count) for count in right for index in range(per)]
    return choice_statistic(
        [1] * len(hits), hits, np.repeat(np.arange(len(right)), per), accuracy_of, classes=[0, 1]
    )


@given(st.integers(0, 60), st.integers(1, 60))
def test_whole_numbers_give_scipys_clopper_pearson(hits: int, count: int) -> None:
    hits = min(hits, count)
    low, high = clopper_pearson(np.array(hits / count), np.array(float(count)))
    expected = binomtest(hits, count).proportion_ci(0.95, method="exact")
    assert (low, high) == (pytest.approx(expected.low, abs=1e-9), pytest.approx(expected.high, abs=1e-9))


@pytest.mark.parametrize(
    ("hits", "answers", "low", "high"),
    [
        # statsmodels 0.15, proportion_confint(method="beta"): its arguments need not be whole either.
        (7.25, 8.5, 0.46404587, 0.99294064),
        (0.5, 12.0, 0.00004008, 0.32849573),
    ],
)
def test_parts_of_answers_give_statsmodels_figures(
    hits: float, answers: float, low: float, high: float
) -> None:
    found = clopper_pearson(np.array(hits / answers), np.array(answers))
    assert (float(found[0]), float(found[1])) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6))


@pytest.mark.parametrize("clusters", [5, 8, 15, 50])
@pytest.mark.parametrize("per", [1, 6, 40])
def test_all_right_is_as_sure_as_so_many_recordings_however_much_is_asked(clusters: int, per: int) -> None:
    interval = score_interval(answers([per] * clusters, per))
    assert interval is not None
    assert (interval.low, interval.high) == (pytest.approx(100 * 0.025 ** (1 / clusters)), 100)
    none = score_interval(answers([0] * clusters, per))
    assert none is not None
    assert (none.low, none.high) == (0, pytest.approx(100 - interval.low))


def test_one_wrong_answer_does_not_make_a_score_less_sure_than_none() -> None:
    for per in (1, 6):
        whole, one = (score_interval(answers([per] * 49 + [last], per)) for last in (per, per - 1))
        assert whole is not None
        assert one is not None
        assert one.high - one.low < 2 * (whole.high - whole.low)


def test_recordings_that_are_right_as_a_whole_count_once() -> None:
    """Kish's design effect: ten questions about one recording that go together are one answer."""
    together = score_interval(answers([10] * 10 + [0] * 10, 10))
    apart = score_interval(answers([5] * 20, 10))
    assert together is not None
    assert apart is not None
    exact = binomtest(10, 20).proportion_ci(0.95, method="exact")
    assert together.low <= 100 * exact.low
    assert together.high >= 100 * exact.high
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


def test_fewer_recordings_than_five_have_no_interval() -> None:
    assert score_interval(answers([6] * 4, 6)) is None
    assert score_interval(answers([6] * 5, 6)) is not None
    assert score_interval(Statistic(np.zeros((0, 2)), np.arange(0), word_accuracy_of)) is None


def test_the_same_question_asked_again_is_no_more_evidence() -> None:
    gold, read, clusters = [0, 1] * 12, [0, 1, 1, 1] * 6, np.arange(24) // 3
    once = choice_statistic(gold, read, clusters, macro_f1_of)
    thrice = choice_statistic(
        gold * 3, read * 3, np.tile(clusters, 3), macro_f1_of, units=np.tile(np.arange(24), 3)
    )
    first, again = score_interval(once), score_interval(thrice)
    assert first is not None
    assert again is not None
    assert (first.low, first.high) == (pytest.approx(again.low), pytest.approx(again.high))


def test_a_rare_class_counts_as_few_samples() -> None:
    even = choice_statistic([0] * 20 + [1] * 20, [0] * 20 + [1] * 20, np.arange(40), macro_f1_of)
    rare = choice_statistic([0] * 38 + [1] * 2, [0] * 38 + [1] * 2, np.arange(40), macro_f1_of)
    assert even.effective_samples() == pytest.approx(40)
    assert rare.effective_samples() == pytest.approx(4 / (1 / 38 + 1 / 2))
    assert effective_number(np.ones((3, 7))).tolist() == [7, 7, 7]


def test_no_difference_leaves_room_for_one_that_was_not_seen() -> None:
    """As much as so many recordings would hide: Bonett & Price with one pair added for each side."""
    for clusters in (8, 50):
        same = answers([4] * clusters, 6)
        interval = difference_interval(same, same, np.zeros(6 * clusters))
        assert interval is not None
        assert interval.low == pytest.approx(-interval.high)
        # Every recording may show a difference with this probability, and none of them shows it.
        hidden = 1 - 0.05 ** (1 / clusters)
        assert 0.8 * 100 * hidden < interval.high < 1.6 * 100 * hidden


def test_paired_differences_are_surer_than_the_scores_they_are_of() -> None:
    first, second = answers([3, 6] * 10, 6), answers([4, 6] * 10, 6)
    changed = (first.counts != second.counts).any(axis=1).astype(float)
    paired = difference_interval(second, first, changed)
    alone = score_interval(first)
    assert paired is not None
    assert alone is not None
    assert paired.low < 100 / 12 < paired.high
    assert paired.high - paired.low < alone.high - alone.low


def test_a_mean_is_surer_than_its_parts_unless_they_ask_about_the_same_recordings() -> None:
    def as_term(statistic: Statistic, first: int) -> MeanTerm:
        left_out = statistic.left_out()
        numbers = first + np.arange(len(left_out))
        return MeanTerm(statistic.score(), score_interval(statistic), numbers, left_out - statistic.score())

    one = answers([6, 3] * 6, 6)
    own = score_interval(one)
    apart = interval_of_mean([as_term(one, 0), as_term(one, 100)])
    same = interval_of_mean([as_term(one, 0), as_term(one, 0)])
    assert own is not None
    assert apart is not None
    assert same is not None
    assert (same.low, same.high) == (pytest.approx(own.low), pytest.approx(own.high))
    assert apart.high - apart.low == pytest.approx((own.high - own.low) / np.sqrt(2))
    assert interval_of_mean([as_term(one, 0)]) == own
    # All right everywhere: nothing says that the two would not fail together.
    perfect = answers([6] * 8, 6)
    together = interval_of_mean([as_term(perfect, 0), as_term(perfect, 0)])
    assert together is not None
    assert together.low == pytest.approx(100 * 0.025 ** (1 / 8))


def test_a_part_without_an_interval_is_taken_as_it_is() -> None:
    one = answers([6, 3] * 6, 6)
    own = MeanTerm(75.0, score_interval(one), np.arange(12), one.left_out() - one.score())
    fixed = MeanTerm(95.0, None, np.array([12]), np.array([np.nan]))
    found = interval_of_mean([own, fixed])
    assert found is not None
    assert own.interval is not None
    assert (found.low, found.high) == (
        pytest.approx((own.interval.low + 95) / 2),
        pytest.approx((own.interval.high + 95) / 2),
    )
    assert interval_of_mean([fixed, fixed]) is None
    assert interval_of_mean([]) is None


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6)), min_size=5, max_size=20))
def test_intervals_hold_their_score_and_end_at_0_and_100(drawn: list[tuple[int, int]]) -> None:
    rows = [(min(right, count), count) for right, count in drawn]
    hits = [int(index < right) for right, count in rows for index in range(count)]
    clusters = np.repeat(np.arange(len(rows)), [count for _, count in rows])
    for value in (accuracy_of, macro_f1_of):
        statistic = choice_statistic([1] * len(hits), hits, clusters, value, classes=[0, 1])
        interval = score_interval(statistic)
        assert interval is not None
        assert 0 <= interval.low <= statistic.score() + 1e-9
        assert statistic.score() - 1e-9 <= interval.high <= 100
        assert interval.high > interval.low


def test_many_runs_at_once_have_the_intervals_of_each() -> None:
    rng = np.random.default_rng(0)
    scores, left_out = rng.uniform(40, 60, 7), rng.uniform(40, 60, (7, 9))
    numbers = np.full(7, 54.0), np.full(7, 9.0)
    low, high = score_ends(scores, left_out, *numbers)
    for row in range(7):
        one = score_ends(scores[row], left_out[row], numbers[0][row], numbers[1][row])
        assert (one[0], one[1]) == (pytest.approx(low[row]), pytest.approx(high[row]))


# One cell of each number of recordings, among them those where the bootstrap was worst.
CELLS = [
    Setting(5, 0.9, "equal", 0.3),
    Setting(8, 0.97, "uneven", 1.0),
    Setting(15, 0.9, "steep", 0.7),
    Setting(50, 0.98, "strata", 0.1),
]


@pytest.mark.parametrize("setting", CELLS, ids=str)
def test_intervals_cover_what_they_say(setting: Setting) -> None:
    found = [cell for cell in simulate(400, [setting], seed=1) if cell.method == "ours"]
    assert len({cell.what for cell in found}) >= 10
    assert [cell for cell in found if clearly_below(cell)] == []


def test_the_simulation_has_every_cell_once() -> None:
    cells = list(settings())
    assert len(cells) == len(set(cells)) == 4 * 5 * (4 * 5 + 1)
