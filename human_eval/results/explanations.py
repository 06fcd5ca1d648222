"""What a study's figures mean, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from amarathon.metrics.intervals import Interval
from amarathon.tasks import TASKS
from human_eval.results.agreement import Agreement
from human_eval.results.baseline import TaskBaseline

# Landis and Koch (1977) name kappa's ranges so; Krippendorff's alpha is read alike.
AGREEMENTS = (
    (0.8, "almost perfect"),
    (0.6, "substantial"),
    (0.4, "moderate"),
    (0.2, "fair"),
    (0.0, "slight"),
)


@dataclass(frozen=True)
class Explanation:
    """A task's figures in sentences, one for each figure."""

    task: str
    sentences: list[str]


def explain(found: Sequence[TaskBaseline], agreements: Sequence[Agreement]) -> list[Explanation]:
    """Say what was found on each task.

    Parameters
    ----------
    found : sequence of TaskBaseline
    agreements : sequence of Agreement
        Of the same answers.
    """
    by_task = {each.task: each for each in agreements}
    return [Explanation(each.task, _sentences(each, by_task.get(each.task))) for each in found]


def number(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _sentences(each: TaskBaseline, agreed: Agreement | None) -> list[str]:
    people = number(len(each.people), "person", "people")
    given = number(each.answers, "answer")
    what = "macro-F1" if TASKS[each.task].is_multiple_choice else "word accuracy"
    sentences = [
        f"{people} gave {given} to {number(each.samples, 'question')}; scores are {what}, from 0 to 100.",
        _mean(each),
        f"All answers taken together score {each.together:.1f}{_spread(each.together_interval)}; "
        "this is the figure on the leaderboard.",
    ]
    if each.answers > each.samples:
        kind = (
            "the answer that most people gave" if TASKS[each.task].is_multiple_choice else "the transcript "
        )
        kind += "" if TASKS[each.task].is_multiple_choice else "nearest to all others"
        sentences.append(
            f"With one answer for each question, {kind}, the score is "
            f"{each.majority:.1f}{_spread(each.majority_interval)}."
        )
    return sentences + (_agreement(agreed) if agreed else [])


def _mean(each: TaskBaseline) -> str:
    if len(each.people) == 1:
        return f"This one person scores {each.mean:.1f}; how much people differ cannot be told from one."
    said = f"A person alone scores {each.mean:.1f} on average{_spread(each.mean_interval)}"
    if each.mean_interval is None:
        return f"{said}; there are too few people or recordings for an interval."
    return f"{said}; the interval says how far other people and other recordings might lead elsewhere."


def _spread(interval: Interval | None) -> str:
    return "" if interval is None else f" (95% interval {interval.low:.1f} to {interval.high:.1f})"


def _agreement(agreed: Agreement) -> list[str]:
    if not agreed.pairs:
        return ["No question has two answers, so agreement cannot be measured."]
    said = []
    if agreed.pairwise is not None:
        same = "gave the same answer" if TASKS[agreed.task].is_multiple_choice else "wrote the same words"
        said.append(
            f"On {number(agreed.samples, 'question')} with two answers or more, two people {same} in "
            f"{agreed.pairwise:.0f}% of {'pairs' if TASKS[agreed.task].is_multiple_choice else 'the words'}."
        )
    if agreed.alpha is not None:
        said.append(
            f"Krippendorff's alpha is {agreed.alpha:.2f}: {_named(agreed.alpha)} agreement "
            "(1 is full agreement, 0 is what guessing would give)."
        )
    elif TASKS[agreed.task].is_multiple_choice:
        said.append(
            "Krippendorff's alpha is not defined here: it needs two questions with two answers, and two "
            "different answers among them."
        )
    return said


def _named(alpha: float) -> str:
    return next((name for least, name in AGREEMENTS if alpha >= least), "less than chance")
