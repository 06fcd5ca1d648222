"""Which samples are hard for people, and which for models."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from amarathon.metrics import score
from amarathon.runs.records import Prediction
from amarathon.tasks import TASKS


@dataclass(frozen=True)
class SampleDifficulty:
    """How well one sample is answered, 0 to 100: accuracy, or word accuracy of a transcript.

    Attributes
    ----------
    sample_id, task : str
    people : float
    answers : int
        By how many people.
    models : dict of str to float
        By the name of the run.
    """

    sample_id: str
    task: str
    people: float
    answers: int
    models: dict[str, float] = field(default_factory=dict)


def sample_difficulties(
    people: Iterable[Prediction], models: Mapping[str, Iterable[Prediction]]
) -> list[SampleDifficulty]:
    """Put people's scores on each sample beside models'.

    Parameters
    ----------
    people : iterable of Prediction
    models : mapping of str to iterable of Prediction
        Answers of one configuration each, by the name to show.

    Returns
    -------
    list of SampleDifficulty
        Of the samples that people answered, hardest for people first.

    Raises
    ------
    ScoreError
        If an answer lacks what its score needs.
    """
    by_model = {name: _by_sample(own) for name, own in models.items()}
    difficulties = [
        SampleDifficulty(
            sample_id=sample_id,
            task=own[0].task,
            people=_score(own),
            answers=len(own),
            models={
                name: _score(answers[sample_id]) for name, answers in by_model.items() if sample_id in answers
            },
        )
        for sample_id, own in _by_sample(people).items()
    ]
    return sorted(difficulties, key=lambda difficulty: (difficulty.people, difficulty.sample_id))


def _by_sample(answers: Iterable[Prediction]) -> dict[str, list[Prediction]]:
    by_sample: dict[str, list[Prediction]] = defaultdict(list)
    for answer in answers:
        if answer.error is None:
            by_sample[answer.sample_id].append(answer)
    return by_sample


def _score(answers: list[Prediction]) -> float:
    task = TASKS[answers[0].task]
    scores = score(task.code, [answer.model_dump() for answer in answers])
    value: float = scores["accuracy" if task.is_multiple_choice else "war"]
    return value
