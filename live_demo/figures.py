"""One configuration's figures, from its record and from vanilla's."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from amarathon.compression import Configuration
from amarathon.errors import ConfigurationError
from amarathon.runs.records import Prediction, TimingRecord
from amarathon.tasks.sample import OPTION_LETTERS
from live_demo.gold import Gold
from live_demo.records import KeptRecord
from live_demo.words import Difference, differences, word_accuracy


@dataclass(frozen=True)
class ConfigurationFigures:
    """One configuration's figures; what is not known is `None`.

    Attributes
    ----------
    configuration : str
    title : str
        Its methods' names.
    stages : list of str
        Where it acts: ``"before"``, ``"prune"``, ``"evict"``; empty for vanilla.
    offers_options : bool
        The question has options, so a reply is read for one of them.
    reply : str
    answer : str or None
        The letter of the option that the reply means.
    answer_text : str or None
    correct : bool or None
        Where the right answer is known.
    word_accuracy : float or None
        WAR against the right transcript, 0 to 1, where that is known.
    option_shares : list of float
        Probability of each option's letter as the reply's first token, among those letters; empty where it
        was not taken.
    option_mass : float or None
        What all these letters have of the whole vocabulary.
    agreement : float or None
        With vanilla's reply: 1 or 0 for the same or another option; else WAR with vanilla's reply
        as the reference, 0 to 1.
    same_reply : bool or None
    differences : list of Difference
        Word by word against vanilla's reply.
    audio_tokens, kept_tokens, new_tokens : int or None
    cut_off : bool
        The reply reached the longest length.
    unsure_s : float
        Seconds whose text fails the model's own checks at every attempt; see `Outcome.unsure_spans`.
    encoder_s, prefill_s, first_token_s, decode_s : float or None
        Medians, where it was repeated.
    timed : int
        How often.
    prefill_range, first_token_range : list of float or None
        Lowest and highest, where it was repeated.
    shared : bool
        Parts of the times were shared between configurations.
    prefill_speedup, first_token_speedup : float or None
        Vanilla's time divided by this one's.
    predicted_speedup : float or None
        Vanilla's floating-point operations in the prefill divided by this one's.
    peak_bytes, cache_bytes : int or None
    cache_share : float or None
        Of vanilla's cache.
    audible : bool
        Pruning kept spans that can be listened to.
    error : str or None
    """

    configuration: str
    title: str
    stages: list[str]
    offers_options: bool
    reply: str
    answer: str | None
    answer_text: str | None
    correct: bool | None
    word_accuracy: float | None
    option_shares: list[float]
    option_mass: float | None
    agreement: float | None
    same_reply: bool | None
    differences: list[Difference]
    audio_tokens: int | None
    kept_tokens: int | None
    new_tokens: int | None
    cut_off: bool
    unsure_s: float
    encoder_s: float | None
    prefill_s: float | None
    first_token_s: float | None
    decode_s: float | None
    timed: int
    prefill_range: list[float] | None
    first_token_range: list[float] | None
    shared: bool
    prefill_speedup: float | None
    first_token_speedup: float | None
    predicted_speedup: float | None
    peak_bytes: int | None
    cache_bytes: int | None
    cache_share: float | None
    audible: bool
    error: str | None


@dataclass(frozen=True)
class Answered:
    """What is known of one configuration.

    Attributes
    ----------
    prediction : Prediction
    kept : KeptRecord or None
    times : sequence of TimingRecord
        Of each repeat.
    """

    prediction: Prediction
    kept: KeptRecord | None = None
    times: Sequence[TimingRecord] = field(default_factory=tuple)

    def seconds(self, part: str) -> float | None:
        """The median of a part's times."""
        values = self.all_seconds(part)
        return statistics.median(values) if values else None

    def range(self, part: str) -> list[float] | None:
        """Lowest and highest of a part's times, where there are several."""
        values = self.all_seconds(part)
        return [min(values), max(values)] if len(values) > 1 else None

    def all_seconds(self, part: str) -> list[float]:
        """A part's times."""
        values = [getattr(one, part) for one in self.times or (self.prediction.timings,)]
        return [value for value in values if value is not None]


def figures_of(one: Answered, vanilla: Answered | None, longest: int, gold: Gold) -> ConfigurationFigures:
    """Put a configuration's figures together.

    Parameters
    ----------
    one, vanilla : Answered
        The second to compare with, where vanilla was answered.
    longest : int
        The reply limit.
    gold : Gold
    """
    prediction = one.prediction
    index = prediction.answer_read
    parsed = _parsed(prediction.configuration)
    stages = [step.stage for step in parsed.steps]
    compared = vanilla is not None and prediction.error is None
    base = vanilla.prediction if compared and vanilla else None
    probabilities = one.kept.option_probabilities if one.kept else ()
    mass = sum(probabilities)
    return ConfigurationFigures(
        configuration=prediction.configuration,
        title=" + ".join(step.label for step in parsed.steps) or "Vanilla",
        stages=list(stages),
        offers_options=bool(prediction.options),
        reply=prediction.reply,
        answer=None if index is None else OPTION_LETTERS[index],
        answer_text=None if index is None else prediction.options[index],
        correct=None if gold.answer is None or prediction.error else index == gold.answer,
        word_accuracy=_against_reference(prediction, gold),
        option_shares=[each / mass for each in probabilities] if mass else [],
        option_mass=mass if probabilities else None,
        agreement=_agreement(prediction, base),
        same_reply=prediction.reply == base.reply if base else None,
        differences=differences(base.reply, prediction.reply) if base else [],
        audio_tokens=prediction.audio_tokens,
        kept_tokens=prediction.kept_tokens,
        new_tokens=prediction.new_tokens,
        cut_off=prediction.new_tokens == longest,
        unsure_s=sum(end - start for start, end in one.kept.unsure_spans) if one.kept else 0.0,
        encoder_s=one.seconds("encoder_s"),
        prefill_s=one.seconds("prefill_s"),
        first_token_s=one.seconds("first_token_s"),
        decode_s=one.seconds("decode_s"),
        timed=max(len(one.times), 1),
        prefill_range=one.range("prefill_s"),
        first_token_range=one.range("first_token_s"),
        shared=prediction.timings.shared,
        prefill_speedup=_speedup(vanilla, one, "prefill_s") if base else None,
        first_token_speedup=_speedup(vanilla, one, "first_token_s") if base else None,
        predicted_speedup=_predicted(vanilla, one) if base else None,
        peak_bytes=prediction.peak_bytes,
        cache_bytes=prediction.cache_bytes,
        cache_share=_ratio(prediction.cache_bytes, base.cache_bytes) if base else None,
        audible="prune" in stages and prediction.error is None,
        error=prediction.error,
    )


def _parsed(name: str) -> Configuration:
    try:
        return Configuration.parse(name)
    except ConfigurationError:
        # A method that this version no longer has; its figures still stand.
        return Configuration()


def _ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _agreement(prediction: Prediction, vanilla: Prediction | None) -> float | None:
    if vanilla is None:
        return None
    if prediction.options:
        # Two replies without an option do not agree on one.
        return None if vanilla.answer_read is None else float(prediction.answer_read == vanilla.answer_read)
    return word_accuracy(vanilla.reply, prediction.reply)


def _against_reference(prediction: Prediction, gold: Gold) -> float | None:
    if gold.reference is None or prediction.error is not None:
        return None
    return word_accuracy(gold.reference, prediction.reply)


def _speedup(vanilla: Answered | None, one: Answered, part: str) -> float | None:
    return None if vanilla is None else _ratio(vanilla.seconds(part), one.seconds(part))


def _predicted(vanilla: Answered | None, one: Answered) -> float | None:
    if vanilla is None or vanilla.kept is None or one.kept is None:
        return None
    return _ratio(vanilla.kept.prefill_operations, one.kept.prefill_operations)
