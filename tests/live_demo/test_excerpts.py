import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from amarathon.audio import SAMPLE_RATE
from live_demo.excerpts import excerpt, join_spans, spans_between
from tests.audio.makers import tone

LENGTH_S = 2.0
TONE = tone(LENGTH_S)[:, 0]


@given(st.lists(st.integers(0, 50), unique=True, max_size=20).map(sorted))
def test_what_was_kept_is_as_long_as_its_spans(bounds):
    spans = [(start / 25, end / 25) for start, end in zip(bounds[::2], bounds[1::2], strict=False)]
    joined = join_spans(TONE, spans)
    expected = sum(round(end * SAMPLE_RATE) - round(start * SAMPLE_RATE) for start, end in spans)
    assert len(joined) == min(expected, len(TONE))


def test_the_whole_is_the_recording_itself():
    assert np.array_equal(join_spans(TONE, [(0.0, LENGTH_S)]), TONE)


def test_joints_do_not_click():
    spans = [(start / 25, (start + 1) / 25) for start in range(0, 50, 3)]
    steps = np.abs(np.diff(join_spans(TONE, spans)))
    # A hard cut of this tone can jump by its whole height of 0.8.
    assert steps.max() < 2 * np.abs(np.diff(TONE)).max()


def test_a_span_that_the_model_rounded_past_the_end_stops_at_the_end():
    assert len(join_spans(TONE, [(1.96, 2.04)])) == round(0.04 * SAMPLE_RATE)


@given(st.lists(st.integers(0, 50), unique=True, max_size=20).map(sorted))
def test_kept_and_removed_are_the_whole(bounds):
    spans = [(start / 25, end / 25) for start, end in zip(bounds[::2], bounds[1::2], strict=False)]
    kept, removed = (excerpt(TONE, spans, form) for form in ("closed", "removed"))
    assert abs(len(kept) + len(removed) - len(TONE)) <= 2 * len(spans)  # each bound is rounded


def test_with_gaps_everything_stays_in_its_place():
    spans = [(0.0, 0.4), (1.0, 1.2)]
    heard = excerpt(TONE, spans, "gaps")
    assert len(heard) == len(TONE)
    inside = slice(round(1.05 * SAMPLE_RATE), round(1.15 * SAMPLE_RATE))
    assert np.array_equal(heard[inside], TONE[inside])
    assert np.array_equal(heard[:100], TONE[:100])  # the recording's own start does not fade
    assert not heard[round(0.4 * SAMPLE_RATE) : round(1.0 * SAMPLE_RATE)].any()
    assert np.abs(np.diff(heard)).max() < 2 * np.abs(np.diff(TONE)).max()


def test_spans_between_are_the_complement():
    assert spans_between([(0.5, 1.0), (1.5, 2.0)], 2.0) == [(0.0, 0.5), (1.0, 1.5)]
    assert spans_between([], 2.0) == [(0.0, 2.0)]
    assert spans_between([(0.0, 2.0)], 2.0) == []
