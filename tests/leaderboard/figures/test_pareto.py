"""Fronts, budgets and losses against cases worked by hand: less cost is better."""

import pytest

from leaderboard.figures.pareto import Offer, best_within, cheapest_at, front_of
from leaderboard.figures.sources import Sources, System
from tests.leaderboard.figures.drawing import column, drawn

QWEN = "table-4-Qwen2.5-Omni-3B"


@pytest.fixture
def offers(bundled: Sources) -> list[Offer]:
    """Five offers; the second beats the third, the fourth is no better than the second."""
    system: System = next(iter(bundled.systems.values()))
    return [Offer(system, cost, score) for cost, score in ((100, 80), (40, 70), (60, 65), (70, 70), (10, 50))]


def test_the_front_is_what_nothing_beats(offers: list[Offer]) -> None:
    assert [(offer.cost, offer.score) for offer in front_of(offers)] == [(10, 50), (40, 70), (100, 80)]


def test_of_two_alike_the_cheaper_one_is_on_the_front(offers: list[Offer]) -> None:
    assert [offer.cost for offer in front_of(offers[1:4])] == [40]


def test_a_budget_buys_the_best_that_it_can(offers: list[Offer]) -> None:
    assert best_within(offers, 60) == offers[1]
    assert best_within(offers, 39) == offers[4]
    assert best_within(offers, 5) is None


def test_a_loss_saves_all_that_it_can(offers: list[Offer]) -> None:
    assert cheapest_at(offers, 70) == offers[1]
    assert cheapest_at(offers, 49) == offers[4]
    assert cheapest_at(offers, 81) is None


def test_table_4_by_hand(bundled: Sources) -> None:
    found = drawn(bundled, "pareto", model=QWEN)
    assert found.answers[0].endswith("best is Frame 0.6: 64.4 (−3.1), audio tokens kept 40%.")
    assert found.answers[1].endswith("cheapest is Frame 0.3: 66.9 (−0.6), audio tokens kept 70%.")
    front = {name for name, on in column(found, "On the front").items() if on == "yes"}
    assert front == {"DART 0.9", "Frame 0.6", "Frame 0.3", "vanilla"}


def test_keeping_more_is_never_better(bundled: Sources) -> None:
    """Where eviction changes nothing, vanilla is beaten by what keeps least."""
    found = drawn(bundled, "pareto", stage="evict", score="SGR")
    front = {name for name, on in column(found, "On the front").items() if on == "yes"}
    assert "vanilla" not in front
    assert "SnapKV 0.9" in front


def test_nothing_is_that_cheap_or_that_good(bundled: Sources) -> None:
    found = drawn(bundled, "pareto", model=QWEN, budget="5", loss="0")
    assert "no configuration is that cheap" in found.answers[0]
    assert "cheapest is vanilla" in found.answers[1]
