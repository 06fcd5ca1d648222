"""How names and numbers come into figures."""

import pytest

from amarathon.compression import METHODS
from leaderboard.figures.style import COLOURS, LONGEST_NAME, line, method_index, plain, signed


def test_a_name_is_no_markup_and_has_an_end() -> None:
    assert plain('<a href="https://x">y</a>') == '&lt;a href="https://x"&gt;y&lt;/a&gt;'
    cut = plain("long" * 60)
    assert cut.strip("\u2068\u2069") == ("long" * 60)[: LONGEST_NAME - 1] + "…"
    # A name written from right to left does not turn its neighbours around.
    assert plain("\u202eabc") == "\u2068\u202eabc\u2069"


@pytest.mark.parametrize(("value", "text"), [(1.25, "+1.2"), (-3.0, "−3.0"), (0.04, "0.0"), (-0.04, "0.0")])
def test_differences_have_a_sign(value: float, text: str) -> None:
    assert signed(value) == text


def test_no_two_series_look_alike() -> None:
    looks = [line(index) for index in range(2 * len(COLOURS))]
    assert len({str(look) for look in looks}) == len(looks)
    assert len({look["line"]["dash"] for look in looks[: len(COLOURS)]}) == len(COLOURS)


def test_methods_of_a_stage_have_numbers_of_their_own() -> None:
    pruning = [name for name, method in METHODS.items() if method.stage == "prune"]
    assert [method_index(name) for name in pruning] == list(range(len(pruning)))
