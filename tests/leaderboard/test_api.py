"""The leaderboard's JSON as a client gets it."""

import gzip
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from amarathon.assets import BUNDLED_RUNS
from amarathon.compression import METHODS
from amarathon.runs.summary import read_summary
from amarathon.settings import Settings
from amarathon.tasks import TASKS
from leaderboard.answers import RunAnswer
from leaderboard.api import router
from leaderboard.assets import STATIC
from leaderboard.sent import SentLeaderboard
from leaderboard.tables import PublishedTable
from tests.leaderboard.run_folders import write_run


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    app = FastAPI(routes=router(Settings(data=tmp_path)).routes)
    return TestClient(app)


def test_document_is_what_its_schema_says(client: TestClient, tmp_path: Path) -> None:
    write_run(tmp_path / "runs", "a")
    board = SentLeaderboard.model_validate(client.get("/v1/leaderboard").json())
    assert len(board.models.rows) == 17
    assert "a" in {row.run for section in board.measured for row in section.rows}
    assert board.runs["a"].run_id == "a-id"


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


def test_runs_come_in_pages_with_links_to_those_beside(client: TestClient, tmp_path: Path) -> None:
    for name in "abcd":
        write_run(tmp_path / "runs", name)
    everything = client.get("/v1/runs").json()
    total = everything["total"]
    assert total == len(everything["runs"]) == 4 + len(list(BUNDLED_RUNS.iterdir()))
    address, seen = "/v1/runs?limit=3", []
    while address:
        answer = client.get(address)
        seen += [run["folder"] for run in answer.json()["runs"]]
        assert answer.json()["total"] == total
        address = answer.links.get("next", {}).get("url")
        address = address and f"/v1/runs{address}"
    assert seen == [run["folder"] for run in everything["runs"]]
    last = client.get(f"/v1/runs?limit=3&offset={(total - 1) // 3 * 3}")
    assert set(last.links) == {"first", "last", "prev"}
    assert client.get("/v1/runs?limit=3&offset=99").json()["runs"] == []
    for wrong in ("limit=0", "limit=1001", "offset=-1", "limit=x"):
        assert client.get(f"/v1/runs?{wrong}").status_code == 422


def test_a_run_is_there_in_full(client: TestClient, tmp_path: Path) -> None:
    folder = write_run(tmp_path / "runs", "a")
    answer = client.get("/v1/runs/a")
    found = RunAnswer.model_validate(answer.json())
    summary = read_summary(folder)
    assert found.header.run_id == "a-id"
    assert [each.configuration for each in found.configurations] == ["vanilla", "frame@0.6"]
    for each in found.configurations:
        assert each.cells == summary.breakdowns[each.configuration].cells
    assert {cell.group for cell in found.configurations[0].cells} >= {"all", "duration"}
    again = client.get("/v1/runs/a", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    write_run(tmp_path / "runs", "b", summed_up=False)
    for missing in ("b", "none", "..%2Fx"):
        assert client.get(f"/v1/runs/{missing}").status_code == 404
    assert client.get("/v1/runs/none").json()["error"].startswith("There is no run of this id")


def test_a_run_with_a_bundled_one_s_name_is_not_taken_for_it(client: TestClient, tmp_path: Path) -> None:
    write_run(tmp_path / "runs", "small-on-mini")
    found = client.get("/v1/runs").json()
    assert [run["folder"] for run in found["broken"]] == ["small-on-mini"]
    assert "same folder name" in found["broken"][0]["reason"]
    assert client.get("/v1/runs/small-on-mini").json()["header"]["dataset"]["name"] == "mini"


def test_registries_are_told_whole(client: TestClient) -> None:
    assert [task["code"] for task in client.get("/v1/tasks").json()["tasks"]] == list(TASKS)
    methods = {method["name"]: method for method in client.get("/v1/methods").json()["methods"]}
    assert list(methods) == list(METHODS)
    assert methods["change"]["paper"] is None
    tables = client.get("/v1/tables").json()["tables"]
    assert [table["number"] for table in tables] == [3, 4, 5, 6, 7, 8, 11]
    assert all(client.get(f"/v1/tables/{table['number']}").status_code == 200 for table in tables)


def test_schemas_are_documented(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    answers = {
        path: document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for path in ("/v1/leaderboard", "/v1/tables/{number}", "/v1/runs", "/v1/runs/{id}", "/v1/tasks")
    }
    assert [schema["$ref"].rpartition("/")[2] for schema in answers.values()] == [
        "SentLeaderboard",
        "PublishedTable",
        "Runs",
        "RunAnswer",
        "Tasks",
    ]


def test_scripts_are_kept_under_an_address_of_their_content(client: TestClient) -> None:
    answer = client.get(f"{STATIC.address}/main.js")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"{STATIC.address}/../store.py").status_code == 404
