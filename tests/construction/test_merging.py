"""Joining: exact lengths, exact onsets, one level, nothing lost."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.merging import (
    HIGHEST_PEAK_DBFS,
    LEVEL_DBFS,
    Clip,
    Joint,
    Timeline,
    faded,
    join,
    levelled,
    rms,
)
from amarathon.construction.rendering import Origin
from amarathon.datasets.licences import OWN
from amarathon.errors import DatasetError

lengths = st.lists(st.floats(0.05, 4.0), min_size=1, max_size=12)


def clip(number: int, seconds: float, level: float = 0.1) -> Clip:
    noise = np.random.default_rng(number).standard_normal(round(seconds * SAMPLE_RATE), dtype=np.float32)
    return Clip(noise * np.float32(level), Origin(f"source {number}", OWN, "somebody"), str(number))


def endless(seconds: list[float]):
    number = 0
    while True:
        yield clip(number, seconds[number % len(seconds)], 0.01 * (1 + number % 7))
        number += 1


@given(lengths, st.floats(2.0, 20.0), st.floats(0.0, 1.0))
@example([1 / 3], 2.0, 0.0)  # six clips leave two samples over
def test_clips_with_gaps_lie_where_the_manifest_says(
    seconds: list[float], total: float, gap_s: float
) -> None:
    line = join(endless(seconds), total, Joint(gap_s=gap_s))
    samples, pieces = line.finished()
    assert len(samples) == round(total * SAMPLE_RATE)
    end = 0.0
    for number, piece in enumerate(pieces):
        assert piece.origin.source == f"source {number}"
        wanted = end + gap_s if number else 0.0
        assert piece.onset_s == pytest.approx(wanted, abs=1 / SAMPLE_RATE)
        start, stop = (
            round(piece.onset_s * SAMPLE_RATE),
            round((piece.onset_s + piece.duration_s) * SAMPLE_RATE),
        )
        assert rms(samples[start:stop]) > 0
        if gap_s and number:
            silent = samples[round(end * SAMPLE_RATE) + 1 : start - 1]
            assert not silent.any()
        end = piece.onset_s + piece.duration_s
    assert end <= total + 1 / SAMPLE_RATE
    assert end >= total - gap_s - 0.51


@given(lengths, st.floats(2.0, 20.0), st.floats(0.0, 0.5))
def test_cross_fades_leave_no_hole_and_exact_length(
    seconds: list[float], total: float, crossfade_s: float
) -> None:
    line = join(endless([max(second, 1.1) for second in seconds]), total, Joint(crossfade_s=crossfade_s))
    assert len(line.samples) == round(total * SAMPLE_RATE)
    assert line.pieces[0].onset_s == 0
    for one, two in zip(line.pieces, line.pieces[1:], strict=False):
        assert two.onset_s == pytest.approx(one.onset_s + one.duration_s - crossfade_s, abs=1 / SAMPLE_RATE)


@given(st.floats(-70, -5), st.integers(0, 50))
def test_every_recording_has_one_level_and_never_clips(level_dbfs: float, seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal(SAMPLE_RATE, dtype=np.float32)
    done = levelled(noise * np.float32(10 ** (level_dbfs / 20)))
    assert 20 * np.log10(rms(done)) == pytest.approx(LEVEL_DBFS, abs=0.1)
    assert 20 * np.log10(np.abs(done).max()) <= HIGHEST_PEAK_DBFS + 0.1


def test_a_spike_is_bent_and_not_the_level() -> None:
    noise = 0.01 * np.random.default_rng(1).standard_normal(SAMPLE_RATE, dtype=np.float32)
    noise[100] = 1.0
    done = levelled(noise)
    assert np.abs(done).max() < 1
    assert 20 * np.log10(rms(done)) == pytest.approx(LEVEL_DBFS, abs=0.5)


def test_silence_stays_silence() -> None:
    assert not levelled(np.zeros(100, np.float32)).any()


def test_clips_of_any_level_sound_alike() -> None:
    line = join([clip(1, 3, 0.001), clip(2, 3, 0.3)], 6.0, Joint())
    one, two = line.samples[: 3 * SAMPLE_RATE], line.samples[3 * SAMPLE_RATE :]
    assert rms(one) == pytest.approx(rms(two), rel=0.02)


def test_what_reaches_past_the_end_is_faded_and_cut() -> None:
    line = Timeline(2.0)
    assert line.add(clip(1, 5), 1.0) == 2.0
    assert line.pieces[0].duration_s == 1.0
    assert abs(line.samples[-1]) < 0.01
    assert line.add(clip(2, 5), 3.0) == 3.0
    assert len(line.pieces) == 1


def test_clips_that_end_early_end_the_recording() -> None:
    line = join([clip(1, 3)], 10.0, Joint())
    assert len(line.samples) == 3 * SAMPLE_RATE


@given(st.integers(0, 400), st.floats(0, 0.05), st.floats(0, 0.05))
def test_fades_keep_the_length(length: int, in_s: float, out_s: float) -> None:
    faded_ = faded(np.ones(length, np.float32), in_s, out_s)
    assert len(faded_) == length
    assert faded_.max(initial=0) <= 1


def test_what_cannot_be_joined_is_refused() -> None:
    with pytest.raises(DatasetError, match="not by both"):
        Joint(gap_s=1, crossfade_s=1)
    with pytest.raises(DatasetError, match="nothing to join"):
        join([], 10, Joint())
    with pytest.raises(DatasetError, match="a thousand clips in a row are empty"):
        join((clip(1, 0) for _ in range(2000)), 10, Joint())
    with pytest.raises(DatasetError, match="2 to 3600 seconds, not 4000"):
        Timeline(4000)
    with pytest.raises(DatasetError, match="not nan"):
        Timeline(float("nan"))
