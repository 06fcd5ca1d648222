"""What the figures of a study mean, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from amarathon.metrics.intervals import Interval
from amarathon.tasks import TASKS
from human_eval.results.agreement import AnnotatorAgreement
from human_eval.results.baseline import TaskBaseline
from human_eval.results.wording import quantity

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


def explain(baselines: Sequence[TaskBaseline], agreements: Sequence[AnnotatorAgreement]) -> list[Explanation]:
    """Explain the figures of each task.

    Parameters
    ----------
    baselines : sequence of TaskBaseline
    agreements : sequence of AnnotatorAgreement
        Of the same answers.
    """
    by_task = {agreement.task: agreement for agreement in agreements}
    return [
        Explanation(baseline.task, _sentences(baseline, by_task.get(baseline.task))) for baseline in baselines
    ]


def _sentences(baseline: TaskBaseline, agreement: AnnotatorAgreement | None) -> list[str]:
    people = quantity(len(baseline.people), "person", "people")
    answers = quantity(baseline.answers, "answer")
    metric = "macro-F1" if TASKS[baseline.task].is_multiple_choice else "word accuracy"
    sentences = [
        f"{people} gave {answers} to {quantity(baseline.samples, 'question')}; "
        f"scores are {metric}, from 0 to 100.",
        _mean(baseline),
        f"All answers taken together score {baseline.together:.1f}{_spread(baseline.together_interval)}; "
        "this is the figure on the leaderboard.",
    ]
    if baseline.answers > baseline.samples:
        majority = (
            "the answer that most people gave"
            if TASKS[baseline.task].is_multiple_choice
            else "the transcript nearest to all others"
        )
        sentences.append(
            f"With one answer for each question, {majority}, the score is "
            f"{baseline.majority:.1f}{_spread(baseline.majority_interval)}."
        )
    return sentences + (_agreement(agreement) if agreement else [])


def _mean(baseline: TaskBaseline) -> str:
    if len(baseline.people) == 1:
        return f"The one person scores {baseline.mean:.1f}; how much people differ takes more than one."
    mean = f"A person alone scores {baseline.mean:.1f} on average{_spread(baseline.mean_interval)}"
    if baseline.mean_interval is None:
        return f"{mean}; there are too few people or recordings for an interval."
    return f"{mean}; the interval shows how much it depends on which people and recordings were taken."


def _spread(interval: Interval | None) -> str:
    return "" if interval is None else f" (95% interval {interval.low:.1f} to {interval.high:.1f})"


def _agreement(agreement: AnnotatorAgreement) -> list[str]:
    if not agreement.pairs:
        return ["No question has two answers, so agreement cannot be measured."]
    sentences = []
    if agreement.pairwise is not None:
        choices = TASKS[agreement.task].is_multiple_choice
        same = "gave the same answer in {:.0f}% of pairs" if choices else "wrote {:.0f}% of the words alike"
        sentences.append(
            f"On {quantity(agreement.samples, 'question')} with two answers or more, two people "
            f"{same.format(agreement.pairwise)}."
        )
    if agreement.alpha is not None:
        sentences.append(
            f"Krippendorff's alpha is {agreement.alpha:.2f}: {_named(agreement.alpha)} agreement "
            "(1 is full agreement, 0 is what guessing would give)."
        )
    elif TASKS[agreement.task].is_multiple_choice:
        sentences.append(
            "Krippendorff's alpha is not defined here: it needs two questions with two answers, and two "
            "different answers among them."
        )
    return sentences


def _named(alpha: float) -> str:
    return next((name for least, name in AGREEMENTS if alpha >= least), "less than chance")
