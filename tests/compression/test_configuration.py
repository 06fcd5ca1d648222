"""Names of configurations: what parses, what it means, what is refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.compression import METHODS, Configuration, parse_configurations
from amarathon.compression.methods import EvictionMethod, PoolingMethod, PruningMethod, budget
from amarathon.errors import ConfigurationError

ratios = st.decimals(min_value=0, max_value=Decimal("0.9999"), places=4)
prunings = st.sampled_from([name for name, method in METHODS.items() if issubclass(method, PruningMethod)])
evictions = st.sampled_from([name for name, method in METHODS.items() if issubclass(method, EvictionMethod)])


poolings = st.sampled_from([name for name, method in METHODS.items() if issubclass(method, PoolingMethod)])


@st.composite
def names(draw):
    steps = []
    if draw(st.booleans()):
        adapter = draw(st.sampled_from(["", ":lora=mine", ":lora=none"]))
        steps.append(f"{draw(poolings)}@{draw(st.integers(1, 50))}{adapter}")
    if draw(st.booleans()):
        layer = draw(st.integers(1, 40))
        steps.append(f"{draw(prunings)}@{draw(ratios)}" + draw(st.sampled_from(["", f":layer={layer}"])))
    if draw(st.booleans()):
        scope = draw(st.sampled_from(["", ":scope=audio", ":scope=prompt"]))
        steps.append(f"{draw(evictions)}@{draw(ratios)}{scope}")
    return "+".join(draw(st.permutations(steps))) or "vanilla"


@given(names())
def test_canonical_name_parses_back(name):
    configuration = Configuration.parse(name)
    assert Configuration.parse(configuration.name) == configuration
    assert Configuration.parse(configuration.name).name == configuration.name


@given(st.text(max_size=40))
def test_any_text_parses_or_is_refused_in_one_sentence(text):
    try:
        outcome = Configuration.parse(text).name
    except ConfigurationError as error:
        outcome = str(error)
    assert "\n" not in outcome


@given(st.integers(1, 100_000), ratios)
def test_budget_is_exact(count, ratio):
    assert budget(count, Fraction(ratio)) == max(1, int(count * (1 - ratio)))


def test_budget_does_not_floor_a_binary_float():
    assert budget(7500, Fraction("0.9")) == 750


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        (" vanilla ", "vanilla"),
        ("frame@0.60", "frame@0.6"),
        ("frame@.5", "frame@0.5"),
        ("fastv@0.3:layer=2", "fastv@0.3"),
        ("fastv@0.3:layer=3", "fastv@0.3:layer=3"),
        ("snapkv@0.5 + frame@0.6", "frame@0.6+snapkv@0.5"),
        ("snapkv@0.5:window=64,kernel=7,scope=audio", "snapkv@0.5:scope=audio,kernel=7"),
        ("frame@0", "frame@0"),
    ],
)
def test_canonical_names(name, canonical):
    assert Configuration.parse(name).name == canonical


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "is not a method"),
        ("frames@0.6", "is not a method"),
        ("frame", "not of the form"),
        ("frame@1", "below 1"),
        ("frame@1.5", "below 1"),
        ("frame@0.6.1", "not a number"),
        ("frame@0.6:layer=0", "whole number from 1"),
        ("frame@0.6:layer=two", "whole number from 1"),
        ("frame@0.6:depth=2", "no parameter 'depth'"),
        ("frame@0.6:layer=1,layer=2", "given twice"),
        ("snapkv@0.5:scope=all", "prompt or audio"),
        ("frame@0.6+random@0.3", "same place"),
        ("snapkv@0.6+tova@0.3", "same place"),
        ("vanilla+frame@0.6", "is not a method"),
    ],
)
def test_nonsense_is_refused(name, says):
    with pytest.raises(ConfigurationError, match=says):
        Configuration.parse(name)


def test_two_names_of_one_configuration_are_refused():
    with pytest.raises(ConfigurationError, match="mean the same"):
        parse_configurations(["frame@0.6", "frame@0.60"])


def test_every_method_says_where_it_comes_from():
    for name, method in METHODS.items():
        assert method.name == name
        assert method.paper.startswith("https://") or "    Ours;" in method.__doc__
        assert method.__doc__
        assert "References" in method.__doc__
