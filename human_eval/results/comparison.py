"""People beside models: on the questions that both answered, and on no others."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
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
class Comparison:
    """A model beside people.

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
    asked = {each.sample_id for each in people}
    found = []
    for run in (each for folder in folders for each in find_runs(folder)):
        if isinstance(run, BrokenRun) or run.header.kind != "model":
            continue
        answers = _answers(run, asked)
        if answers:
            found.append(ModelAnswers(f"{run.header.model.name} {SHOWN}", run.folder.name, answers))
    return found


def _answers(run: Run, asked: Collection[str]) -> list[Prediction]:
    """A run's records of these samples; of the many others only what they are about is read."""
    latest: dict[str, Prediction] = {}
    try:
        with open_part(run.folder, PREDICTIONS_FILE) as lines:
            for line in lines:
                fields = orjson.loads(line)
                if fields["configuration"] == SHOWN and fields["sample_id"] in asked:
                    latest[fields["sample_id"]] = Prediction.model_validate(fields)
    except (RunError, OSError, ValueError, KeyError, TypeError):
        return []
    return list(latest.values())


def by_name(models: Iterable[ModelAnswers]) -> dict[str, list[Prediction]]:
    """Models' answers by the name to show; with the run's where two have the same."""
    found: dict[str, list[Prediction]] = {}
    for each in models:
        name = f"{each.name} ({each.folder})" if each.name in found else each.name
        found[name] = each.answers
    return found


def compare_with(people: Sequence[Prediction], models: Iterable[ModelAnswers]) -> list[Comparison]:
    """Each model's distance to people, best first; of those that share a question with them.

    Two questions are the same where the sample, its options, what is right and the sound are the same,
    whatever dataset they were asked as a part of.
    """
    asked = {each.sample_id for each in people if each.error is None}
    found = []
    for model in models:
        gaps = gaps_to_people(pair_with_people(people, model.answers))
        if gaps:
            found.append(Comparison(model.name, model.folder, _sentence(gaps[-1], len(asked)), gaps))
    return sorted(found, key=lambda each: -each.gaps[-1].difference)


def _sentence(overall: GapToPeople, asked: int) -> str:
    which = "all" if overall.samples == asked else f"{overall.samples} of the"
    questions = f"{which} {asked} question{'' if asked == 1 else 's'}"
    where = "above" if overall.difference >= 0 else "below"
    said = f"On {questions} that people answered it is {abs(overall.difference):.1f} points {where} them"
    if overall.interval is None:
        return f"{said}; there are too few recordings for an interval."
    low, high = overall.interval.low, overall.interval.high
    sure = "" if low <= 0 <= high else ", so that it is more than chance"
    ends = f"{low:+.1f} to {high:+.1f}".replace("-", "\N{MINUS SIGN}")
    return f"{said} (95% interval {ends}{sure})."
