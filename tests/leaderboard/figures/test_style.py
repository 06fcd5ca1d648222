"""How names and numbers come into figures."""

import re
from pathlib import Path

import numpy as np
import pytest

import web
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


def luminance(colour: np.ndarray) -> float:
    """Relative luminance (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    share = colour / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("end", ["less", "more"])
@pytest.mark.parametrize("mode", [":root", ":root.dark"])
def test_a_number_can_be_read_on_every_shade_of_a_heat_map(mode: str, end: str) -> None:
    css = (Path(web.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")
    block = re.search(rf"^{re.escape(mode)} \{{(.*?)^\}}", css, re.DOTALL | re.MULTILINE)
    assert block
    hexes = dict(re.findall(r"--([a-z0-9-]+): #([0-9a-f]{6});", block[1]))
    ink, page, full = (np.array(list(bytes.fromhex(hexes[name])), float) for name in ("ink", "page", end))
    for share in np.linspace(0, 1, 21):
        low, high = sorted((luminance(ink), luminance(page + share * (full - page))))
        assert (high + 0.05) / (low + 0.05) >= 4.5
