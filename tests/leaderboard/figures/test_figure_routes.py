"""Figures as a client gets them: kept, refused by a sentence, built anew, worked out in the meantime."""

import threading
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from amarathon.settings import Settings
from leaderboard.api import router
from leaderboard.figures import FIGURES
from leaderboard.figures.declared import Figure
from leaderboard.figures.drawing import FigureDocument
from leaderboard.figures.store import FigureStore
from leaderboard.store import Store
from tests.leaderboard.run_folders import write_run


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(FastAPI(routes=router(Settings(data=tmp_path)).routes))


def test_a_figure_is_what_its_schema_says_and_is_sent_once(client: TestClient) -> None:
    first = client.get("/v1/figures/curves?score=SER")
    document = FigureDocument.model_validate(first.json())
    assert document.title.startswith("SER")
    again = client.get("/v1/figures/curves?score=SER", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("nothing", 404, "There is no figure 'nothing'; there are binaural, compare"),
        ("curves?colour=red", 422, "takes no parameter colour; it takes: score, protocol, stage, model."),
        ("curves?score=SER&score=MC", 422, "score is given twice."),
        ("curves?score=XYZ", 422, "There is no task 'XYZ'"),
        ("curves?stage=none", 422, "stage: Input should be 'prune' or 'evict'."),
        ("curves?model=none", 422, "There is no model or run 'none'."),
        ("pareto?budget=nan", 422, "budget: "),
        ("pareto?budget=101", 422, "budget: "),
        ("compare?systems=../../etc", 422, "There is no row"),
        ("slices?model=table-4-Aero-1-Audio", 422, "measured runs alone"),
        ("speed?section=x", 200, None),
    ],
)
def test_what_is_unknown_is_refused_by_a_sentence(
    client: TestClient, path: str, status: int, words: str | None
) -> None:
    answer = client.get(f"/v1/figures/{path}")
    assert answer.status_code == status
    if words:
        assert words in answer.json()["error"]


def test_figures_follow_the_records(client: TestClient, tmp_path: Path) -> None:
    assert client.get("/v1/figures/curves?model=run-a").status_code == 422
    write_run(tmp_path / "runs", "a")
    assert client.get("/v1/figures/curves?model=run-a").status_code == 200


def test_one_that_takes_long_goes_on_and_is_there_later(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    composition = FIGURES["composition"]

    def slowly(*arguments: object) -> object:
        begun.set()
        go_on.wait()
        return composition.draw(*arguments)  # type: ignore[arg-type]

    figure = Figure("composition", composition.about, composition.parameters, slowly)  # type: ignore[arg-type]
    monkeypatch.setitem(FIGURES, "composition", figure)
    impatient = FigureStore(Store(), patience_s=0.0)
    assert impatient.json("composition", []) is None
    assert begun.wait(60)
    go_on.set()
    patient = FigureStore(Store(), patience_s=60.0)
    assert patient.json("composition", []) is not None
