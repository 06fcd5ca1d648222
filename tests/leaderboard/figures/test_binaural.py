"""Measurements of `amarathon bmld` on the leaderboard: rows, the figure, and what cannot be read."""

from pathlib import Path

import pytest

from amarathon.psychoacoustics import Design, masking_level_difference, measure, open_encoder, read_summary
from amarathon.psychoacoustics.records import CELLS_FILE
from leaderboard.figures.bmld_curve import HIGHEST_DB, IDEAL, LOWEST_DB
from leaderboard.figures.sources import Sources, UnknownChoiceError
from leaderboard.store import Store, build_board
from tests.leaderboard.figures.drawing import drawn, plotted, sources_of, tabled

FREQUENCIES = (500.0, 4000.0)
DESIGN = Design(
    frequencies_hz=FREQUENCIES,
    snrs_db=(-14.0, -6.0),
    ablations=("raw", "highpass"),
    seeds=3,
    duration_s=0.2,
)
ROWS = [("log-mel", "dual"), ("log-mel", "downmix"), ("difference", "native")]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for name, presentation in ROWS:
        measure(open_encoder(name), DESIGN, folder / f"{name}-{presentation}", presentation=presentation)
    return folder


@pytest.fixture(scope="module")
def sources(measured: Path) -> Sources:
    return sources_of(measured)


def test_every_measurement_is_a_row_and_no_broken_run(measured: Path) -> None:
    board = build_board(measured)
    assert {(row.encoder, row.presentation) for row in board.binaural} == set(ROWS)
    assert board.broken == board.pending == []
    for row in board.binaural:
        assert row.cells == read_summary(measured / row.folder).cells
        assert (row.finished, row.seeds, row.notice) == (True, 3, None)


def test_the_curves_have_the_ratios_beside_the_ideal(sources: Sources) -> None:
    document = drawn(sources, "binaural")
    assert document.title == "Binaural masking level difference at -14 dB, raw"
    traces = {trace["name"]: trace for trace in document.figure["data"]}
    assert set(traces) == {IDEAL, "log-mel, dual", "log-mel, downmix", "difference"}
    for hertz, decibels in zip(traces[IDEAL]["x"], traces[IDEAL]["y"], strict=True):
        assert decibels == masking_level_difference(hertz)
    assert list(traces["log-mel, downmix"]["y"]) == [LOWEST_DB] * 2
    assert list(traces["difference"]["y"]) == [HIGHEST_DB] * 2
    dual = {round(number, 6) for number in traces["log-mel, dual"]["y"]}
    assert dual <= tabled(document)
    assert "infinite" in traces["difference"]["text"][0]


def test_what_does_not_count_is_open(sources: Sources) -> None:
    # Three seeds are never significant.
    document = drawn(sources, "binaural", ablation="highpass", snr="-6")
    symbols = [
        symbol
        for trace in document.figure["data"]
        if trace["name"] != IDEAL
        for symbol in trace["marker"]["symbol"]
    ]
    assert symbols
    assert all(symbol.endswith("-open") for symbol in symbols)
    assert plotted(document, "x")


@pytest.mark.parametrize("wrong", [{"snr": "9"}, {"ablation": "lowpass"}])
def test_what_was_not_measured_is_refused(sources: Sources, wrong: dict[str, str]) -> None:
    with pytest.raises(UnknownChoiceError, match="No encoder was asked"):
        drawn(sources, "binaural", **wrong)


def test_nothing_measured_says_how(tmp_path: Path) -> None:
    assert "amarathon bmld --encoder net-ipd" in (drawn(sources_of(tmp_path), "binaural").empty or "")


def test_damage_is_named_and_a_new_folder_seen(tmp_path: Path) -> None:
    store = Store(tmp_path)
    before = store.json().etag
    small = Design(frequencies_hz=(500.0,), snrs_db=(-14.0,), seeds=2, duration_s=0.2)
    measure(open_encoder("log-mel"), small, tmp_path / "ears", presentation="left")
    assert store.json().etag != before
    with (tmp_path / "ears" / CELLS_FILE).open("a") as file:
        file.write("no\n")
    (unshown,) = store.board().broken
    assert "line 2, is damaged" in unshown.reason
    assert store.board().binaural == []
