"""People beside models: on the questions that both answered, and on no others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from amarathon.runs.people import GapToPeople, gaps_to_people, pair_with_people
from amarathon.runs.reading import BrokenRun, Run, find_runs
from amarathon.runs.records import Prediction

# The unchanged model first; under compression there are too many rows to read.
SHOWN = "vanilla"


@dataclass(frozen=True)
class ModelAnswers:
    """One configuration's answers of a run.

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

    @property
    def is_unchanged(self) -> bool:
        """Whether it is the model without compression."""
        return self.name.endswith(f" {SHOWN}")


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
    """The models' answers to questions that people answered, one entry for each configuration.

    Two questions are the same where the sample, its options, what is right and the sound are the same,
    whatever dataset they were asked as a part of.
    Runs that cannot be read are left out: the leaderboard says what is wrong with them.
    """
    asked = {each.sample_id for each in people}
    return [found for run in _model_runs(folders) for found in _answers(run, asked)]


def _model_runs(folders: Iterable[Path]) -> Iterator[Run]:
    for run in (each for folder in folders for each in find_runs(folder)):
        if not isinstance(run, BrokenRun) and run.header.kind == "model":
            yield run


def _answers(run: Run, asked: set[str]) -> list[ModelAnswers]:
    own: dict[str, list[Prediction]] = {name: [] for name in run.header.configurations}
    for each in run.predictions():
        if each.sample_id in asked:
            own[each.configuration].append(each)
    return [
        ModelAnswers(f"{run.header.model.name} {name}", run.folder.name, answers)
        for name, answers in own.items()
        if answers
    ]


def unchanged(models: Iterable[ModelAnswers]) -> dict[str, list[Prediction]]:
    """Answers of models without compression, by name; with the run's where two have the same."""
    found: dict[str, list[Prediction]] = {}
    for each in models:
        if each.is_unchanged:
            name = f"{each.name} ({each.folder})" if each.name in found else each.name
            found[name] = each.answers
    return found


def compare_with(people: Sequence[Prediction], models: Iterable[ModelAnswers]) -> list[Comparison]:
    """Each unchanged model's distance to people, best first; where they share a question."""
    asked = {each.sample_id for each in people if each.error is None}
    found = []
    for model in models:
        if not model.is_unchanged:
            continue
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
    return f"{said} (95% interval {low:+.1f} to {high:+.1f}{sure})."
