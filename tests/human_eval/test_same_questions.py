"""From a study over the bundled dataset to its row beside the small model's, by HTTP."""

import pytest

from amarathon.assets import BUNDLED_RUNS
from amarathon.datasets import load_dataset
from human_eval.accounts import hash_password, make_local
from leaderboard.store import build_board
from tests.human_eval.material import open_study

PASSWORD = "correct horse battery"


@pytest.fixture
def boss(service, someone):
    with service.database.writing() as session:
        make_local(session, "boss", hash_password(PASSWORD))
    person = someone()
    person.enter("/sign-in", {"name": "boss", "password": PASSWORD})
    return person


def take_part(person, study, *, choice):
    """Answer everything: rightly, or always by one option."""
    right = {sample.question or sample.id: sample for sample in load_dataset("bundled").samples}
    while (item := person.next(study)) is not None:
        sample = right.get(item["question"])
        if not item["options"]:
            person.answer(item["id"], transcript="the same few words")
        elif choice is None and sample is not None:
            person.answer(item["id"], choice=sample.answer)
        else:
            person.answer(item["id"], choice=choice or 0)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("settings", "samples"),
    [
        ({}, 30),  # everything
        ({"tasks": ["MC", "SCR"]}, 6),
        ({"practice_per_task": 1, "gold_per_task": 1}, 20),  # as the form ships, and checks
    ],
)
def test_people_stand_beside_small_on_the_questions_they_answered(settings, samples, boss, service, someone):
    study = open_study(service.database, "bundled", must_listen=0.0, **settings)
    for name, choice in (("ann", None), ("bob", 1)):
        take_part(someone().join(study, name), study, choice=choice)
    boss.post(f"/admin/studies/{study}/state", {"state": "closed"})
    (small,) = boss.get(f"/admin/studies/{study}/results")["comparison"]
    overall = small["gaps"][-1]
    assert (small["model"], overall["samples"], overall["answers"]) == ("small vanilla", samples, 2 * samples)
    assert f"On all {samples} questions that people answered" in small["sentence"]
    boss.post(f"/admin/studies/{study}/results/publish")
    board = build_board(BUNDLED_RUNS, service.settings.runs)
    (section,) = [section for section in board.measured if any(row.access == "human" for row in section.rows)]
    assert (section.dataset, section.count) == ("bundled", 30)
    rows = {row.configuration: row for row in section.rows if row.access != "human"}
    assert len(rows) == 33
    gap = rows["vanilla"].gaps["strict"]
    assert gap.samples == samples
    assert gap.value == pytest.approx(overall["system"] - overall["people"], abs=1e-4)
    low, high = gap.interval
    assert low < gap.value < high
    (human,) = [row for row in section.rows if row.access == "human"]
    if samples < 30:
        assert f"They answered {samples} of the 30 questions of bundled." in human.run.notice
