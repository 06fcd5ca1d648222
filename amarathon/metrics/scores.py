"""Scores of a set of predictions, 0 to 100, by two protocols.

``strict``
    A reply that cannot be read is a wrong answer. Word accuracy is taken over the corpus, after
    Whisper's English normaliser; a reply without words deletes every word of its reference.
``published``
    A reply that cannot be read leaves the sample out, as in the scripts of the AudioMarathon paper.
    Word accuracy is the plain mean over utterances, after the paper's normaliser and its cuts
    (`published_content`); a transcript without words (".") is all wrong. This reproduces
    the paper's denominator, neither its ten parsers nor its choice of macro or weighted averages
    per model.

BLEU leaves empty replies out by ``published`` and counts them by ``strict``; see
`amarathon.metrics.translations`.

Macro F1 is the mean of F1 over the classes that occur, as a right answer or as a reply that was read
(scikit-learn's default). What is not read is missed by the class that was right; it makes no class of
its own that would be averaged with the others. Letters are those of the dataset's own order of options,
so that answers to shuffled options can be compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from amarathon.answers import read_answer
from amarathon.errors import ScoreError, TaskError
from amarathon.metrics.protocols import PROTOCOLS, ScoringProtocol
from amarathon.metrics.transcripts import (
    WordErrors,
    count_word_errors,
    paper_normalise,
    published_content,
    spoken_content,
    whisper_normalise,
)
from amarathon.metrics.translations import compare_translations, score_translations
from amarathon.tasks import EVERY_TASK, Task

Class = TypeVar("Class", bound=int | str)


@dataclass(frozen=True)
class Choice:
    """A multiple-choice answer after reading.

    Attributes
    ----------
    gold : int
        Index of the right option.
    read : int or None
        Index of the option that the reply means.
    labels : tuple of str
        What each option stands for in the task's label set; empty where there is none.
    """

    gold: int
    read: int | None
    labels: tuple[str, ...] = ()

    @property
    def gold_label(self) -> str:
        """Label of the right option."""
        return self.labels[self.gold]

    @property
    def read_label(self) -> str | None:
        """Label of the option that was read."""
        return None if self.read is None else self.labels[self.read]


@dataclass(frozen=True)
class Transcript:
    """A transcript after comparison, once for each protocol's normal form."""

    strict: WordErrors
    published: WordErrors


def score(
    task_code: str, predictions: Sequence[Mapping[str, Any]], protocol: ScoringProtocol = "strict"
) -> dict[str, Any]:
    """Score predictions of one task.

    Parameters
    ----------
    task_code : str
        E.g. ``"SCR"``.
    predictions : sequence of mapping
        Each with `reply`, `options` and `answer` (index), or `reply` and `reference` for
        transcription; a run's records fit. With `labels`, one for each option, macro F1 over the
        labels is taken too. With `order`, the reply's letters are those of the options in that order.
        A prediction with an `error` is no reply: it is counted as failed and not scored.
    protocol : {"strict", "published"}

    Returns
    -------
    dict
        ``macro_f1``, ``accuracy`` and ``macro_f1_labels``, or ``war``, or ``bleu``, from 0 to 100, `None`
        where there is nothing to score; ``unread``, the share of replies that could not be read (0-100);
        ``count``, the samples that the scores are taken over; ``failed``.

    Raises
    ------
    ScoreError
        If a prediction lacks what its task needs, or the protocol is unknown.
    TaskError
        If the task is unknown.

    Examples
    --------
    >>> genres = ["Blues", "Rock"]
    >>> replies = [("A", 0), ("It is rock.", 1), ("B", 0), ("I cannot tell.", 1)]
    >>> predictions = [{"reply": reply, "options": genres, "answer": gold} for reply, gold in replies]
    >>> strict = score("MC", predictions)
    >>> strict["accuracy"], strict["unread"], strict["count"]
    (50.0, 25.0, 4)
    >>> score("MC", predictions, "published")["count"]
    3
    >>> score("ASR", [{"reply": "the cat sat", "reference": "the cat sat down"}])["war"]
    75.0
    """
    if protocol not in PROTOCOLS:
        raise ScoreError(f"There is no protocol {protocol!r}; there are {' and '.join(PROTOCOLS)}.")
    answered = [prediction for prediction in predictions if not prediction.get("error")]
    failed = len(predictions) - len(answered)
    task = task_of(task_code)
    if task.is_multiple_choice:
        found = score_choices(read_choices(task_code, answered), protocol)
    elif task.metric == "bleu":
        found = score_translations(compare_translations(answered, task.tokenizer), protocol)
    else:
        found = score_transcripts(compare_transcripts(answered), protocol)
    return {**found, "failed": failed}


def task_of(code: str) -> Task:
    """The task of a code.

    Raises
    ------
    TaskError
        Naming the tasks there are.
    """
    if code not in EVERY_TASK:
        raise TaskError(f"There is no task {code!r}; there are {', '.join(EVERY_TASK)}.")
    return EVERY_TASK[code]


def read_choices(task_code: str, answered: Sequence[Mapping[str, Any]]) -> list[Choice]:
    """Read every reply to a multiple-choice question.

    Raises
    ------
    ScoreError
        Naming what a prediction lacks.
    """
    labelled = bool(task_of(task_code).labels)
    return [_read_choice(prediction, labelled=labelled) for prediction in answered]


def _read_choice(prediction: Mapping[str, Any], *, labelled: bool) -> Choice:
    options, gold = prediction.get("options"), prediction.get("answer")
    if not options or gold is None:
        raise ScoreError(f"{_named(prediction)} has no options or no right answer.")
    order = list(prediction.get("order") or range(len(options)))
    if sorted(order) != list(range(len(options))) or not 0 <= gold < len(options):
        raise ScoreError(f"{_named(prediction)} has an answer or an order that does not fit its options.")
    shown = _read(_reply(prediction), tuple(options[index] for index in order))
    labels = tuple(prediction.get("labels") or ()) if labelled else ()
    if labels and len(labels) != len(options):
        raise ScoreError(f"{_named(prediction)} has {len(labels)} labels for {len(options)} options.")
    return Choice(gold, None if shown is None else order[shown], labels)


# A run's replies are read for its summary, its pairs and its tables; most are a letter.
@lru_cache(maxsize=8192)
def _read(reply: str, options: tuple[str, ...]) -> int | None:
    return read_answer(reply, options)


def compare_transcripts(answered: Sequence[Mapping[str, Any]]) -> list[Transcript]:
    """Compare every transcript with its reference.

    Raises
    ------
    ScoreError
        Naming a prediction without a reference.
    """
    compared = []
    for prediction in answered:
        reference = prediction.get("reference")
        if reference is None:
            raise ScoreError(f"{_named(prediction)} has no reference.")
        compared.append(_compare(reference, _reply(prediction)))
    return compared


# The paper's grid on its transcripts is 33 x 204 pairs; each is compared in several tables.
@lru_cache(maxsize=8192)
def _compare(reference: str, reply: str) -> Transcript:
    strict = count_word_errors(whisper_normalise(reference), whisper_normalise(spoken_content(reply)))
    content = published_content(reply)
    published = count_word_errors(paper_normalise(reference), paper_normalise(content))
    return Transcript(strict, replace(published, is_empty=not content))


def _reply(prediction: Mapping[str, Any]) -> str:
    reply = prediction.get("reply")
    if not isinstance(reply, str):
        raise ScoreError(f"{_named(prediction)} has no reply.")
    return reply


def _named(prediction: Mapping[str, Any]) -> str:
    name = prediction.get("sample_id")
    return f"The prediction of {name}" if name else "A prediction"


def score_choices(choices: Sequence[Choice], protocol: ScoringProtocol) -> dict[str, Any]:
    """Score answers that were read; see `score`, which adds ``failed``."""
    scored = [choice for choice in choices if protocol == "strict" or choice.read is not None]
    found: dict[str, Any] = {
        "macro_f1": macro_f1([choice.gold for choice in scored], [choice.read for choice in scored]),
        "accuracy": 100 * (sum(choice.gold == choice.read for choice in scored) / len(scored))
        if scored
        else None,
    }
    if choices and all(choice.labels for choice in choices):
        gold, read = [choice.gold_label for choice in scored], [choice.read_label for choice in scored]
        found["macro_f1_labels"] = macro_f1(gold, read)
    unread = sum(choice.read is None for choice in choices)
    return {**found, "unread": _share(unread, len(choices)), "count": len(scored)}


def macro_f1(gold: Sequence[Class], read: Sequence[Class | None]) -> float | None:
    """Macro F1 from 0 to 100 over the classes that occur; `None` where there is no sample."""
    if not gold:
        return None
    # Half of the app's start, and nothing that is served at its start needs it.
    from sklearn.metrics import f1_score

    classes = sorted({*gold, *(label for label in read if label is not None)})
    number = {label: index for index, label in enumerate(classes)}
    unread_class = len(classes)
    mean = f1_score(
        [number[label] for label in gold],
        [unread_class if label is None else number[label] for label in read],
        labels=range(len(classes)),
        average="macro",
        zero_division=0.0,
    )
    return 100 * float(mean)


def score_transcripts(transcripts: Sequence[Transcript], protocol: ScoringProtocol) -> dict[str, Any]:
    """Score transcripts that were compared; see `score`, which adds ``failed``."""
    errors = [
        transcript.strict if protocol == "strict" else transcript.published for transcript in transcripts
    ]
    empty = sum(error.hypothesis_words == 0 for error in errors)
    if protocol == "strict":
        words = sum(error.reference_words for error in errors)
        rate = sum(error.edits for error in errors) / words if words else None
        count = len(errors)
    else:
        rates = [error.edits / error.reference_words for error in errors if counts_as_utterance(error)]
        rate = sum(rates) / len(rates) if rates else None
        count = len(rates)
    war = None if rate is None else max(0.0, 100 * (1 - rate))
    return {"war": war, "unread": _share(empty, len(errors)), "count": count}


def counts_as_utterance(errors: WordErrors) -> bool:
    """Whether the ``published`` protocol has a word error rate for the utterance.

    A reply of marks alone (".") has one, 100, as in the paper's scripts; an empty one has none.
    """
    return bool(errors.reference_words) and not errors.is_empty


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
