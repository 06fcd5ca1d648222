"""Coverage against a slow reference, honest listening in any order, and impossible reports."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_eval.annotation.coverage import (
    BUDGET_TOLERANCE_S,
    MOST_SPANS,
    SHORTEST_S,
    TOLERANCE_S,
    PlayedInterval,
    ReportContext,
    add_span,
    check_intervals,
    share,
)

DURATION = 100.0
CONTEXT = ReportContext(
    duration_s=DURATION,
    assigned_at=1000.0,
    received_at=1060.0,
    sent_at=60.0,
    page_to=float("-inf"),
    budget_s=60.0,
)
tenths = st.integers(0, 1000).map(lambda number: number / 10)
spans = st.lists(st.tuples(tenths, tenths).map(sorted).map(tuple).filter(lambda span: span[0] < span[1]))


def join(spans):
    """Spans that touch or overlap as one, in order: all at once, unlike `add_span`."""
    joined = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


@given(spans)
def test_join_covers_the_same_tenths_as_a_ruler(found):
    ruler = {tenth for start, end in found for tenth in range(round(start * 10), round(end * 10))}
    joined = join(found)
    assert {t for start, end in joined for t in range(round(start * 10), round(end * 10))} == ruler
    assert all(first[1] < second[0] for first, second in itertools.pairwise(joined))
    assert share(joined, DURATION) == pytest.approx(len(ruler) / 1000)


@given(spans)
def test_spans_added_one_by_one_are_the_joined_ones(found):
    covered = []
    assert all(add_span(covered, *span) for span in found)
    assert covered == join(found)


def test_a_recording_has_so_many_separate_spans():
    covered = [(float(number), number + 0.5) for number in range(MOST_SPANS)]
    before = list(covered)
    assert not add_span(covered, MOST_SPANS, MOST_SPANS + 0.5)
    assert covered == before
    assert add_span(covered, 0.5, 1.0)  # it joins two
    assert len(covered) == MOST_SPANS - 1


@given(
    st.lists(
        st.tuples(
            st.floats(0, 90), st.floats(0.1, 10), st.sampled_from([0.5, 1.0, 1.5, 2.0]), st.floats(0, 5)
        ),
        max_size=30,
    ),
    st.floats(-1e6, 1e6),
)
def test_listening_that_took_its_time_is_accepted(plays, page_began):
    """Whatever is played, sought or paused, at any speed, by any clock."""
    at, intervals = page_began, []
    for start, length, speed, pause in plays:
        intervals.append(PlayedInterval(start, start + length, speed, at))
        at += length / speed + pause
    context = replace(CONTEXT, received_at=1000 + at - page_began, sent_at=at, budget_s=at - page_began)
    accepted, refused = check_intervals(intervals, context)
    assert (accepted, refused) == (intervals, [])


numbers = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-10, 200)


@given(
    st.lists(st.builds(PlayedInterval, numbers, numbers, numbers, numbers), max_size=20), st.floats(-5, 60)
)
def test_nothing_accepted_is_impossible(intervals, budget):
    accepted, refused = check_intervals(intervals, replace(CONTEXT, budget_s=budget))
    assert len(accepted) + len(refused) == len(intervals)
    assert sum(interval.wall_s for interval in accepted) <= budget + BUDGET_TOLERANCE_S + 1e-6 or not accepted
    for before, after in itertools.pairwise(accepted):
        assert after.at >= before.at + before.wall_s - TOLERANCE_S
    for interval in accepted:
        assert 0 <= interval.start < interval.end <= DURATION + TOLERANCE_S
        assert interval.at >= -TOLERANCE_S
        assert interval.at + interval.wall_s <= 60 + TOLERANCE_S


FAULTS = {
    "not a number": PlayedInterval(0, float("nan"), 1, 0),
    "outside the recording": PlayedInterval(90, 101, 1, 0),
    "no speed of a player": PlayedInterval(0, 50, 1000, 0),
    "in the future": PlayedInterval(0, 50, 1, 20),
    "before the item was given out": PlayedInterval(0, 5, 1, -10),
    "too short to hear": PlayedInterval(50, 50 + SHORTEST_S / 2, 1, 10),
}


@pytest.mark.parametrize("reason", FAULTS)
def test_each_fault_is_named(reason):
    assert check_intervals([FAULTS[reason]], CONTEXT) == ([], [(0, reason)])


def test_two_intervals_at_one_time_are_one():
    twice = [PlayedInterval(0, 30, 1, 0), PlayedInterval(30, 60, 1, 0)]
    assert check_intervals(twice, CONTEXT) == (twice[:1], [(1, "at a time already reported")])


def test_the_tolerance_does_not_add_up():
    """Nine hundred quarters of a second at one moment are one and a bit."""
    at_once = [PlayedInterval(number / 10, number / 10 + 0.25, 1, 30.0) for number in range(900)]
    assert len(check_intervals(at_once, CONTEXT)[0]) <= 2


def test_the_last_moment_of_a_recording_counts_however_short_it_is():
    last = PlayedInterval(DURATION - 0.01, DURATION, 1, 10)
    assert check_intervals([last], CONTEXT) == ([last], [])


def test_no_more_than_the_budget():
    context = replace(CONTEXT, budget_s=10.0)
    assert check_intervals([PlayedInterval(0, 30, 1, 0)], context)[1] == [
        (0, "longer than the time that has passed")
    ]


def test_a_report_that_claims_to_be_older_than_its_item_is_refused():
    """Claiming to have sent later than now moves the whole report back before the item was given out."""
    forged = replace(CONTEXT, received_at=1001.0, sent_at=60.0)
    assert check_intervals([PlayedInterval(0, 58, 1, 0)], forged)[1] == [(0, "before the item was given out")]


def test_a_clock_that_stood_still_while_the_machine_slept_refuses_nothing():
    """The page's clock is an hour behind since; the item was given out only now."""
    slept = replace(
        CONTEXT, assigned_at=5000.0, received_at=5060.0, sent_at=70.0, page_to=10.0, budget_s=60.0
    )
    interval = PlayedInterval(0, 58, 1, 11.0)
    assert check_intervals([interval], slept) == ([interval], [])
