"""People's row beside models' rows, on the questions that people answered."""

import json
from collections import Counter
from pathlib import Path

import pytest

from amarathon.assets import BUNDLED_RUNS
from amarathon.datasets import load_dataset
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.runs import read_run
from amarathon.runs.people import gaps_to_people, pair_with_people
from amarathon.runs.records import DatasetRecord, ModelRecord, Prediction, RunHeader, WholeRecord
from amarathon.runs.summary import write_summary
from leaderboard.records import Leaderboard, Section
from leaderboard.store import Store, build_board

BUNDLED = BUNDLED_RUNS / "small-on-bundled"


def people_on_bundled(runs: Path, number: int = 3, *, tasks: tuple[str, ...] = ()) -> list[Prediction]:
    """A run of people who answered the bundled questions, the last of them always by the first option."""
    bundled = read_run(BUNDLED).predictions()
    own = [prediction for prediction in bundled if prediction.configuration == "vanilla"]
    chosen = [prediction for prediction in own if not tasks or prediction.task in tasks]
    answers = [
        prediction.model_copy(
            update={
                "repeat": f"person-{person}",
                "reply": (prediction.reference or "ABCDE"[prediction.answer]) if person < number - 1 else "A",
                "pcm_sha256": None,
            }
        )
        for prediction in chosen
        for person in range(number)
    ]
    whole = read_run(BUNDLED).header.dataset
    part = WholeRecord(sha256=whole.sha256, count=whole.count) if tasks else None
    header = RunHeader(
        run_id="people",
        kind="human",
        created_at="2026-01-01T00:00:00.000+00:00",
        finished_at="2026-01-01T00:00:00.000+00:00",
        model=ModelRecord(
            name="People (First)",
            revision="study",
            adapter="people",
            dtype="none",
            device="browser",
            parameters=0,
        ),
        dataset=DatasetRecord(
            name="bundled",
            sha256="cd" * 32 if tasks else whole.sha256,
            count=len(chosen),
            tasks=dict(Counter(prediction.task for prediction in chosen)),
            part_of=part,
        ),
        configurations=["vanilla"],
        seed=0,
        engine="human_eval",
        hardware={},
        libraries={},
        commit=None,
    )
    folder = runs / "people"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(header.model_dump_json())
    lines = [prediction.model_dump_json() + "\n" for prediction in answers]
    (folder / "predictions.jsonl").write_text("".join(lines))
    write_summary(folder)
    return answers


def section_of_people(board: Leaderboard) -> Section:
    """The one section that has a row of people."""
    (found,) = [section for section in board.measured if any(row.access == "human" for row in section.rows)]
    return found


def test_the_bundled_run_answers_the_bundled_questions() -> None:
    run = read_run(BUNDLED)
    samples = load_dataset("bundled").samples
    assert run.header.dataset.sha256 == dataset_sha256(samples)
    vanilla = [prediction for prediction in run.predictions() if prediction.configuration == "vanilla"]
    assert {prediction.sample_id for prediction in vanilla} == {sample.id for sample in samples}
    assert len(run.header.configurations) == 33


def test_people_stand_beside_small_on_the_same_questions(tmp_path: Path) -> None:
    answers = people_on_bundled(tmp_path)
    board = build_board(BUNDLED_RUNS, tmp_path)
    section = section_of_people(board)
    assert (section.dataset, section.count) == ("bundled", 30)
    rows = {row.configuration: row for row in section.rows if row.access != "human"}
    assert len(rows) == 33
    bundled = read_run(BUNDLED).predictions()
    vanilla = [prediction for prediction in bundled if prediction.configuration == "vanilla"]
    overall = gaps_to_people(pair_with_people(answers, vanilla))[-1]
    gap = rows["vanilla"].gaps["strict"]
    assert gap.value == pytest.approx(overall.difference, abs=1e-4)
    assert gap.value == pytest.approx(gap.own - gap.people, abs=1e-4)
    low, high = gap.interval
    assert low < gap.value < high
    assert (gap.samples, len(gap.over)) == (30, 10)
    assert all("strict" in row.gaps for row in rows.values())


def test_a_study_over_a_part_is_compared_on_that_part_and_says_so(tmp_path: Path) -> None:
    people_on_bundled(tmp_path, tasks=("MC", "SGR"))
    board = build_board(BUNDLED_RUNS, tmp_path)
    section = section_of_people(board)
    assert (section.dataset, section.count) == ("bundled", 30)
    (human,) = [row for row in section.rows if row.access == "human"]
    assert (human.run.samples, human.run.whole) == (6, 30)
    gap = next(row for row in section.rows if row.configuration == "vanilla" and row.access != "human").gaps
    assert (gap["strict"].samples, gap["strict"].over) == (6, ["MC", "SGR"])
    # A difference of means over other questions is no gap.
    assert set(gap) == {"strict"}


def test_another_recording_of_the_same_name_is_another_question(tmp_path: Path) -> None:
    folder = tmp_path / "people"
    people_on_bundled(tmp_path)
    lines = [json.loads(line) for line in (folder / "predictions.jsonl").read_text().splitlines()]
    changed = [json.dumps(line | {"audio_sha256": "f" * 64}) for line in lines]
    (folder / "predictions.jsonl").write_text("\n".join(changed) + "\n")
    write_summary(folder)
    board = build_board(BUNDLED_RUNS, tmp_path)
    section = section_of_people(board)
    assert not any("strict" in row.gaps for row in section.rows if row.access != "human")


def test_gaps_are_worked_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people_on_bundled(tmp_path)
    calls: list[int] = []
    monkeypatch.setattr("leaderboard.people.gaps_to_people", lambda pairs: calls.append(len(pairs)) or [])
    store = Store(BUNDLED_RUNS, tmp_path)
    store.board()
    assert len(calls) == 33
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "run.json").write_text("{}")
    store.board()
    assert len(calls) == 33
