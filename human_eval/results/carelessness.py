"""Signs that an annotator did not do the work: for a person to look at, never acted on by themselves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

MIN_CHECKS = 3
MIN_ANSWERS = 5


@dataclass(frozen=True)
class Work:
    """One submitted answer, as far as it tells how somebody worked.

    Attributes
    ----------
    annotator, sample_id : str
    seconds : float
        From the question being shown to the answer being submitted.
    duration_s : float
        Of the recording.
    heard_share : float
        Share of the recording that was really played, 0 to 1.
    shown_place : int or None
        Place at which the chosen option was shown; `None` for transcripts and skips.
    check_passed : bool or None
        Of a gold check, whether the answer was right; `None` for other samples.
    """

    annotator: str
    sample_id: str
    seconds: float
    duration_s: float
    heard_share: float
    shown_place: int | None = None
    check_passed: bool | None = None


@dataclass(frozen=True)
class Flag:
    """A reason to look at an annotator's answers.

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


def find_flags(
    work: Iterable[Work], *, least_checks: float = 0.7, least_heard: float = 0.8, least_pace: float = 0.5
) -> list[Flag]:
    """Look for signs of careless work.

    Parameters
    ----------
    work : iterable of Work
    least_checks : float
        Share of gold checks that has to be passed, from `MIN_CHECKS` on.
    least_heard : float
        Mean share of the recordings that has to be heard.
    least_pace : float
        Least seconds per second of recording: the median over an annotator's answers.

    Returns
    -------
    list of Flag
        By annotator.
    """
    by_annotator: dict[str, list[Work]] = defaultdict(list)
    for each in work:
        by_annotator[each.annotator].append(each)
    flags = []
    for annotator, own in sorted(by_annotator.items()):
        for kind, reason in (
            ("checks", _checks(own, least_checks)),
            ("speed", _speed(own, least_pace)),
            ("one place", _one_place(own)),
            ("listening", _listening(own, least_heard)),
        ):
            if reason:
                flags.append(Flag(annotator, kind, reason))
    return flags


def _checks(own: Sequence[Work], least: float) -> str | None:
    checks = [each.check_passed for each in own if each.check_passed is not None]
    if len(checks) < MIN_CHECKS or sum(checks) >= least * len(checks):
        return None
    return f"{sum(checks)} of {len(checks)} gold checks passed; {least:.0%} are expected."


def _speed(own: Sequence[Work], least: float) -> str | None:
    if len(own) < MIN_ANSWERS:
        return None
    pace = median(each.seconds / each.duration_s for each in own)
    if pace >= least:
        return None
    return f"Answers take {pace:.2f} s for each second of audio (median); {least:g} are expected."


def _one_place(own: Sequence[Work]) -> str | None:
    places = [each.shown_place for each in own if each.shown_place is not None]
    if len(places) < 2 * MIN_ANSWERS or len(set(places)) > 1:
        return None
    return f"All {len(places)} answers are the option shown at place {places[0] + 1}."


def _listening(own: Sequence[Work], least: float) -> str | None:
    if len(own) < MIN_ANSWERS:
        return None
    heard = sum(each.heard_share for each in own) / len(own)
    if heard >= least:
        return None
    return f"{heard:.0%} of the audio was heard; {least:.0%} are expected."
