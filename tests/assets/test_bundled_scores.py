"""What stands with the bundled runs is what their answers give now."""

import re
from pathlib import Path

import pytest

from amarathon.assets import BUNDLED_RUNS
from amarathon.bundling.scores import FINDINGS, LONG, ON_BUNDLED, SHORT, SPEECH
from amarathon.metrics.breakdown import break_down
from amarathon.metrics.cells import OVERALL
from amarathon.models.small import bundled_folder
from amarathon.runs import read_run
from amarathon.runs.summary import Summary, find_summary, summary_of

AGAIN = "Run `python -m amarathon.bundling.scores`; raise DERIVATION_VERSION if scores are derived otherwise."


@pytest.mark.parametrize("folder", [LONG, SHORT, ON_BUNDLED, SPEECH], ids=lambda folder: folder.name)
def test_the_summaries_are_what_the_answers_give(folder: Path) -> None:
    stored = find_summary(folder)
    assert isinstance(stored, Summary), f"{stored} {AGAIN}"
    rows = [
        prediction.model_dump()
        for prediction in read_run(folder).predictions()
        if prediction.configuration == "vanilla"
    ]
    derived, there = break_down(rows), stored.breakdowns["vanilla"]
    assert [_named(cell) for cell in derived.cells] == [_named(cell) for cell in there.cells], AGAIN
    for now, before in zip(derived.cells, there.cells, strict=True):
        for field in ("score", "low", "high", "count", "unread"):
            assert getattr(now, field) == pytest.approx(getattr(before, field)), (_named(now), AGAIN)
    assert derived.evidence.clusters_sha256 == there.evidence.clusters_sha256
    for protocol, values in derived.evidence.values.items():
        assert values == pytest.approx(there.evidence.values[protocol], abs=1e-5)
        overall = next(cell for cell in derived.headlines(protocol) if cell.task == OVERALL)
        assert sum(values) == pytest.approx(overall.score, abs=1e-3)


def _named(cell) -> tuple[str, ...]:
    return (cell.task, cell.protocol, cell.metric, cell.group, cell.value)


def test_every_bundled_run_is_scored_by_the_command() -> None:
    assert sorted(BUNDLED_RUNS.iterdir()) == sorted([LONG, SHORT, ON_BUNDLED, SPEECH])


@pytest.mark.parametrize("page", [Path(FINDINGS), bundled_folder() / "README.md"], ids=lambda page: page.name)
def test_pages_quote_the_scores_and_intervals_of_the_summary(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    cells = {cell.task: cell for cell in summary_of(read_run(LONG)).breakdowns["vanilla"].headlines()}
    line = next(line for line in text.splitlines() if re.match(r"\| (`vanilla`|overall) \|", line))
    assert f"| {cells[OVERALL].score:.1f} |" in line
    assert "conditional on the recordings of SD" in text
    if "overall" in line:
        assert f"| {cells[OVERALL].low:.1f} to {cells[OVERALL].high:.1f} |" in line
        # Eight voices that are all right are not sure of a hundred.
        assert f"| ER | macro_f1 | 100.0 | {cells['ER'].low:.1f} to 100.0 |" in text
        assert cells["ER"].low < 69
