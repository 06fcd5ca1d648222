"""The leaderboard's JSON as a client gets it."""

import gzip
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from amarathon.assets import BUNDLED_RUNS
from amarathon.settings import Settings
from leaderboard.api import router
from leaderboard.assets import STATIC
from leaderboard.records import Leaderboard
from leaderboard.tables import PublishedTable
from tests.leaderboard.run_folders import write_run


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    app = FastAPI(routes=router(Settings(data=tmp_path)).routes)
    return TestClient(app)


def test_document_is_what_its_schema_says(client: TestClient, tmp_path: Path) -> None:
    write_run(tmp_path / "runs", "a")
    board = Leaderboard.model_validate(client.get("/v1/leaderboard").json())
    assert len(board.models.rows) == 17
    assert "a" in {row.run.folder for section in board.measured for row in section.rows if row.run}


def test_unchanged_document_is_not_sent_again(client: TestClient, tmp_path: Path) -> None:
    first = client.get("/v1/leaderboard")
    again = client.get("/v1/leaderboard", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    write_run(tmp_path / "runs", "a")
    changed = client.get("/v1/leaderboard", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_document_comes_compressed(client: TestClient) -> None:
    with client.stream("GET", "/v1/leaderboard", headers={"Accept-Encoding": "gzip"}) as response:
        raw = b"".join(response.iter_raw())
    assert response.headers["content-encoding"] == "gzip"
    assert len(raw) < len(gzip.decompress(raw)) / 5


@pytest.mark.parametrize("number", [3, 4, 5, 6, 7, 8, 11])
def test_every_table_is_there_as_printed(client: TestClient, number: int) -> None:
    table = PublishedTable.model_validate(client.get(f"/v1/tables/{number}").json())
    assert table.number == number
    assert table.rows
    assert set(table.keys) <= set(table.columns)


def test_unknown_table_is_a_sentence(client: TestClient) -> None:
    answer = client.get("/v1/tables/99")
    assert answer.status_code == 404
    assert answer.json() == {"error": "There is no table 99; there are 3, 4, 5, 6, 7, 8, 11."}


def test_runs_are_listed_once_each_with_the_broken_ones(client: TestClient, tmp_path: Path) -> None:
    write_run(tmp_path / "runs", "a")
    write_run(tmp_path / "runs", "b", summed_up=False)
    (tmp_path / "runs" / "c").mkdir()
    (tmp_path / "runs" / "c" / "run.json").write_text("[]")
    found = client.get("/v1/runs").json()
    bundled = [folder.name for folder in BUNDLED_RUNS.iterdir()]
    assert sorted(run["folder"] for run in found["runs"]) == sorted([*bundled, "a"])
    assert [run["folder"] for run in found["pending"]] == ["b"]
    assert [run["folder"] for run in found["broken"]] == ["c"]


def test_schemas_are_documented(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    answers = {
        path: document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for path in ("/v1/leaderboard", "/v1/tables/{number}", "/v1/runs")
    }
    assert [schema["$ref"].rpartition("/")[2] for schema in answers.values()] == [
        "Leaderboard",
        "PublishedTable",
        "Runs",
    ]


def test_scripts_are_kept_under_an_address_of_their_content(client: TestClient) -> None:
    answer = client.get(f"{STATIC.address}/main.js")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"{STATIC.address}/../store.py").status_code == 404
