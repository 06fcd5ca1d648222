"""A pull request on the Hub: opened by the Hub's real client against a stand-in, and imported from it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from amarathon.assets import BUNDLED_RUNS
from amarathon.errors import DatasetError
from amarathon.runs.submitting import propose_on_hub
from leaderboard.submissions.proposals import import_proposals
from leaderboard.submissions.review_queue import ReviewQueue
from tests.datasets.hub_pull_requests import AUTHOR, PullRequests
from tests.datasets.hub_stand_in import REPOSITORY, StandIn, serve, use_endpoint
from tests.leaderboard.run_folders import write_run
from tests.leaderboard.submissions.conftest import ADMIN, decided, submitted_rows
from tests.leaderboard.submissions.packing import DATASET, MODEL

HUB = f"hf://datasets/{REPOSITORY}"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.setenv("HF_TOKEN", "hf_stand_in")
    (tmp_path / "hub").mkdir()
    with serve(tmp_path / "hub", PullRequests) as stand_in:
        use_endpoint(monkeypatch, stand_in.endpoint)
        yield stand_in


def own_desk(data: Path) -> ReviewQueue:
    return ReviewQueue(data / "submissions", [BUNDLED_RUNS, data / "runs"], [], 1 << 30)


def test_from_pull_request_to_row(client: TestClient, data: Path, tmp_path: Path, hub: StandIn) -> None:
    run = write_run(tmp_path / "mine", "mine", model=MODEL, dataset="known", sha256=DATASET)
    address = propose_on_hub(run, HUB, "Our best.")
    assert address == f"{hub.endpoint}/datasets/{REPOSITORY}/discussions/1"
    head = next(line["value"] for line in hub.sent if line.get("key") == "header")
    assert (head["summary"], head["description"]) == (f"Submit {MODEL}: mine-id", "Our best.")
    files = [line["value"]["path"] for line in hub.sent if line.get("key") == "file"]
    assert files == ["submissions/org-bold-model-mine-id.zip"]
    (done,) = import_proposals(own_desk(data), HUB)
    assert done.filed, done.outcome
    assert [again.outcome for again in import_proposals(own_desk(data), REPOSITORY)] == [
        "It was imported before."
    ]
    (one,) = client.get("/v1/submissions/review", headers=ADMIN).json()["submissions"]
    assert one["submitter"]["name"] == AUTHOR
    assert one["submitter"]["contact"] == f"https://huggingface.co/{AUTHOR}"
    assert one["source"].startswith(f"{HUB}@refs/pr/1:submissions/")
    decided(client, one["id"], "accept")
    assert {row["model"] for row in submitted_rows(client)} == {MODEL}


def test_what_is_no_submission_is_told_and_the_next_one_taken(
    client: TestClient, data: Path, tmp_path: Path, hub: StandIn
) -> None:
    folder = hub.files / ".pulls" / "1" / "submissions"
    folder.mkdir(parents=True)
    (folder / "bad.zip").write_bytes(b"MZ\x90")
    (hub.files / ".pulls" / "1.json").write_text(json.dumps({"title": "Give me the first place"}))
    run = write_run(tmp_path / "mine", "mine", model=MODEL, dataset="known", sha256=DATASET)
    propose_on_hub(run, REPOSITORY)
    bad, good = import_proposals(own_desk(data), HUB)
    assert "no zip file" in bad.outcome
    assert good.filed


def test_a_refusal_of_the_hub_is_one_sentence(tmp_path: Path, hub: StandIn) -> None:
    run = write_run(tmp_path / "mine", "mine", model=MODEL, dataset="known", sha256=DATASET)
    hub.refusals["/api/datasets"] = (403, "")
    with pytest.raises(DatasetError, match="status 403"):
        propose_on_hub(run, HUB)
