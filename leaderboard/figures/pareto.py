"""Score against cost, where less cost is better: the front, what a budget buys, and what a loss saves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import plotly.graph_objects as go
from pydantic import Field

from leaderboard.figures.choices import Choice, a_grid, a_number, a_score, one_of
from leaderboard.figures.cost import HOW, NAMES, Measure, cost_of
from leaderboard.figures.curves import NO_GRID, Stage, amount, notes_of
from leaderboard.figures.declared import Figure, ScoreParameters, first_of, score_name, short_score
from leaderboard.figures.drawing import CellValue, Drawn, nothing, numbers, text
from leaderboard.figures.sources import Grid, Sources, System
from leaderboard.figures.style import (
    EDGE,
    FAULT,
    INK,
    configuration_words,
    lines,
    marker,
    method_index,
    plain,
    sheet,
    signed,
    titled,
)
from leaderboard.speed_records import SpeedRow

KEPT: dict[Stage, str] = {"prune": "Audio tokens kept, %", "evict": "Cache kept, %"}
Percent = Annotated[float, Field(ge=0, le=100)]


class ParetoParameters(ScoreParameters):
    """What is bought, at what cost.

    Attributes
    ----------
    model : str
        `Grid.key`; the first there is by default.
    cost : str
        ``"kept"``, the share that is left, or something that was measured alone.
    budget : float
        Most that may be kept, in percent, or spent, in percent of vanilla's measured cost.
    loss : float
        Most points that may be lost.
    """

    stage: Stage = "prune"
    model: str = ""
    cost: Literal["kept"] | Measure = "kept"
    budget: Percent = 50.0
    loss: Percent = 2.0


@dataclass(frozen=True)
class Offer:
    """A configuration with its cost and its score."""

    system: System
    cost: float
    score: float


def front_of(offers: Sequence[Offer]) -> list[Offer]:
    """Offers that no other beats: by less cost at no lower score, or a higher score at no more cost."""
    front: list[Offer] = []
    for offer in sorted(offers, key=lambda offer: (offer.cost, -offer.score)):
        if not front or offer.score > front[-1].score:
            front.append(offer)
    return front


def best_within(offers: Sequence[Offer], budget: float) -> Offer | None:
    """The highest score at no more than a cost; of equals the cheapest."""
    within = [offer for offer in offers if offer.cost <= budget + 1e-9]
    return min(within, key=lambda offer: (-offer.score, offer.cost), default=None)


def cheapest_at(offers: Sequence[Offer], least: float) -> Offer | None:
    """The least cost at no less than a score; of equals the best."""
    enough = [offer for offer in offers if offer.score >= least - 1e-9]
    return min(enough, key=lambda offer: (offer.cost, -offer.score), default=None)


def draw(sources: Sources, parameters: ParetoParameters) -> Drawn:
    """Build it."""
    name = score_name(parameters.score)
    key = first_of([grid.key for grid in sources.grids_with(parameters.stage)], parameters.model)
    if not key:
        return nothing(f"{name} against cost", NO_GRID)
    grid = sources.grid(key)
    what = KEPT[parameters.stage] if parameters.cost == "kept" else NAMES[parameters.cost]
    title = f"{name} against cost, less is better: {grid.title}"
    choices = _choices(sources, key, parameters)
    offers = _offers(sources, grid, parameters)
    if not offers:
        return nothing(
            title, f"No configuration of {grid.title} has both a score and this cost. {HOW}", choices
        )
    front = front_of(offers)
    figure = sheet(
        xaxis=titled(f"{what} (less is better)", rangemode="tozero", zeroline=False),
        yaxis=titled(f"{short_score(parameters.score)}, 0 to 100", zeroline=False),
    )
    figure.add_scatter(
        x=[offer.cost for offer in front],
        y=[offer.score for offer in front],
        name="Front: nothing is better and cheaper",
        mode="lines",
        line={"shape": "hv", "color": EDGE, "width": 2},
        hoverinfo="skip",
    )
    _add_offers(figure, offers, front, what)
    answers = _answers(figure, grid, offers, parameters, what)
    on_front = {id(offer) for offer in front}
    drawn = [offer.system for offer in offers]
    return Drawn(
        title,
        offers[0].system.source,
        figure,
        [
            text("Configuration"),
            numbers(what, 3 if what.endswith(", s") else 1),
            numbers(name),
            text("On the front"),
        ],
        [_table_row(offer, id(offer) in on_front) for offer in sorted(offers, key=lambda offer: offer.cost)],
        answers=answers,
        notes=notes_of(grid, drawn, parameters.score, parameters.protocol),
        notices=grid.notices,
        choices=choices,
    )


def _choices(sources: Sources, key: str, parameters: ParetoParameters) -> list[Choice]:
    costs = [
        ("kept", KEPT[parameters.stage]),
        *((name, f"{words}, measured") for name, words in NAMES.items()),
    ]
    return [
        a_score(parameters.score),
        a_grid(sources.grids_with(parameters.stage), key),
        one_of("cost", "Cost", costs, parameters.cost),
        a_number("budget", "Budget", "% of vanilla", parameters.budget),
        a_number("loss", "Loss, at most", "points", parameters.loss),
    ]


def _offers(sources: Sources, grid: Grid, parameters: ParetoParameters) -> list[Offer]:
    systems = [*([grid.vanilla] if grid.vanilla else []), *grid.of_stage(parameters.stage)]
    found = []
    for system in systems:
        score = system.value(parameters.score, parameters.protocol)
        cost = _cost(sources, system, parameters.cost)
        if score is not None and cost is not None:
            found.append(Offer(system, cost, score))
    return found


def _cost(sources: Sources, system: System, cost: Literal["kept"] | Measure) -> float | None:
    if cost == "kept":
        return round(100 - amount(system), 6)
    found = measured_alone(sources, system)
    return None if found is None else cost_of(found, cost).value


def measured_alone(sources: Sources, system: System) -> SpeedRow | None:
    """The efficiency record of a row: of the same weights under the same configuration.

    Costs of two recordings or machines are never mixed: only those of the first section that has the
    model count.
    """
    row = system.row
    if row.run is None:
        return None
    for section in sources.board.speed:
        own = [one for one in section.rows if (one.model, one.revision) == (row.model, row.run.revision)]
        if own:
            return next((one for one in own if one.configuration == row.configuration), None)
    return None


def _add_offers(figure: go.Figure, offers: list[Offer], front: list[Offer], what: str) -> None:
    """A mark for each configuration, by method."""
    methods: dict[str, list[Offer]] = {}
    for offer in offers:
        steps = offer.system.row.steps
        methods.setdefault(steps[0].title if steps else "Vanilla", []).append(offer)
    for title, own in methods.items():
        steps = own[0].system.row.steps
        look = (
            marker(method_index(steps[0].method))
            if steps
            else {"symbol": "circle-open", "color": INK, "size": 12, "line": {"width": 2, "color": INK}}
        )
        figure.add_scatter(
            x=[offer.cost for offer in own],
            y=[offer.score for offer in own],
            mode="markers",
            name=plain(title),
            marker=look,
            text=[_about(offer, offer in front, what) for offer in own],
            hovertemplate="%{text}<extra></extra>",
        )


def _about(offer: Offer, on_front: bool, what: str) -> str:
    name = plain(configuration_words(offer.system.row))
    return lines(
        f"<b>{name}: {offer.score:.1f}</b>",
        f"{what} {offer.cost:.4g}",
        "On the front" if on_front else None,
        offer.system.source,
    )


def _answers(
    figure: go.Figure, grid: Grid, offers: list[Offer], parameters: ParetoParameters, what: str
) -> list[str]:
    """Mark the budget and the loss, and say what they lead to."""
    vanilla = next((offer for offer in offers if offer.system is grid.vanilla), None)
    if vanilla is None:
        return ["Vanilla is not among them, so there is no budget and no loss to speak of."]
    budget = parameters.budget * vanilla.cost / 100
    least = vanilla.score - parameters.loss
    figure.add_vline(x=budget, line={"color": FAULT, "dash": "dot", "width": 1.5})
    figure.add_hline(y=least, line={"color": FAULT, "dash": "dot", "width": 1.5})
    best, cheapest = best_within(offers, budget), cheapest_at(offers, least)
    return [
        f"At most {parameters.budget:g}% of vanilla's cost: "
        + (f"best is {_named(best, vanilla, what)}." if best else "no configuration is that cheap."),
        f"At most {parameters.loss:g} points below vanilla: "
        + (
            f"cheapest is {_named(cheapest, vanilla, what)}."
            if cheapest
            else "no configuration is that good."
        ),
    ]


def _named(offer: Offer, vanilla: Offer, what: str) -> str:
    name, unit = what.rsplit(", ", 1)
    cost = f"{name.lower()} {offer.cost:.4g}{'' if unit == '%' else ' '}{unit}"
    change = signed(offer.score - vanilla.score)
    return f"{configuration_words(offer.system.row)}: {offer.score:.1f} ({change}), {cost}"


def _table_row(offer: Offer, on_front: bool) -> list[CellValue]:
    return [configuration_words(offer.system.row), offer.cost, offer.score, "yes" if on_front else "no"]


FIGURE = Figure(
    "pareto", "A score against a cost of which less is better, with its front", ParetoParameters, draw
)
