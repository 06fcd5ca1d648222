"""Scores of a run by task, duration and slice, against scoring each group on its own."""

import random
from typing import Any

import pytest

from amarathon.errors import ScoreError, TaskError
from amarathon.metrics import score
from amarathon.metrics.breakdown import break_down
from amarathon.metrics.cells import OVERALL, Breakdown, ScoreCell
from amarathon.metrics.scores import PROTOCOLS

WORDS = ["the", "a", "cat", "sat", "on", "its", "mat", "while", "we", "listened"]


def make_predictions(seed: int = 0, per_task: int = 30) -> list[dict[str, Any]]:
    """Answers to three tasks; SAR and SGR ask about the same recordings."""
    rng = random.Random(seed)
    predictions: list[dict[str, Any]] = []
    for number in range(per_task):
        common = {"duration_s": rng.choice([20.0, 100.0, 300.0]), "slices": {"split": rng.choice(["x", "y"])}}
        for task, options in (("SAR", ["young", "middle", "old"]), ("SGR", ["male", "female"])):
            answer = rng.randrange(len(options))
            reply = rng.choice(["ABC"[answer], "A", "I cannot tell"])
            predictions.append(
                {
                    "sample_id": f"{task}-{number}", "task": task, "options": options, "labels": options,
                    "answer": answer, "reply": reply, "sources": [f"voice-{number // 2}"], **common,
                }
            )  # fmt: skip
        reference = " ".join(rng.choices(WORDS, k=12))
        reply = reference.replace("the", "a") if rng.random() < 0.9 else ""
        predictions.append(
            {"sample_id": f"ASR-{number}", "task": "ASR", "reference": reference, "reply": reply, **common}
        )
    return predictions


def cells_of(found: Breakdown, **wanted: Any) -> list[ScoreCell]:
    return [
        cell for cell in found.cells if all(getattr(cell, name) == value for name, value in wanted.items())
    ]


def test_every_cell_is_the_score_of_its_group() -> None:
    predictions = make_predictions()
    found = break_down(predictions)
    groups = {(cell.group, cell.value) for cell in found.cells}
    expected = {("all", ""), ("duration", "0-30"), ("duration", "90-150"), ("duration", "210-300")}
    assert groups == expected | {("split", "x"), ("split", "y")}
    for cell in found.cells:
        if cell.task == OVERALL:
            continue
        ends = cell.value.split("-")
        rows = [
            prediction
            for prediction in predictions
            if prediction["task"] == cell.task
            and (cell.group != "duration" or float(ends[0]) < prediction["duration_s"] <= float(ends[1]))
            and (cell.group != "split" or prediction["slices"]["split"] == cell.value)
        ]
        whole = score(cell.task, rows, cell.protocol)
        assert (cell.score, cell.count, cell.unread) == (whole[cell.metric], whole["count"], whole["unread"])
        assert cell.low is None or cell.low <= cell.high


def test_overall_is_the_plain_mean_of_the_tasks_there_are() -> None:
    predictions = make_predictions()
    found = break_down(predictions)
    for protocol in PROTOCOLS:
        [overall] = cells_of(found, task=OVERALL, protocol=protocol)
        headlines = [("SAR", "macro_f1"), ("SGR", "macro_f1"), ("ASR", "war")]
        scores = [
            score(code, [prediction for prediction in predictions if prediction["task"] == code], protocol)[
                metric
            ]
            for code, metric in headlines
        ]
        assert overall.score == pytest.approx(sum(scores) / 3)
        assert overall.tasks == 3
        assert overall.low < overall.score < overall.high
    assert [cell.task for cell in found.cells[:2]] == [OVERALL, OVERALL]


def test_intervals_are_over_recordings_not_rows() -> None:
    found = break_down(make_predictions())
    for task, clusters in (("SAR", 15), ("SGR", 15), ("ASR", 30)):
        assert {cell.clusters for cell in cells_of(found, task=task, protocol="strict", group="all")} == {
            clusters
        }
    # The same sample asked three times is no more evidence than once.
    repeated = [
        prediction | {"repeat": str(repeat)} for prediction in make_predictions() for repeat in range(3)
    ]
    again = break_down(repeated)
    for before, after in zip(found.cells, again.cells, strict=True):
        assert (before.score, before.clusters) == (pytest.approx(after.score), after.clusters)
        assert (before.low, before.high) == (pytest.approx(after.low), pytest.approx(after.high))


def test_a_breakdown_is_reproducible_and_can_be_stored() -> None:
    predictions = make_predictions()
    found = break_down(predictions)
    assert Breakdown.model_validate_json(found.model_dump_json()) == found
    assert break_down(predictions) == found


def test_failed_predictions_are_counted_in_their_groups() -> None:
    predictions = make_predictions(per_task=8)
    lost = predictions[0]
    predictions[0] = lost | {"error": "The file cannot be decoded.", "reply": ""}
    found = break_down(predictions)
    for cell in found.cells:
        belongs = cell.task in {lost["task"], OVERALL} and (
            cell.group == "all"
            or cell.value == lost["slices"]["split"]
            or (
                cell.group == "duration"
                and float(cell.value.split("-")[1]) >= lost["duration_s"] > float(cell.value.split("-")[0])
            )
        )
        assert cell.failed == int(belongs)


def test_a_task_that_failed_throughout_has_no_score_and_is_not_in_the_mean() -> None:
    predictions = [
        prediction | ({"error": "No memory."} if prediction["task"] != "SGR" else {})
        for prediction in make_predictions(per_task=8)
    ]
    found = break_down(predictions)
    assert {cell.score for cell in cells_of(found, task="ASR")} == {None}
    assert {cell.score for cell in cells_of(found, task="SAR")} == {None}
    [overall] = cells_of(found, task=OVERALL, protocol="strict")
    assert (overall.tasks, overall.failed, overall.count) == (1, 16, 8)
    assert found.word_errors is None
    assert [level.task for level in found.chance] == ["SGR"]


def test_nothing_gives_nothing() -> None:
    assert break_down([]) == Breakdown(cells=[], chance=[])


def test_chance_and_word_errors_are_there() -> None:
    found = break_down(make_predictions())
    assert {level.task: round(level.accuracy, 1) for level in found.chance} == {"SAR": 33.3, "SGR": 50.0}
    assert found.word_errors is not None
    assert ("the", "a") in {pair[:2] for pair in found.word_errors.substitutions}


def test_predictions_that_cannot_be_scored_are_named() -> None:
    with pytest.raises(TaskError):
        break_down([{"task": "XYZ", "reply": ""}])
    with pytest.raises(ScoreError, match="sar-1"):
        break_down([{"task": "SAR", "sample_id": "sar-1", "reply": "A"}])


def test_slices_of_a_dataset_never_pass_for_our_own_groups() -> None:
    predictions = [
        prediction | {"slices": {"all": "x", "duration": "90-150"}}
        for prediction in make_predictions(per_task=6)
    ]
    found = break_down(predictions)
    assert {cell.group for cell in found.cells} == {"all", "duration", "slice all", "slice duration"}
    assert {cell.value for cell in cells_of(found, group="all")} == {""}
