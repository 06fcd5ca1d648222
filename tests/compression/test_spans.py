"""Where kept tokens lie in time: spans, and shares of slices."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amarathon.compression.audio_positions import AudioPositions
from amarathon.models.families import BY_MODEL_TYPE

OMNI = BY_MODEL_TYPE["qwen2_5_omni"]


def test_spans_merge_neighbours():
    audio = AudioPositions.plain(torch.arange(10) + 4)
    chosen = torch.tensor([0, 1, 2, 5, 7, 8])
    assert audio.spans(chosen, OMNI) == [(0.0, 0.12), (0.2, 0.24), (0.28, 0.36)]
    assert audio.spans(chosen[:0], OMNI) == []


@given(st.integers(1, 300), st.sets(st.integers(0, 299)))
def test_slice_means_are_over_each_slice_of_time(count, chosen):
    kept = torch.tensor(sorted(index for index in chosen if index < count), dtype=torch.long)
    shares = torch.rand(len(kept), generator=torch.Generator().manual_seed(count))
    means = AudioPositions.plain(torch.arange(count)).slice_means(kept, shares)
    left = dict(zip(kept.tolist(), shares.tolist(), strict=True))
    slices = min(64, count)
    for number, mean in enumerate(means):
        members = [index for index in range(count) if index * slices // count == number]
        assert mean == pytest.approx(sum(left.get(index, 0.0) for index in members) / len(members))


def test_a_pooled_token_stands_for_all_of_its_time():
    starts, ends = torch.tensor([0, 3, 6]), torch.tensor([3, 6, 8])
    audio = AudioPositions(torch.arange(3), starts, ends, 8)
    assert audio.spans(torch.tensor([0, 2]), replace(OMNI, tokens_per_second=1.0)) == [
        (0.0, 3.0),
        (6.0, 8.0),
    ]
    assert audio.slice_means(torch.tensor([0, 2]), torch.tensor([1.0, 0.5])) == [1, 1, 1, 0, 0, 0, 0.5, 0.5]
