"""What an open study asks people is told by no route of the samples; faces are put together as by the app."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.engine import URL

from amarathon.audio import AudioLimits
from amarathon.files import file_sha256
from amarathon.settings import Settings
from amarathon.tasks.sample import Sample
from human_eval.service import Service
from human_eval.storage.database import open_database
from leaderboard.kept import StoreBusyError
from leaderboard.samples.detail import HELD_BACK
from tests.human_eval.two_questions import Studies
from tests.leaderboard.sample_runs import SECRET, client_of, licensed_dataset, samples_of, write_answers
from web.audio_copies import AudioCopies


@pytest.fixture(autouse=True)
def no_bundled_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leaderboard.submissions.opening.BUNDLED_RUNS", tmp_path / "none")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return licensed_dataset(tmp_path_factory.mktemp("dataset") / "mini")


@pytest.fixture
def people(tmp_path: Path) -> Iterator[Service]:
    database = open_database(URL.create("sqlite", database=str(tmp_path / "people.sqlite")))
    yield Service(Settings(data=tmp_path), database, AudioCopies(tmp_path / "copies", AudioLimits()))
    database.close()


@pytest.fixture
def made(people: Service, dataset: Path) -> Studies:
    return Studies(people, dataset)


@pytest.fixture
def client(tmp_path: Path, people: Service, dataset: Path) -> TestClient:
    """Two models that are wrong about everything, in different ways, except that pruning mends one."""
    samples = samples_of(dataset)
    write_answers(tmp_path / "runs", "first", samples, lambda _, sample, __: (sample.answer + 1) % 4)
    write_answers(
        tmp_path / "runs",
        "second",
        samples,
        lambda _, sample, name: (sample.answer + 2 * (name == "vanilla")) % 4,
    )
    return client_of(tmp_path, [dataset], people.held_back)


def all_rows(client: TestClient, **parameters: str) -> list[dict[str, Any]]:
    return client.get("/v1/samples", params=parameters).json()["samples"]


def hidden(client: TestClient) -> set[str]:
    """The questions whose answers are held back, of all that are not the bundled ones."""
    return {row["question"] for row in all_rows(client) if row["held_back"]}


QUESTIONS = {"Which 1?", "Write down what is said."}


@pytest.mark.parametrize(
    ("states", "is_hidden"),
    [
        ((), False),
        (("open",), True),
        (("open", "paused"), True),
        (("open", "paused", "open"), True),
        (("open", "closed"), False),
        (("open", "paused", "closed"), False),
    ],
    ids=["draft", "open", "paused", "opened again", "closed", "closed from pause"],
)
def test_a_studys_state_decides(
    client: TestClient, made: Studies, states: tuple[str, ...], is_hidden: bool
) -> None:
    made.make(*states)
    assert hidden(client) == (QUESTIONS if is_hidden else set())


def test_it_holds_from_one_request_to_the_next(client: TestClient, made: Studies) -> None:
    study = made.make()
    for state, expected in (("open", QUESTIONS), ("paused", QUESTIONS), ("closed", set())):
        made.go(study, state)
        assert hidden(client) == expected


def test_a_deleted_draft_hides_nothing(client: TestClient, made: Studies) -> None:
    made.delete(made.make())
    assert hidden(client) == set()


def test_another_open_study_keeps_what_a_closed_one_shows(client: TestClient, made: Studies) -> None:
    made.make("open")
    made.make("open", "closed")
    assert hidden(client) == QUESTIONS


def test_gold_checks_are_hidden_like_all_that_is_asked(client: TestClient, made: Studies) -> None:
    made.make("open", gold=("q1",))
    assert "Which 1?" in hidden(client)


def held_rows(client: TestClient) -> list[dict[str, Any]]:
    return [row for row in all_rows(client) if row["held_back"]]


def test_no_route_tells_an_answer(client: TestClient, made: Studies) -> None:
    made.make("open")
    rows = held_rows(client)
    assert [(row["answers"], row["different"]) for row in rows] == [(None, None)] * 2
    for row in rows:
        for path in ("", "?gold=true", "?show=wrong", "?show=wrong&gold=true"):
            answer = client.get(f"/v1/samples/{row['id']}{path}")
            assert answer.json()["held_back"] == HELD_BACK
            assert (answer.json()["gold"], answer.json()["runs"]) == (None, [])
            for secret in (SECRET, "the reference", "q1", "q6", "somebody", "CC0"):
                assert secret not in answer.text
        assert client.get(f"/v1/samples/{row['id']}/audio").status_code == 200
    listed = client.get("/v1/samples").text
    assert f"{SECRET}-q1" not in listed
    assert f"{SECRET}-q2" in listed


@pytest.mark.parametrize(
    "parameters",
    [
        {"show": "wrong"},
        {"show": "disagree"},
        {"show": "flipped"},
        {"slice": f"kind:{SECRET}-q1"},
        {"slice": "kind:x"},
        {"q": "q1"},
        {"q": "the reference number"},
    ],
)
def test_no_filter_by_answers_finds_it(client: TestClient, made: Studies, parameters: dict[str, str]) -> None:
    made.make("open")
    assert not [row for row in all_rows(client, **parameters) if row["held_back"]]


@pytest.mark.parametrize("parameters", [{}, {"task": "SCR"}, {"q": "which 1"}, {"run": "first"}])
def test_filters_by_what_is_asked_find_it(
    client: TestClient, made: Studies, parameters: dict[str, str]
) -> None:
    made.make("open")
    assert "Which 1?" in {row["question"] for row in all_rows(client, **parameters) if row["held_back"]}


def test_its_place_says_nothing_of_its_name(client: TestClient, made: Studies) -> None:
    made.make("open")
    own = [row for row in all_rows(client, task="SCR") if row["dataset"] == held_rows(client)[0]["dataset"]]
    assert [row["held_back"] for row in own] == [False] * 5 + [True]


Answers = Callable[[int, Sample, str], int]


def test_neither_text_nor_etag_depends_on_the_answers(
    tmp_path: Path, people: Service, made: Studies, dataset: Path
) -> None:
    made.make("open")
    seen = []
    for number, choose in enumerate((lambda _, sample, __: sample.answer, lambda *_: 0)):
        data = tmp_path / str(number)
        write_answers(data / "runs", "one", samples_of(dataset), choose)
        client = client_of(data, [dataset], people.held_back)
        details = [client.get(f"/v1/samples/{row['id']}?gold=true") for row in held_rows(client)]
        seen.append([(detail.text, detail.headers["etag"]) for detail in details])
    assert seen[0] == seen[1] != []


def changed(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """A dataset whose records are changed after they were written."""
    path = folder / "metadata.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        change(line)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def another_sound(line: dict[str, Any]) -> None:
    """The recording of the next sample, under a name of its own."""
    number = (int(line["id"][1:]) + 1) % 8
    line.update(id=f"other-{line['id']}", file_name=f"audio/{number}.flac", sha256=None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda line: line, {"Which 1?", "Write down what is said."}),
        (lambda line: line.update(id=f"other-{line['id']}"), {"Which 1?", "Write down what is said."}),
        (
            lambda line: line.update(id=f"other-{line['id']}", question="Another question?"),
            {"Another question?"},
        ),
        # Known by their recordings, and the transcript by its words besides.
        (another_sound, {"Which 0?", "Which 5?", "Write down what is said."}),
    ],
    ids=["same", "another id", "another question", "another recording"],
)
@pytest.mark.parametrize("answered", [True, False])
def test_the_same_recording_in_another_dataset_does_not_tell_it_either(
    tmp_path: Path,
    people: Service,
    made: Studies,
    change: Callable[[Any], Any],
    expected: set[str],
    answered: bool,
) -> None:
    made.make("open")
    other = changed(licensed_dataset(tmp_path / "other"), change)
    if answered:
        write_answers(tmp_path / "runs", "one", [_hashed(sample) for sample in samples_of(other)])
    client = client_of(tmp_path, [other], people.held_back)
    assert hidden(client) == expected


def _hashed(sample: Sample) -> Sample:
    audio = replace(sample.audio, sha256=file_sha256(sample.audio.path))
    return replace(sample, audio=audio)


def test_a_copy_in_another_encoding_is_known_by_its_id_and_its_words(
    tmp_path: Path, people: Service, made: Studies
) -> None:
    made.make("open")
    other = licensed_dataset(tmp_path / "other")

    def encode(line: dict[str, Any]) -> None:
        path = other / line["file_name"]
        path.write_bytes(path.read_bytes() + b"\0" * 8)  # the same sound in another file
        line["sha256"] = file_sha256(path)
        line["id"] = line["id"].replace("q6", "renamed")

    changed(other, encode)
    write_answers(tmp_path / "runs", "one", samples_of(other))
    client = client_of(tmp_path, [other], people.held_back)
    assert hidden(client) == QUESTIONS


def test_a_sample_that_no_study_asks_about_is_shown(client: TestClient, made: Studies) -> None:
    made.make("open")
    shown = [row for row in all_rows(client) if row["question"] == "Which 2?"]
    assert [row["held_back"] for row in shown] == [False]
    assert client.get(f"/v1/samples/{shown[0]['id']}?gold=true").json()["gold"]["name"] == "q2"


def test_nothing_is_shown_while_nobody_can_say_what_is_secret(tmp_path: Path, dataset: Path) -> None:
    faults: list[Exception] = []

    def held_back() -> frozenset[str]:
        if faults:
            raise faults[0]
        return frozenset()

    client = client_of(tmp_path, [dataset], held_back)
    row = all_rows(client)[0]
    faults.append(StoreBusyError("The database cannot be reached."))
    for path in ("", f"/{row['id']}", f"/{row['id']}?gold=true"):
        assert client.get(f"/v1/samples{path}").status_code == 503
