"""The random-choice baseline: simulation, formula and the paper's table agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.errors import ScoreError
from amarathon.metrics import score
from amarathon.metrics.chance import expected_chance, simulate_chance


def test_even_answers_score_one_in_k_both_ways() -> None:
    level = expected_chance([0, 1, 2, 3] * 10, [4] * 40)
    assert level.accuracy == pytest.approx(25.0)
    assert level.macro_f1 == pytest.approx(25.0)


@pytest.mark.parametrize("shares", [(500, 500), (700, 300), (100, 200, 300, 350, 50), (400, 300, 200, 100)])
def test_simulation_tends_to_the_formula(shares: tuple[int, ...]) -> None:
    answers = [index for index, count in enumerate(shares) for _ in range(count)]
    counts = [len(shares)] * len(answers)
    simulated, expected = simulate_chance(answers, counts, rounds=300), expected_chance(answers, counts)
    assert abs(simulated.accuracy - expected.accuracy) < 4 * simulated.accuracy_error
    # Of 1,000 samples, F1 of an expectation and expected F1 still differ by a few hundredths.
    assert abs(simulated.macro_f1 - expected.macro_f1) < 4 * simulated.macro_f1_error + 0.05
    assert expected.macro_f1 <= expected.accuracy + 1e-9


def test_uneven_answers_give_macro_f1_below_accuracy_as_in_table_6() -> None:
    # Table 6 prints 19.79 and 16.95 for the five uneven age groups.
    answers = [0] * 110 + [1] * 230 + [2] * 250 + [3] * 330 + [4] * 39
    level = expected_chance(answers, [5] * len(answers))
    assert level.accuracy == pytest.approx(20.0)
    assert 16 < level.macro_f1 < 19


def test_questions_with_fewer_options_are_chosen_among_those() -> None:
    level = expected_chance([0, 1, 2, 0], [2, 2, 4, 4])
    assert level.accuracy == pytest.approx(37.5)
    simulated = simulate_chance([0, 1, 2, 0] * 500, [2, 2, 4, 4] * 500, rounds=100)
    assert simulated.accuracy == pytest.approx(37.5, abs=4 * simulated.accuracy_error)
    assert simulated.macro_f1 == pytest.approx(level.macro_f1, abs=0.3)


def test_simulation_scores_as_the_metrics_do() -> None:
    """One round, replayed as replies."""
    import numpy as np

    answers, counts = [0, 1, 1, 3, 2, 0, 3], [4] * 7
    chosen = np.random.default_rng(5).integers(0, np.array(counts), size=(1, 7))[0]
    options = ["w x", "y z", "k l", "m n"]
    found = score(
        "ER",
        [
            {"reply": "ABCD"[answered], "options": options, "answer": gold}
            for answered, gold in zip(chosen, answers, strict=True)
        ],
    )
    level = simulate_chance(answers, counts, rounds=1, seed=5)
    assert (level.accuracy, level.macro_f1) == pytest.approx((found["accuracy"], found["macro_f1"]))


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(2, 5)).filter(lambda row: row[0] < row[1]), min_size=1)
)
def test_levels_are_scores(rows: list[tuple[int, int]]) -> None:
    level = expected_chance([gold for gold, _ in rows], [count for _, count in rows])
    assert 0 < level.macro_f1 <= 100
    assert 20 <= level.accuracy <= 50


@pytest.mark.parametrize(("answers", "counts"), [([], []), ([0], [2, 2]), ([2], [2]), ([-1], [2])])
def test_impossible_datasets_are_refused(answers: list[int], counts: list[int]) -> None:
    with pytest.raises(ScoreError):
        simulate_chance(answers, counts)
    with pytest.raises(ScoreError):
        expected_chance(answers, counts)
