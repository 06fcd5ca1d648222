"""A paragraph for a paper's methods section: every figure in it is counted from the study."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from human_eval.results.agreement import Agreement
from human_eval.results.collecting import Submitted


@dataclass(frozen=True)
class Protocol:
    """How a study was run.

    Attributes
    ----------
    dataset, dataset_sha256 : str
    overlap : int
        People asked for each sample.
    must_listen : float
        Share of a recording that had to be played before the answer opened.
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
    protocol: Protocol, submitted: Sequence[Submitted], agreements: Sequence[Agreement]
) -> str:
    """Describe a study from its data.

    Parameters
    ----------
    protocol : Protocol
    submitted : sequence of Submitted
        Everything, excluded answers among it.
    agreements : sequence of Agreement
        Of the answers that count.
    """
    asked = [each for each in submitted if each.kind != "practice"]
    kept = [each for each in asked if not each.excluded and each.prediction.error is None]
    sentences = [
        *_people(protocol, kept),
        *_listening(protocol, kept),
        *_checks(protocol, kept),
        *_left_out(asked),
        *_agreement(agreements),
    ]
    return " ".join(sentences)


def _people(protocol: Protocol, kept: Sequence[Submitted]) -> list[str]:
    people = {each.prediction.repeat for each in kept}
    answers = Counter(each.prediction.sample_id for each in kept)
    tasks = {each.prediction.task for each in kept}
    if not answers:
        return ["No answer counts yet."]
    return [
        f"{_number(len(people), 'annotator')} gave {_number(len(kept), 'answer')} to "
        f"{_number(len(answers), 'sample')} of {_number(len(tasks), 'task')} of {protocol.dataset} "
        f"(SHA-256 {protocol.dataset_sha256[:12]}) in {_worked(protocol.hours)} of work.",
        f"For each sample {_number(protocol.overlap, 'answer')} were sought; "
        f"{mean(answers.values()):.1f} were given on average.",
        "Options were shown in an order drawn for each annotator and sample, unless a task fixes it.",
    ]


def _listening(protocol: Protocol, kept: Sequence[Submitted]) -> list[str]:
    if not kept:
        return []
    heard = mean(each.work.heard_share for each in kept)
    sound = "; a sound check with headphones came first" if protocol.sound_check else ""
    if not protocol.must_listen:
        return [f"Answers could be given before listening{sound}; {heard:.0%} was played on average."]
    return [
        f"An answer opened when {protocol.must_listen:.0%} of the recording had been played at no more than "
        f"{protocol.max_speed:g} times its speed{sound}; {heard:.0%} was played on average."
    ]


def _checks(protocol: Protocol, kept: Sequence[Submitted]) -> list[str]:
    passed = [each.work.check_passed for each in kept if each.work.check_passed is not None]
    if not passed:
        return []
    return [
        f"Every {protocol.gold_every} items one had a known answer, unannounced; "
        f"{sum(passed)} of {len(passed)} such answers were right."
    ]


def _left_out(asked: Sequence[Submitted]) -> list[str]:
    excluded = [each for each in asked if each.excluded]
    skipped = [each for each in asked if each.prediction.error is not None and not each.excluded]
    people = {each.prediction.repeat for each in excluded}
    sentences = [f"Skipped with a reason: {_number(len(skipped), 'item')}."] if skipped else []
    if not excluded:
        return [*sentences, "No answer was excluded."]
    return [
        *sentences,
        f"Excluded by hand: {_number(len(excluded), 'answer')} of {_number(len(people), 'annotator')}.",
    ]


def _agreement(agreements: Sequence[Agreement]) -> list[str]:
    alphas = [f"{each.task} {each.alpha:.2f}" for each in agreements if each.alpha is not None]
    return [f"Krippendorff's alpha (nominal): {', '.join(alphas)}."] if alphas else []


def _worked(hours: float) -> str:
    if hours >= 1:
        return f"{hours:.1f} hours"
    return _number(round(60 * hours), "minute") if hours >= 1 / 60 else "less than a minute"


def _number(count: int, one: str) -> str:
    return f"{count:,} {one}{'' if count == 1 else 's'}"
