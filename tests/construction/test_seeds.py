"""Randomness that names decide."""

from hypothesis import given
from hypothesis import strategies as st

from amarathon.construction.seeds import digest, fraction, generator, sampled, shuffled


@given(st.lists(st.text(), unique=True), st.randoms())
def test_the_order_of_a_listing_makes_no_difference(names: list[str], rng) -> None:
    other = list(names)
    rng.shuffle(other)
    assert shuffled(names, 1, "purpose") == shuffled(other, 1, "purpose")


names = st.text(st.characters(exclude_characters="\x1f"), max_size=5)


@given(names, names)
def test_names_are_kept_apart(one: str, two: str) -> None:
    if (one, two) != (one + two, ""):
        assert digest(one, two) != digest(one + two, "")
    assert 0 <= fraction(one, two) < 1


def test_streams_are_those_of_their_names() -> None:
    assert generator(0, "a").integers(1 << 30) == generator(0, "a").integers(1 << 30)
    assert generator(0, "a").integers(1 << 30) != generator(0, "b").integers(1 << 30)


def test_samples_are_different_items() -> None:
    assert sorted(sampled(generator(1), range(10), 10)) == list(range(10))
