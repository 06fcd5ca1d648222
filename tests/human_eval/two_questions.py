"""Studies about two samples of a dataset, taken from state to state."""

from pathlib import Path
from typing import Any

from human_eval.service import Service
from human_eval.studies import study as studies
from human_eval.studies.spec import StudySpec

ASKED = ("q1", "q6")


class Studies:
    """Studies about two samples of a dataset, one of them a transcript."""

    def __init__(self, people: Service, dataset: Path):
        self.people, self.dataset, self.made = people, dataset, 0

    def make(self, *states: str, gold: tuple[str, ...] = ()) -> str:
        self.made += 1
        plan = studies.plan(
            StudySpec(
                name=f"Study {self.made}",
                dataset=str(self.dataset),
                samples=[name for name in ASKED if name not in gold],
                gold=list(gold),
                practice_per_task=0,
                gold_per_task=0,
            )
        )
        with self.people.database.writing() as session:
            study = studies.create(session, plan, "test").id
        self.go(study, *states)
        return study

    def go(self, study: str, *states: Any) -> None:
        for state in states:
            with self.people.database.writing() as session:
                studies.change_state(session, studies.find(session, study), state, "test")

    def delete(self, study: str) -> None:
        with self.people.database.writing() as session:
            studies.delete_draft(session, studies.find(session, study), "test")
