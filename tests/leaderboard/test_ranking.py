"""Ranks, ties and the distance to people."""

from hypothesis import given
from hypothesis import strategies as st

from leaderboard.printed import printed_section
from leaderboard.ranking import rank, rank_ranges

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
        place = 1 + sum(other > value for other in values)
        assert 1 <= best <= place <= worst <= len(values)


@given(st.lists(scores, min_size=1, max_size=8, unique=True))
def test_without_intervals_the_scores_decide(values) -> None:
    ranges = rank_ranges(values, [None] * len(values))
    assert [values[ranges.index((place, place))] for place in range(1, len(values) + 1)] == sorted(
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
    human, model = (section.rows[place].scores["published"].tasks for place in (0, 1))
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
