"""The samples as a client gets them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from amarathon.datasets.bundled import BUNDLED
from amarathon.runs.reading import read_lines
from amarathon.runs.records import Prediction
from amarathon.tasks.sample import Sample
from leaderboard.samples.datasets_here import DatasetsHere
from leaderboard.samples.records import SampleDetail, SampleList
from tests.leaderboard.sample_runs import client_of, licensed_dataset, samples_of, write_answers

pytestmark = pytest.mark.usefixtures("no_bundled_runs")

Asked = tuple[Sample, ...]


@pytest.fixture
def client(tmp_path: Path, licensed: Path, asked: Asked) -> TestClient:
    """Two models: sample 0 both right; 1 they differ; 2 both wrong; 3 pruning makes one wrong."""
    write_answers(tmp_path / "runs", "first", asked, first)
    write_answers(tmp_path / "runs", "second", asked, second)
    return client_of(tmp_path, [licensed])


def first(number: int, sample: Sample, configuration: str) -> int:
    return (sample.answer + (number == 2)) % 4


def second(number: int, sample: Sample, configuration: str) -> int:
    wrong = number in (1, 2) or (number == 3 and configuration == "frame@0.6")
    return (sample.answer + wrong) % 4


def rows(client: TestClient, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of the dataset that is no bundled one."""
    own = next(choice for choice in client.get("/v1/samples").json()["datasets"] if choice["name"] != BUNDLED)
    found = client.get("/v1/samples", params={"dataset": own["key"]} | parameters)
    return list(SampleList.model_validate(found.json()).model_dump()["samples"])


def names(client: TestClient, **parameters: Any) -> list[str]:
    """Their names, which only who asks for what is right gets."""
    found = [client.get(f"/v1/samples/{row['id']}?gold=true").json() for row in rows(client, **parameters)]
    return [detail["gold"]["name"] for detail in found]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"show": "disagree"}, ["q1"]),
        ({"show": "wrong"}, ["q2"]),
        ({"show": "flipped"}, ["q3"]),
        ({"slice": "kind:SECRET-q4"}, ["q4"]),
        ({"q": "which 5"}, ["q5"]),
        ({"q": "q5"}, ["q5"]),
        ({"q": "the reference"}, []),
        ({"task": "ASR"}, ["q6", "q7"]),
        ({"task": "ASR", "show": "wrong"}, []),
        ({"run": "first", "task": "ASR"}, ["q6", "q7"]),
        ({"run": "second", "show": "wrong"}, ["q1", "q2"]),
        ({"run": "first", "show": "flipped"}, []),
        ({"run": "third"}, []),
        ({"page": 2}, []),
    ],
)
def test_filters(client: TestClient, parameters: dict[str, Any], expected: list[str]) -> None:
    assert names(client, **parameters) == expected


def test_one_page_after_another_has_every_sample_once(client: TestClient) -> None:
    first_page = client.get("/v1/samples").json()
    assert (first_page["total"], first_page["pages"]) == (38, 1)
    assert len({row["id"] for row in first_page["samples"]}) == 38


def test_right_answers_come_only_when_asked_for(client: TestClient) -> None:
    sample = rows(client, show="flipped")[0]["id"]
    plain = client.get(f"/v1/samples/{sample}")
    assert plain.json()["gold"] is None
    assert "SECRET" not in plain.text
    assert {answer["correct"] for run in plain.json()["runs"] for answer in run["answers"]} == {None}
    gold = SampleDetail.model_validate(client.get(f"/v1/samples/{sample}?gold=true").json())
    assert gold.gold is not None
    assert (gold.gold.answer, gold.gold.slices) == (3, {"kind": "SECRET-q3"})
    judged = {
        (run.folder, answer.configuration): answer.correct for run in gold.runs for answer in run.answers
    }
    assert judged == {
        ("first", "vanilla"): True,
        ("first", "frame@0.6"): True,
        ("second", "vanilla"): True,
        ("second", "frame@0.6"): False,
    }
    assert [answer.kept_tokens for answer in gold.runs[0].answers] == [100, 40]


def test_transcripts_are_compared_word_by_word_with_the_right_one(client: TestClient) -> None:
    sample = rows(client, task="ASR")[0]["id"]
    (answer, *_) = client.get(f"/v1/samples/{sample}").json()["runs"][0]["answers"]
    assert (answer["words"], answer["word_error_rate"]) == (None, None)
    (answer, *_) = client.get(f"/v1/samples/{sample}?gold=true").json()["runs"][0]["answers"]
    assert answer["word_error_rate"] == 0.5  # "the reference" of "the reference number 6"
    assert [(word["kind"], word["reference"]) for word in answer["words"]] == [
        ("equal", "the reference"),
        ("delete", "number 6"),
    ]


def test_neighbours_are_those_of_the_filtered_list(client: TestClient) -> None:
    found = rows(client, task="SCR")
    parameters = {"task": "SCR", "dataset": found[0]["dataset"]}
    detail = client.get(f"/v1/samples/{found[1]['id']}", params=parameters).json()
    assert (detail["previous"], detail["next"]) == (found[0]["id"], found[2]["id"])
    assert (detail["position"], detail["total"]) == (2, 6)
    other = client.get(f"/v1/samples/{found[1]['id']}", params={"show": "wrong"}).json()
    assert (other["previous"], other["next"], other["position"]) == (None, None, None)


def test_recordings_can_be_played_from_anywhere(client: TestClient) -> None:
    sample = rows(client)[0]["id"]
    part = client.get(f"/v1/samples/{sample}/audio", headers={"Range": "bytes=10-19"})
    assert (part.status_code, len(part.content)) == (206, 10)
    assert client.get(f"/v1/samples/{sample}/audio?coding=mp3").headers["content-type"] == "audio/mpeg"
    assert len(client.get(f"/v1/samples/{sample}/peaks").json()["peaks"]) == 1200


def test_what_did_not_change_is_not_sent_again(client: TestClient) -> None:
    sample = rows(client)[0]["id"]
    for path in ("/v1/samples", f"/v1/samples/{sample}"):
        tag = client.get(path).headers["etag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_licence_decides_who_may_listen(tmp_path: Path) -> None:
    closed = licensed_dataset(tmp_path / "closed", "CC-BY-NC-ND-4.0")
    client = client_of(tmp_path, [closed])
    row = rows(client)[0]
    assert row["audible"] is False
    answer = client.get(f"/v1/samples/{row['id']}/audio")
    assert (answer.status_code, answer.json()["error"]) == (
        404,
        "Its licence, CC-BY-NC-ND-4.0, does not allow playing the recording to everybody.",
    )
    assert client.get(f"/v1/samples/{row['id']}/peaks").status_code == 404


def test_everything_bundled_can_be_heard() -> None:
    (bundled,) = DatasetsHere(()).current()
    assert all(bundled.sound(sample).audible for sample in bundled.samples)


def test_a_run_whose_dataset_is_elsewhere_shows_texts_without_sound(tmp_path: Path, asked: Asked) -> None:
    write_answers(tmp_path / "runs", "first", asked)
    client = client_of(tmp_path)
    row = rows(client)[0]
    assert (row["question"], row["options"][0], row["audible"]) == (None, "0 w", False)
    detail = client.get(f"/v1/samples/{row['id']}").json()
    assert detail["sound"]["reason"] == "The recording is not on this server."
    assert len(detail["runs"][0]["answers"]) == 2


def test_a_part_of_a_dataset_finds_its_recordings(tmp_path: Path, licensed: Path, asked: Asked) -> None:
    write_answers(tmp_path / "runs", "part", asked[:2], dataset="part of it")
    client = client_of(tmp_path, [licensed])
    found = client.get("/v1/samples", params={"run": "part"}).json()["samples"]
    assert [(row["question"], row["audible"]) for row in found] == [("Which 0?", True), ("Which 1?", True)]


def test_answers_to_another_question_under_the_same_id_are_left_out(
    tmp_path: Path, licensed: Path, asked: Asked
) -> None:
    other = samples_of(licensed_dataset(tmp_path / "other"))
    liar = [Sample(**{**vars(sample), "answer": 0} if sample.options else vars(sample)) for sample in other]
    write_answers(tmp_path / "runs", "liar", liar, sha256=write_hash(asked))
    client = client_of(tmp_path, [licensed])
    details = [client.get(f"/v1/samples/{row['id']}?gold=true").json() for row in rows(client, task="SCR")]
    assert [detail["gold"]["answer"] for detail in details] == [0, 1, 2, 3, 0, 1]
    assert [detail["left_out"] for detail in details] == [0, 1, 1, 1, 0, 1]


def write_hash(asked: Asked) -> str:
    from amarathon.datasets.fingerprint import dataset_sha256

    return dataset_sha256(asked)


def test_runs_come_and_go(client: TestClient, tmp_path: Path) -> None:
    assert len(rows(client, run="second")) == 8
    shutil.rmtree(tmp_path / "runs" / "second")
    assert rows(client, run="second") == []
    assert rows(client, show="disagree") == []


@pytest.mark.parametrize(
    "path", ["/v1/samples/x", f"/v1/samples/{'0' * 20}", f"/v1/samples/{'0' * 20}/audio"]
)
def test_unknown_samples_are_a_sentence(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_list_opens_no_run_and_a_sample_only_its_own_lines(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = rows(client, task="SCR")
    read: list[int] = []

    def counting(folder: Path, wanted: frozenset[int] | None = None) -> Iterator[tuple[int, Prediction]]:
        assert wanted is not None
        read.extend(wanted)
        return read_lines(folder, wanted)

    monkeypatch.setattr("leaderboard.samples.run_index.read_lines", counting)
    rows(client, show="wrong")
    assert read == []
    for _ in range(2):
        client.get(f"/v1/samples/{found[0]['id']}")
    assert len(read) == 4  # two runs of two configurations, once


def test_people_stand_beside_models_and_count_for_no_filter(
    client: TestClient, tmp_path: Path, asked: Asked
) -> None:
    write_answers(
        tmp_path / "runs",
        "people",
        asked[:3],
        lambda _, sample, __: sample.answer or 0,
        kind="human",
        whole=asked,
    )
    assert names(client, show="wrong") == ["q2"]  # people were right
    assert names(client, run="people") == ["q0", "q1", "q2"]
    detail = client.get(f"/v1/samples/{rows(client, show='wrong')[0]['id']}?gold=true").json()
    assert {run["folder"]: run["kind"] for run in detail["runs"]} == {
        "first": "model",
        "second": "model",
        "people": "human",
    }
    (people,) = (run for run in detail["runs"] if run["kind"] == "human")
    assert [answer["correct"] for answer in people["answers"]] == [True]
