"""What people check: drawn by name, read back, and drawn again where something failed."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.construction.verification import (
    CHECKLIST,
    DRAW_FILE,
    VERDICTS_FILE,
    Verdict,
    draw,
    hand_over,
    next_round,
    outcome,
    read_draw,
    read_verdicts,
)
from amarathon.errors import DatasetError
from amarathon.tasks.sample import Sample, SampleAudio


def sample(name: str, task: str = "SD") -> Sample:
    return Sample(name, task, SampleAudio(Path("x"), "x", ("x",)))


def subset(count: int, task: str = "SD") -> list[Sample]:
    return [sample(f"{task}-{number}", task) for number in range(count)]


def judge(folder: Path, *verdicts: tuple[str, str, bool]) -> None:
    lines = [
        json.dumps({"sample": name, "reviewer": who, "passed": passed}) for name, who, passed in verdicts
    ]
    (folder / VERDICTS_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


@given(st.integers(0, 600))
def test_a_tenth_and_at_least_twenty_are_drawn(count: int) -> None:
    found = draw(subset(count), seed=1).samples
    wanted = min(count, max(20, -(-count // 10)))
    assert len(found.get("SD", [])) == wanted
    assert len(set(found.get("SD", []))) == wanted


@given(st.permutations(range(30)))
def test_the_order_of_a_listing_makes_no_difference(order: list[int]) -> None:
    listed = subset(30)
    assert draw([listed[index] for index in order], 3) == draw(listed, 3)


def test_the_draw_is_handed_over_and_read_back(tmp_path: Path) -> None:
    selection = draw([*subset(40), *subset(25, "MC")], 5)
    hand_over(tmp_path, selection)
    assert read_draw(tmp_path) == selection
    assert json.loads((tmp_path / DRAW_FILE).read_text())["checklist"] == list(CHECKLIST)
    assert read_verdicts(tmp_path) == []


def test_most_reviewers_decide_and_a_tie_waits(tmp_path: Path) -> None:
    selection = draw([*subset(1), *subset(1, "MC"), *subset(1, "ER"), *subset(1, "ASC")], 0)
    verdicts = [
        Verdict(sample="SD-0", reviewer="one", passed=True),
        Verdict(sample="MC-0", reviewer="one", passed=False),
        Verdict(sample="MC-0", reviewer="two", passed=True),
        Verdict(sample="ER-0", reviewer="one", passed=True),
        Verdict(sample="ER-0", reviewer="one", passed=False),
    ]
    found = outcome(selection, verdicts)
    assert {task: outcome_["status"] for task, outcome_ in found.items()} == {
        "SD": "passed",
        "MC": "open",
        "ER": "failed",
        "ASC": "open",
    }
    assert found["ER"]["failed"] == ["ER-0"]


def test_a_failed_subset_is_drawn_again_without_what_was_seen(tmp_path: Path) -> None:
    before = [*subset(45), *subset(45, "MC")]
    first = draw(before, 0)
    hand_over(tmp_path, first)
    judge(
        tmp_path,
        *((name, "one", name != first.samples["SD"][3]) for name in first.samples["SD"]),
        *((name, "one", True) for name in first.samples["MC"]),
    )
    failed, second = next_round(tmp_path, before)
    assert failed == ["SD"]
    assert second.round == 2
    assert set(second.samples) == {"SD"}
    assert len(second.samples["SD"]) == 20
    assert not set(second.samples["SD"]) & set(first.samples["SD"])


def test_damaged_files_are_named_with_the_line(tmp_path: Path) -> None:
    (tmp_path / VERDICTS_FILE).write_text(
        '{"sample": "a", "reviewer": "b", "passed": true}\n{"sample": ""}\n'
    )
    with pytest.raises(DatasetError, match=f"{VERDICTS_FILE}, line 2: sample"):
        read_verdicts(tmp_path)
    (tmp_path / DRAW_FILE).write_text("{}")
    with pytest.raises(DatasetError, match=f"{DRAW_FILE} lacks the field 'seed'"):
        read_draw(tmp_path)
