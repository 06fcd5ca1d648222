"""Signs that an annotator did not do the work: for a person to look at, never acted on by themselves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

MIN_CHECKS = 3
MIN_ANSWERS = 5


@dataclass(frozen=True)
class WorkedAnswer:
    """One submitted answer, as far as it shows how somebody worked.

    Attributes
    ----------
    annotator, sample_id : str
    seconds : float
        From the question being shown to the answer being submitted.
    duration_s : float
        Of the recording.
    coverage : float
        Share of the recording that was really played, 0 to 1.
    shown_position : int or None
        Position at which the chosen option was shown, from 0; `None` for transcripts and skips.
    check_passed : bool or None
        Of a gold check, whether the answer was right; `None` for other samples.
    """

    annotator: str
    sample_id: str
    seconds: float
    duration_s: float
    coverage: float
    shown_position: int | None = None
    check_passed: bool | None = None


@dataclass(frozen=True)
class CarelessnessSign:
    """A sign of careless work: a reason to look at an annotator's answers.

    Attributes
    ----------
    annotator : str
    kind : {"checks", "speed", "one place", "listening"}
    reason : str
        One sentence with its figures.
    """

    annotator: str
    kind: str
    reason: str


def find_signs(
    work: Iterable[WorkedAnswer],
    *,
    min_checks_passed: float = 0.7,
    min_coverage: float = 0.8,
    min_pace: float = 0.5,
) -> list[CarelessnessSign]:
    """Look for signs of careless work.

    Parameters
    ----------
    work : iterable of WorkedAnswer
    min_checks_passed : float
        Share of gold checks that has to be passed, from `MIN_CHECKS` on.
    min_coverage : float
        Mean share of the recordings that has to be played.
    min_pace : float
        Least seconds per second of recording: the median over an annotator's answers.

    Returns
    -------
    list of CarelessnessSign
        By annotator.
    """
    by_annotator: dict[str, list[WorkedAnswer]] = defaultdict(list)
    for answer in work:
        by_annotator[answer.annotator].append(answer)
    signs = []
    for annotator, own in sorted(by_annotator.items()):
        for kind, reason in (
            ("checks", _checks(own, min_checks_passed)),
            ("speed", _speed(own, min_pace)),
            ("one place", _one_position(own)),
            ("listening", _listening(own, min_coverage)),
        ):
            if reason:
                signs.append(CarelessnessSign(annotator, kind, reason))
    return signs


def _checks(own: Sequence[WorkedAnswer], least: float) -> str | None:
    checks = [answer.check_passed for answer in own if answer.check_passed is not None]
    if len(checks) < MIN_CHECKS or sum(checks) >= least * len(checks):
        return None
    passed = f"{sum(checks)} of {len(checks)} check questions were answered right"
    return f"{passed}; at least {least:.0%} is expected."


def _speed(own: Sequence[WorkedAnswer], least: float) -> str | None:
    if len(own) < MIN_ANSWERS:
        return None
    pace = median(answer.seconds / answer.duration_s for answer in own)
    if pace >= least:
        return None
    return f"Answers take {pace:.2f} s for each second of audio (median); at least {least:g} s is expected."


def _one_position(own: Sequence[WorkedAnswer]) -> str | None:
    positions = [answer.shown_position for answer in own if answer.shown_position is not None]
    if len(positions) < 2 * MIN_ANSWERS or len(set(positions)) > 1:
        return None
    return f"All {len(positions)} answers are the option shown in position {positions[0] + 1}."


def _listening(own: Sequence[WorkedAnswer], least: float) -> str | None:
    if len(own) < MIN_ANSWERS:
        return None
    coverage = sum(answer.coverage for answer in own) / len(own)
    if coverage >= least:
        return None
    return f"{coverage:.0%} of the audio was heard; at least {least:.0%} is expected."
