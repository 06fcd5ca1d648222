"""Ranks, ties and the distance to people."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.assets import BUNDLED_RUNS
from amarathon.metrics.permutation import paired_p_values, paired_permutation_test
from amarathon.metrics.statistic import accuracy_of, choice_statistic
from amarathon.runs.summary import write_summary
from leaderboard.printed import printed_section
from leaderboard.ranking import rank, rank_ranges, scores_by
from leaderboard.records import Cell, Row, RunFacts, Scores
from leaderboard.store import build_board
from tests.leaderboard.run_folders import write_run

scores = st.floats(0, 100)


@st.composite
def figures(draw):
    values = draw(st.lists(scores, min_size=1, max_size=8))
    intervals = [
        (value - draw(scores), value + draw(scores)) if draw(st.booleans()) else None for value in values
    ]
    return values, intervals


@given(figures())
def test_ranges_contain_the_rank_by_score(figures) -> None:
    values, intervals = figures
    for value, (best, worst) in zip(values, rank_ranges(values, intervals), strict=True):
        rank = 1 + sum(other > value for other in values)
        assert 1 <= best <= rank <= worst <= len(values)


@given(st.lists(scores, min_size=1, max_size=8, unique=True))
def test_without_intervals_the_scores_decide(values) -> None:
    ranges = rank_ranges(values, [None] * len(values))
    assert [values[ranges.index((rank, rank))] for rank in range(1, len(values) + 1)] == sorted(
        values, reverse=True
    )


def test_overlapping_intervals_tie() -> None:
    ranges = rank_ranges([90, 80, 50], [(85, 95), (70, 86), (40, 60)])
    assert ranges == [(1, 2), (1, 2), (3, 3)]


def test_table_3_is_ranked_by_its_average_without_people() -> None:
    section = rank(printed_section(3))
    assert section.rows[0].model == "Human Evaluation"
    assert section.rows[0].ranks == {}
    assert [row.ranks["strict"][0] for row in section.rows[1:]] == list(range(1, 17))
    assert section.rows[1].model == "Qwen2.5-Omni-7B"


def test_gap_is_over_the_tasks_that_people_have_a_score_on() -> None:
    section = rank(printed_section(3))
    best = section.rows[1].gaps["strict"]
    human, model = (section.rows[index].scores["published"].tasks for index in (0, 1))
    tasks = [code for code, cell in human.items() if cell.value is not None]
    assert best.over == tasks
    assert "ASR" not in tasks
    assert best.value == round(sum(model[code].value - human[code].value for code in tasks) / 9, 4)
    assert best.printed == -17.1
    assert section.rows[0].gaps["strict"].value == 0


def test_ranking_changes_no_row_of_its_argument() -> None:
    section = printed_section(3)
    rank(section)
    assert all(row.ranks == {} for row in section.rows)


def spans(board) -> dict[tuple[str, str], tuple[int, int]]:
    [section] = board.measured
    return {(row.run.folder, row.configuration): row.ranks["strict"] for row in section.rows if row.ranks}


def test_rows_that_no_test_tells_apart_share_their_ranks(tmp_path: Path) -> None:
    write_run(tmp_path, "a", right=10, configurations=["vanilla", "frame@0.3", "frame@0.6"])
    write_run(tmp_path, "b", right=10, configurations=["vanilla"])
    assert set(spans(build_board(tmp_path)).values()) == {(1, 4)}


def test_rows_that_surely_differ_do_not(tmp_path: Path) -> None:
    write_run(tmp_path, "good", right=12, configurations=["vanilla", "frame@0.3"])
    write_run(tmp_path, "bad", right=1, configurations=["vanilla"])
    assert spans(build_board(tmp_path)) == {
        ("good", "vanilla"): (1, 2),
        ("good", "frame@0.3"): (1, 2),
        ("bad", "vanilla"): (3, 3),
    }


def test_ranks_are_those_of_the_paired_tests_of_all_pairs(tmp_path: Path) -> None:
    """The same p-values as `amarathon compare` finds, where a score is a sum over recordings."""
    rng = np.random.default_rng(2)
    gold = rng.integers(0, 2, 40)
    clusters = np.arange(40) // 4
    replies = [np.where(rng.random(40) < rate, gold, 1 - gold) for rate in (0.95, 0.9, 0.5, 0.45)]
    statistics = [
        choice_statistic(gold.tolist(), reply.tolist(), clusters, accuracy_of, classes=[0, 1])
        for reply in replies
    ]
    counts = [statistic.by_cluster()[1] for statistic in statistics]
    values = np.array([[of_one[:, (0, 4)].sum(axis=1) * 2.5] for of_one in counts])[:, 0]
    found = paired_p_values(values)
    for one, two in combinations(range(4), 2):
        expected = paired_permutation_test([(statistics[one], statistics[two])])
        assert found[one, two] == found[two, one] == pytest.approx(expected)


def test_rows_about_other_recordings_cannot_be_told_apart(tmp_path: Path) -> None:
    """The dataset's hash is the same, the recordings that answers name are not."""
    write_run(tmp_path, "good", right=12, configurations=["vanilla"])
    folder = write_run(tmp_path, "bad", right=1, configurations=["vanilla"])
    path = folder / "predictions.jsonl"
    path.write_text(path.read_text().replace("recording-1", "recording-0"))
    write_summary(folder)
    assert set(spans(build_board(tmp_path)).values()) == {(1, 2)}


def test_bundled_runs_have_ranges_and_clear_losers() -> None:
    board = build_board(BUNDLED_RUNS)
    # Three recordings of a task, as the small bundled set has, are too few for ranges of their own.
    large = [section for section in board.measured if section.dataset.startswith("mini")]
    assert len(large) == 2
    for section in large:
        ranks = {row.configuration: row.ranks["strict"] for row in section.rows}
        assert len(ranks) == 33
        # Only what nearly every test finds worse than all others stands alone.
        assert {name for name, (best, worst) in ranks.items() if best == worst} <= {"fastv@0.9"}
        # Nothing that the page of findings calls no different has a rank of its own.
        assert ranks["vanilla"][0] <= ranks["frame@0.6"][1]
        assert ranks["frame@0.6"][0] <= ranks["vanilla"][1]
        assert ranks["fastv@0.9"][0] > ranks["vanilla"][0]
        for row in section.rows:
            overall = row.scores["strict"].overall
            assert overall.interval is not None
            assert overall.held_fixed == ["SD"]
            assert row.scores["strict"].tasks["SD"].interval is None


def test_a_measured_row_is_told_from_a_published_one_by_its_interval() -> None:
    published = printed_section(3)
    first, *others = published.rows[1:4]

    def measured(value: float) -> Row:
        scores = Scores(tasks={}, overall=Cell(value=value, interval=(value - 8, value + 8)))
        facts = RunFacts.model_construct(samples=1)
        row = first.model_copy(
            update={
                "id": "run-x",
                "provenance": "measured",
                "scores": {"strict": scores, "published": scores},
            }
        )
        return row.model_copy(update={"run": facts, "answered": 1})

    top = scores_by(first, "strict").overall.value
    near, far = (
        rank(published.model_copy(update={"rows": [first, *others, measured(value)]})).rows
        for value in (top + 5, top + 50)
    )
    assert near[0].id == far[0].id == "run-x"
    assert near[0].ranks["strict"][1] > 1
    assert far[0].ranks["strict"] == (1, 1)
    assert far[1].ranks["strict"] == (2, 2)


def test_ranks_of_many_rows_are_found_at_once() -> None:
    """As many systems as there are answers to test them by; equal ones are tested once."""
    rng = np.random.default_rng(0)
    values = np.repeat(rng.normal(size=(40, 100)), 50, axis=0)
    found = paired_p_values(values)
    assert found.shape == (2000, 2000)
    assert np.array_equal(found, found.T)
    assert (found[:50, :50] == 1).all()


def test_models_are_ranked_among_models_and_their_ties_are_named(tmp_path: Path) -> None:
    for name, right in (("a", 12), ("b", 11), ("c", 3), ("d", 2)):
        write_run(tmp_path, name, right=right)
    board = build_board(tmp_path)
    (section,) = board.measured
    models = [row for row in section.rows if not row.steps]
    assert [row.model_ranks["strict"] for row in models] == [(1, 2), (1, 2), (3, 4), (3, 4)]
    pairs = [("run-a-vanilla", "run-b-vanilla"), ("run-c-vanilla", "run-d-vanilla")]
    assert section.ties == {"strict": pairs, "published": pairs}
    assert all(row.model_ranks == {} for row in section.rows if row.steps)


def test_published_rows_are_in_no_tie() -> None:
    section = rank(printed_section(3))
    assert section.ties == {"strict": [], "published": []}
    assert all(row.model_ranks == row.ranks for row in section.rows)
