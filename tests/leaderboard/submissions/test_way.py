"""A submission's way over HTTP: uploaded, scored, filed, decided on, shown, taken back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from amarathon.metrics import score
from tests.leaderboard.submissions.conftest import (
    ADMIN,
    WHO,
    decided,
    filed,
    submitted_rows,
    uploaded,
)
from tests.leaderboard.submissions.packing import DATASET, MODEL, Pack

Packs = Callable[..., Pack]


def values(row: dict[str, Any]) -> dict[str, float | None]:
    """Its figures by the strict protocol, with as many decimals as the leaderboard is sent with."""
    scores = row["scores"]["strict"]
    cells = {"overall": scores["overall"], **scores["tasks"]}
    return {name: cell["value"] and round(cell["value"], 4) for name, cell in cells.items()}


def test_from_upload_to_row(whole_client: TestClient, pack: Packs) -> None:
    client = whole_client
    before = client.get("/v1/leaderboard")
    sent = pack(right=10)
    receipt, identifier = filed(client, sent.zip())
    assert submitted_rows(client) == []
    preview = client.get(f"/v1/submissions/receipts/{receipt}").json()["rows"]
    decided(client, identifier, "accept", "Good.")
    rows = submitted_rows(client)
    assert {row["configuration"] for row in rows} == {"vanilla", "frame@0.6"}
    assert {row["model"] for row in rows} == {MODEL}
    own = next(row for row in rows if row["configuration"] == "vanilla")
    assert own["run"]["submission"]["by"] == WHO["name"]
    assert own["run"]["dataset_sha256"] == DATASET
    lines = [line for line in sent.lines if (line["task"], line["configuration"]) == ("SER", "vanilla")]
    assert abs(own["scores"]["strict"]["tasks"]["SER"]["value"] - score("SER", lines)["macro_f1"]) < 1e-4
    for one in preview:
        shown = next(row for row in rows if row["configuration"] == one["configuration"])
        assert values(one) == values(shown)
    assert own["ranks"]
    assert WHO["contact"] not in client.get("/v1/leaderboard").text
    assert client.get("/v1/leaderboard").headers["etag"] != before.headers["etag"]
    state = client.get(f"/v1/submissions/receipts/{receipt}").json()
    assert (state["state"], state["reason"]) == ("accepted", "Good.")


def test_claimed_results_are_not_believed(client: TestClient, pack: Packs) -> None:
    liar = pack(right=2)
    for line in liar.lines:
        line |= {"correct": True, "answer_read": line["answer"]}
    _, identifier = filed(client, liar.zip())
    decided(client, identifier, "accept")
    own = next(row for row in submitted_rows(client) if row["configuration"] == "vanilla")
    assert own["scores"]["strict"]["tasks"]["SER"]["value"] < 30
    kept = client.get("/v1/runs").json()["runs"]
    assert [run["folder"] for run in kept if run["submission"]] == [identifier]


def test_a_refusal_tells_its_reason_and_can_be_undone(client: TestClient, pack: Packs) -> None:
    receipt, identifier = filed(client, pack().zip())
    answer = client.post(f"/v1/submissions/review/{identifier}/refuse", json={}, headers=ADMIN)
    assert (answer.status_code, answer.json()["error"]) == (422, "Give a reason: the submitter reads it.")
    decided(client, identifier, "refuse", "Which revision is it?")
    state = client.get(f"/v1/submissions/receipts/{receipt}").json()
    assert (state["state"], state["reason"]) == ("refused", "Which revision is it?")
    assert decided(client, identifier, "undo")["state"] == "waiting"
    decided(client, identifier, "accept")
    assert len(submitted_rows(client)) == 2
    assert decided(client, identifier, "undo", "Too soon.")["state"] == "waiting"
    assert submitted_rows(client) == []


def test_a_resubmission_supersedes_and_history_is_kept(client: TestClient, pack: Packs) -> None:
    first_receipt, first = filed(client, pack(right=6, run_id="one").zip())
    decided(client, first, "accept")
    _, other = filed(client, pack(right=7, run_id="elsewhere").zip(), name="Somebody Else")
    decided(client, other, "accept")
    _, second = filed(client, pack(right=11, run_id="two").zip(), name="the bold team")
    assert client.get(f"/v1/submissions/review/{second}", headers=ADMIN).json()["supersedes"] == [first]
    decided(client, second, "accept")
    assert {row["run"]["run_id"] for row in submitted_rows(client)} == {"two", "elsewhere"}
    state = client.get(f"/v1/submissions/receipts/{first_receipt}").json()
    assert (state["state"], state["superseded_by"]) == ("superseded", second)
    decided(client, second, "undo")
    assert {row["run"]["run_id"] for row in submitted_rows(client)} == {"one", "elsewhere"}
    events = client.get("/v1/submissions/log", headers=ADMIN).json()["events"]
    assert [event["event"] for event in events if event["id"] == second] == [
        "uploaded",
        "filed",
        "accepted",
        "undone",
    ]


def test_the_holder_of_the_receipt_withdraws(client: TestClient, data: Path, pack: Packs) -> None:
    receipt, identifier = filed(client, pack().zip())
    decided(client, identifier, "accept")
    assert client.post(f"/v1/submissions/receipts/{receipt}/withdraw").json()["state"] == "withdrawn"
    assert submitted_rows(client) == []
    assert not list((data / "submissions").glob(f"*/{identifier}"))
    answer = client.post(f"/v1/submissions/review/{identifier}/undo", json={}, headers=ADMIN)
    assert answer.status_code == 409
    # The same run may come again.
    uploaded(client, pack().zip())


def test_who_is_no_administrator_sees_and_decides_nothing(client: TestClient, pack: Packs) -> None:
    receipt, identifier = filed(client, pack().zip())
    own = f"/v1/submissions/review/{identifier}"
    for method, path in [
        ("GET", "/v1/submissions/review"),
        ("GET", own),
        ("GET", "/v1/submissions/log"),
        ("POST", f"{own}/accept"),
        ("POST", f"{own}/refuse"),
        ("POST", f"{own}/undo"),
    ]:
        answer = client.request(method, path, json={"reason": "because"} if method == "POST" else None)
        assert answer.status_code == 403, path
    assert WHO["contact"] not in client.get(f"/v1/submissions/receipts/{receipt}").text
    queue = client.get("/v1/submissions/review", headers=ADMIN).json()
    assert queue["submissions"][0]["submitter"]["contact"] == WHO["contact"]


def test_only_the_digest_of_a_receipt_is_kept(client: TestClient, data: Path, pack: Packs) -> None:
    receipt, _ = filed(client, pack().zip())
    log = data / "submissions" / "log.jsonl"
    assert receipt not in log.read_text()
    assert log.stat().st_mode & 0o077 == 0
    assert [json.loads(line)["event"] for line in log.read_text().splitlines()] == ["uploaded", "filed"]
    wrong = receipt[:-1] + ("A" if receipt[-1] != "A" else "B")
    assert client.get(f"/v1/submissions/receipts/{wrong}").status_code == 404


def test_scores_of_an_accepted_run_go_to_the_hub(client: TestClient, pack: Packs) -> None:
    _, identifier = filed(client, pack().zip())
    path = f"/v1/runs/{identifier}/eval-results.yaml"
    assert client.get(path, params={"dataset": "a/b"}).status_code == 404
    decided(client, identifier, "accept")
    assert "no dataset on the Hugging Face Hub" in client.get(path).json()["error"]
    answer = client.get(path, params={"dataset": "a/b", "configuration": "frame@0.6"})
    assert "configuration frame@0.6" in answer.text
    assert "model-index:" in client.get(f"/v1/runs/{identifier}/model-index.md").text
    assert client.get("/v1/runs/../model-index.md").status_code == 404
