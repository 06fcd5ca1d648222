"""Ready-made choices of configurations, made from the registry and the paper's grid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from amarathon.compression import METHODS, Configuration
from amarathon.compression.configuration import VANILLA
from amarathon.compression.grids import GRIDS
from amarathon.compression.methods import Method
from live_demo.tradeoff import series_number

# What methods that take a factor are offered with; the paper's grid has none of them.
FACTORS = ("2", "3", "4")
# What is chosen when the page opens, beside vanilla: one of each kind that the paper compares.
DEFAULTS = ("frame@0.6", "fastv@0.6", "snapkv@0.5")
_QUICK_METHODS, _QUICK_SHARE = ("frame", "fastv", "dart", "headrouter", "snapkv", "tova"), "0.6"


@dataclass(frozen=True)
class Preset:
    """Configurations that one click chooses.

    Attributes
    ----------
    name, title : str
    does : str
        One sentence on what the choice shows.
    configurations : tuple of str
        Without vanilla, which is always compared.
    """

    name: str
    title: str
    does: str
    configurations: tuple[str, ...]


@cache
def shares() -> tuple[str, ...]:
    """The shares removed in the paper's grid, the smallest first."""
    return tuple(f"{share:g}" for share in sorted({float(method.amount) for method in _paper_steps()}))


def amounts(method: type[Method]) -> tuple[str, ...]:
    """What a method is offered with."""
    return FACTORS if method.amount_kind == "factor" else shares()


def presets() -> list[Preset]:
    """Those with a list of their own; one method over all its amounts is made of `amounts`."""
    quick = tuple(f"{name}@{_QUICK_SHARE}" for name in _QUICK_METHODS)
    removed = sorted({float(method.amount) for method in _paper_steps() if method.stage == "prune"})
    paper = tuple(name for name in GRIDS["paper"] if name != VANILLA)
    along = (*(f"frame@{share:g}" for share in removed), "pool@2", "snapkv@0.5", "frame@0.6+snapkv@0.5")
    titles = " and ".join(
        ", ".join(METHODS[name].title for name in part) for part in (_QUICK_METHODS[:-1], _QUICK_METHODS[-1:])
    )
    return [
        Preset("quick", "Quick", f"Six methods, each with 60% removed: {titles}.", quick),
        Preset("paper", "Paper's grid", f"The {len(paper)} configurations of the paper's tables.", paper),
        Preset(
            "tradeoff",
            "Trade-off",
            "From little removed to much, and a combination: how the answer follows the cost.",
            along,
        ),
    ]


def method_list() -> list[Mapping[str, Any]]:
    """Every method as the page offers it."""
    return [
        {
            "name": method.name,
            "title": method.title,
            "stage": method.stage,
            "summary": method.summary,
            "paper": method.paper,
            "kind": method.amount_kind,
            "randomised": method.randomised,
            "amounts": amounts(method),
            "series": series_number(method.name),
        }
        for method in METHODS.values()
    ]


def _paper_steps() -> Iterator[Method]:
    return (step for name in GRIDS["paper"] for step in Configuration.parse(name).steps)
