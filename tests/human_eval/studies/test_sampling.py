"""The stratified draw."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.tasks.sample import Option, Sample, SampleAudio
from human_eval.errors import HumanEvalError
from human_eval.studies.sampling import named, stratified

OPTIONS = (Option("Male", "male"), Option("Female", "female"))


def sample(number, answer=0, **slices):
    audio = SampleAudio(Path(f"{number}.flac"), f"{number}.flac", (str(number),))
    return Sample(f"s{number}", "SGR", audio, options=OPTIONS, answer=answer, slices=slices)


@given(
    st.lists(st.tuples(st.integers(0, 1), st.sampled_from("abc")), max_size=40),
    st.integers(0, 50),
    st.integers(0),
)
def test_strata_differ_by_one_at_most_where_they_have_enough(kinds, number, seed):
    samples = [sample(index, answer, part=part) for index, (answer, part) in enumerate(kinds)]
    selected = stratified(samples, number, seed)
    assert len({sample.id for sample in selected}) == len(selected) == min(number, len(samples))
    assert selected == stratified(samples[::-1], number, seed)
    there, found = Counter(kinds), Counter((sample.answer, sample.slices["part"]) for sample in selected)
    most = max(found.values(), default=0)
    assert all(found[kind] >= min(count, most - 1) for kind, count in there.items())


def test_seeds_differ():
    samples = [sample(number) for number in range(50)]
    assert stratified(samples, 5, 1) != stratified(samples, 5, 2)


def test_an_absent_sample_is_named():
    with pytest.raises(HumanEvalError, match="'other'"):
        named([sample(1)], ["s1", "other"])
