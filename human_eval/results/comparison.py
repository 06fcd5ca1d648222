"""People beside models: on the questions that both answered, and on no others."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import orjson

from amarathon.errors import RunError
from amarathon.runs.people import GapToPeople, gaps_to_people, pair_with_people
from amarathon.runs.reading import PREDICTIONS_FILE, BrokenRun, Run, find_runs, open_part
from amarathon.runs.records import Prediction

# The unchanged model first; under compression there are too many rows to read.
SHOWN = "vanilla"


@dataclass(frozen=True)
class ModelAnswers:
    """The answers of a run's model without compression.

    Attributes
    ----------
    name : str
        Model and configuration.
    folder : str
        Of the run.
    answers : list of Prediction
    """

    name: str
    folder: str
    answers: list[Prediction]


@dataclass(frozen=True)
class ModelComparison:
    """A model beside people, on the same questions.

    Attributes
    ----------
    model, folder : str
    sentence : str
        What it is about, and how many questions both answered.
    gaps : list of GapToPeople
        By task, the overall one last.
    """

    model: str
    folder: str
    sentence: str
    gaps: list[GapToPeople]


def models_that_answered(people: Sequence[Prediction], *folders: Path) -> list[ModelAnswers]:
    """The unchanged models' answers to the samples that people answered, one entry for each run.

    Runs that cannot be read are left out: the leaderboard says what is wrong with them.
    """
    sample_ids = {answer.sample_id for answer in people}
    found = []
    for run in chain.from_iterable(map(find_runs, folders)):
        if isinstance(run, BrokenRun) or run.header.kind != "model":
            continue
        answers = _answers(run, sample_ids)
        if answers:
            found.append(ModelAnswers(f"{run.header.model.name} {SHOWN}", run.folder.name, answers))
    return found


def _answers(run: Run, sample_ids: Collection[str]) -> list[Prediction]:
    """A run's records of these samples; of the many others only what they are about is read."""
    latest: dict[str, Prediction] = {}
    try:
        with open_part(run.folder, PREDICTIONS_FILE) as lines:
            for line in lines:
                fields = orjson.loads(line)
                if fields["configuration"] == SHOWN and fields["sample_id"] in sample_ids:
                    latest[fields["sample_id"]] = Prediction.model_validate(fields)
    except (RunError, OSError, ValueError, KeyError, TypeError):
        return []
    return list(latest.values())


def by_name(models: Iterable[ModelAnswers]) -> dict[str, list[Prediction]]:
    """Models' answers by the name to show; with the run's where two have the same."""
    found: dict[str, list[Prediction]] = {}
    for model in models:
        name = f"{model.name} ({model.folder})" if model.name in found else model.name
        found[name] = model.answers
    return found


def compare_with(people: Sequence[Prediction], models: Iterable[ModelAnswers]) -> list[ModelComparison]:
    """Each model's distance to people, best first; of those that share a question with them.

    Two questions are the same where the sample, its options, what is right and the sound are the same,
    whatever dataset they were asked as a part of.
    """
    answered = {answer.sample_id for answer in people if answer.error is None}
    found = []
    for model in models:
        gaps = gaps_to_people(pair_with_people(people, model.answers))
        if gaps:
            found.append(ModelComparison(model.name, model.folder, _sentence(gaps[-1], len(answered)), gaps))
    return sorted(found, key=lambda comparison: -comparison.gaps[-1].difference)


def _sentence(overall: GapToPeople, answered: int) -> str:
    which = "all" if overall.samples == answered else f"{overall.samples} of the"
    questions = f"{which} {answered} question{'' if answered == 1 else 's'}"
    where = "above" if overall.difference >= 0 else "below"
    gap = f"On {questions} that people answered it is {abs(overall.difference):.1f} points {where} them"
    if overall.interval is None:
        return f"{gap}; there are too few recordings for an interval."
    low, high = overall.interval.low, overall.interval.high
    beyond_chance = "" if low <= 0 <= high else ", so that it is more than chance"
    ends = f"{low:+.1f} to {high:+.1f}".replace("-", "\N{MINUS SIGN}")
    return f"{gap} (95% interval {ends}{beyond_chance})."
