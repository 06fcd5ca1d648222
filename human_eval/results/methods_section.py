"""A paragraph for a paper's methods section: every figure in it is counted from the study."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from human_eval.results.agreement import AnnotatorAgreement
from human_eval.results.collecting import Submitted
from human_eval.results.wording import quantity


@dataclass(frozen=True)
class StudyProtocol:
    """How a study was run.

    Attributes
    ----------
    dataset, dataset_sha256 : str
    overlap : int
        People asked for each sample.
    must_listen : float
        Share of a recording that had to be played before an answer.
    max_speed : float
    gold_every : int
        Every how many items a gold check came; 0 for none.
    sound_check : bool
    hours : float
        Of work, over all annotators.
    """

    dataset: str
    dataset_sha256: str
    overlap: int
    must_listen: float
    max_speed: float
    gold_every: int
    sound_check: bool
    hours: float


def methods_paragraph(
    protocol: StudyProtocol, submitted: Sequence[Submitted], agreements: Sequence[AnnotatorAgreement]
) -> str:
    """Describe a study from its data.

    Parameters
    ----------
    protocol : StudyProtocol
    submitted : sequence of Submitted
        Everything, excluded answers among it.
    agreements : sequence of AnnotatorAgreement
        Of the answers that count.
    """
    counted = [answer for answer in submitted if answer.kind != "practice"]
    kept = [answer for answer in counted if not answer.excluded and answer.prediction.error is None]
    sentences = [
        *_people(protocol, kept),
        *_listening(protocol, kept),
        *_checks(protocol, kept),
        *_left_out(counted),
        *_agreement(agreements),
    ]
    return " ".join(sentences)


def _people(protocol: StudyProtocol, kept: Sequence[Submitted]) -> list[str]:
    people = {answer.prediction.repeat for answer in kept}
    answers = Counter(answer.prediction.sample_id for answer in kept)
    tasks = {answer.prediction.task for answer in kept}
    if not answers:
        return ["No answer counts yet."]
    return [
        f"{quantity(len(people), 'annotator')} gave {quantity(len(kept), 'answer')} to "
        f"{quantity(len(answers), 'sample')} of {quantity(len(tasks), 'task')} of {protocol.dataset} "
        f"(SHA-256 {protocol.dataset_sha256[:12]}) in {_hours_worked(protocol.hours)} of work.",
        f"For each sample {quantity(protocol.overlap, 'answer')} were sought; "
        f"{mean(answers.values()):.1f} were given on average.",
        "Options were shown in an order drawn for each annotator and sample, unless a task fixes it.",
    ]


def _listening(protocol: StudyProtocol, kept: Sequence[Submitted]) -> list[str]:
    if not kept:
        return []
    coverage = mean(answer.work.coverage for answer in kept)
    sound = "; a sound check with headphones came first" if protocol.sound_check else ""
    if not protocol.must_listen:
        return [f"Answers could be given before listening{sound}; {coverage:.0%} was played on average."]
    return [
        f"A question could be answered once {protocol.must_listen:.0%} of the recording had been played at "
        f"no more than {protocol.max_speed:g} times its speed{sound}; {coverage:.0%} was played on average."
    ]


def _checks(protocol: StudyProtocol, kept: Sequence[Submitted]) -> list[str]:
    passed = [answer.work.check_passed for answer in kept if answer.work.check_passed is not None]
    if not passed:
        return []
    return [
        f"Every {protocol.gold_every} items one had a known answer, unannounced; "
        f"{sum(passed)} of {len(passed)} such answers were right."
    ]


def _left_out(answers: Sequence[Submitted]) -> list[str]:
    excluded = [answer for answer in answers if answer.excluded]
    skipped = [answer for answer in answers if answer.prediction.error is not None and not answer.excluded]
    people = {answer.prediction.repeat for answer in excluded}
    sentences = [f"Skipped with a reason: {quantity(len(skipped), 'item')}."] if skipped else []
    if not excluded:
        return [*sentences, "No answer was excluded."]
    return [
        *sentences,
        f"Excluded by hand: {quantity(len(excluded), 'answer')} of {quantity(len(people), 'annotator')}.",
    ]


def _agreement(agreements: Sequence[AnnotatorAgreement]) -> list[str]:
    alphas = [
        f"{task_agreement.task} {task_agreement.alpha:.2f}"
        for task_agreement in agreements
        if task_agreement.alpha is not None
    ]
    return [f"Krippendorff's alpha (nominal): {', '.join(alphas)}."] if alphas else []


def _hours_worked(hours: float) -> str:
    if hours >= 1:
        return f"{hours:.1f} hours"
    return quantity(round(60 * hours), "minute") if hours >= 1 / 60 else "less than a minute"
