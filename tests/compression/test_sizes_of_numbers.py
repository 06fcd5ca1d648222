"""Numbers of a configuration's name: none is too long for a name that parses back or for a tensor."""

from dataclasses import fields
from fractions import Fraction
from typing import get_type_hints

import pytest

from amarathon.compression import Configuration
from amarathon.compression.methods import METHODS
from amarathon.errors import ConfigurationError

LONG = ["9" * 10, "9" * 19, "9" * 300, "9" * 4301, "1" + "0" * 18]
NUMBERS = [
    (name, field.name)
    for name, method in METHODS.items()
    for field in fields(method)
    if get_type_hints(method)[field.name] in (int, Fraction)
]


@pytest.mark.parametrize(("method", "field"), NUMBERS)
def test_a_number_that_nothing_can_hold_is_a_sentence(method: str, field: str) -> None:
    for text in LONG:
        amount = "2" if METHODS[method].amount_kind == "factor" else "0.5"
        name = f"{method}@{text}" if field == "amount" else f"{method}@{amount}:{field}={text}"
        with pytest.raises(ConfigurationError) as raised:
            Configuration.parse(name)
        assert len(str(raised.value).splitlines()) == 1
        assert str(raised.value).endswith(".")


@pytest.mark.parametrize("name", [name for name in METHODS if METHODS[name].amount_kind == "ratio"])
@pytest.mark.parametrize("digits", [1, 8, 14, 15, 27, 28, 29, 900])
def test_a_share_near_one_parses_back_or_is_refused(name: str, digits: int) -> None:
    text = f"{name}@0.{'9' * digits}"
    if digits > 14:
        with pytest.raises(ConfigurationError, match="at most"):
            Configuration.parse(text)
    else:
        parsed = Configuration.parse(text)
        assert Configuration.parse(parsed.name) == parsed
