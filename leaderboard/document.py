"""The leaderboard as it is sent: what many rows share stands once, what a cell does not have is left out."""

from typing import Any

import orjson

from leaderboard.records import Cell, Leaderboard, Row, RunFacts, Scores, Section
from web.json_api import CachedJson

SECTIONS = ("models", "pruning", "eviction", "duration")
# Of a figure from 0 to 100. ``/v1/runs/{id}`` has every digit.
DECIMALS = 4


class RowTexts:
    """Rows' scores as JSON, made once: they are most of the document, and a new run changes no other's."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[object, orjson.Fragment]] = {}

    def of(self, rows: list[Row]) -> dict[str, orjson.Fragment]:
        """The scores of each row, by its id; what other rows had is forgotten."""
        self._texts = {row.id: self._known(row) for row in rows}
        return {name: text for name, (_, text) in self._texts.items()}

    def _known(self, row: Row) -> tuple[object, orjson.Fragment]:
        known = self._texts.get(row.id)
        # Compared by what they are: a row that was ranked again has the very same scores.
        if known is not None and known[0] is row.scores:
            return known
        found = {protocol: _scores(scores) for protocol, scores in row.scores.items()}
        return row.scores, orjson.Fragment(orjson.dumps(found))


def document_of(board: Leaderboard, texts: RowTexts) -> CachedJson:
    """The document that `SentLeaderboard` describes."""
    sections = [*(getattr(board, name) for name in SECTIONS), *board.measured]
    rows = [row for section in sections for row in section.rows]
    known = texts.of(rows)
    facts = {row.run.folder: row.run for row in rows if row.run}
    return CachedJson.of(
        board.model_dump(mode="json", exclude={*SECTIONS, "measured"})
        | {name: _section(getattr(board, name), known) for name in SECTIONS}
        | {"measured": [_section(section, known) for section in board.measured]}
        | {"runs": {folder: run.model_dump(mode="json") for folder, run in facts.items()}}
    )


def _section(section: Section, texts: dict[str, orjson.Fragment]) -> dict[str, Any]:
    rows = [
        row.model_dump(mode="json", exclude={"scores", "run"})
        | {"scores": texts[row.id], "run": _name(row.run)}
        for row in section.rows
    ]
    return section.model_dump(mode="json", exclude={"rows"}) | {"rows": rows}


def _name(run: RunFacts | None) -> str | None:
    return None if run is None else run.folder


def _scores(scores: Scores) -> dict[str, Any]:
    return {
        "tasks": {code: _cell(cell) for code, cell in scores.tasks.items()},
        "overall": _cell(scores.overall),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    found = cell.model_dump(mode="json", exclude_defaults=True)
    rounded = {
        "value": None if cell.value is None else round(cell.value, DECIMALS),
        "interval": [round(end, DECIMALS) for end in cell.interval or ()],
        "unread": None if cell.unread is None else round(cell.unread, DECIMALS),
    }
    return found | {name: figure for name, figure in rounded.items() if name in found}
