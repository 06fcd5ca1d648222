"""Reading which option a reply means."""

from collections.abc import Sequence

from amarathon.answers.judging import JudgedMention, judge_mentions
from amarathon.answers.lists import echoed, items_of, outranked
from amarathon.answers.mentions import find_mentions
from amarathon.answers.names import label_mark, option_names, option_words
from amarathon.answers.ordinals import find_ordinals
from amarathon.answers.structure import MAX_CHARACTERS, answer_part
from amarathon.answers.vocabulary import LETTERS
from amarathon.answers.withdrawal import Withdrawal, find_withdrawals
from amarathon.answers.words import Words


def read_answer(reply: str, options: Sequence[str]) -> int | None:
    """Read which option a reply means.

    Parameters
    ----------
    reply : str
        What a model or a person wrote; any text at all. Thoughts and channels are left out and
        answer elements, boxes, JSON and the like are looked into; see `amarathon.answers.structure`.
    options : sequence of str
        The options' texts in the order in which their letters were shown. Letter case, markup,
        underscores and punctuation make no difference; of ``"Blues - blues"`` either half counts,
        of ``"Senior (51-70)"`` either part.

    Returns
    -------
    int or None
        Index of the option that the reply chooses; `None` where the reply names none, or more than one.

    Examples
    --------
    >>> read_answer("The answer is C.", ["Neutral", "Angry", "Sad", "Happy"])
    2
    >>> read_answer("B: Sad", ["Neutral", "Angry", "Sad", "Happy"]) is None
    True
    """
    names = [name for index, option in enumerate(options) for name in option_names(index, option)]
    statement = reply
    for statement in dict.fromkeys((reply, answer_part(reply))):
        exact = _whole_reply(statement, options) if len(statement) <= MAX_CHARACTERS else None
        if exact:
            return _only(exact)
    text = Words.of(statement)
    mentions = find_mentions(text, names, len(options))
    # "The second one" may be anything in a recording: an ordinal counts only where it is put forward.
    by_number = not mentions
    mentions = mentions or find_ordinals(text, names, len(options))
    withdrawals = find_withdrawals(text, mentions)
    judgements = judge_mentions(text, mentions, {withdrawal.start for withdrawal in withdrawals})
    items = items_of(text, mentions)
    behind = outranked(text, items, len(options))
    affirmed = [
        judgement
        for index, judgement in enumerate(judgements)
        if judgement.affirmed and index not in behind and (judgement.stated or not by_number)
    ]
    echo = {judgements[index].start for index in echoed(text, items, len(options))}
    affirmed = [judgement for judgement in affirmed if judgement.start not in echo] or affirmed
    return _decide(_not_withdrawn(affirmed, withdrawals), len(options))


def _not_withdrawn(affirmed: list[JudgedMention], withdrawals: Sequence[Withdrawal]) -> list[JudgedMention]:
    """The affirmed mentions behind the last withdrawal that counts."""
    for withdrawal in withdrawals:
        kept = [judgement for judgement in affirmed if judgement.start >= withdrawal.start]
        if kept or withdrawal.whatever_follows:
            return kept
    return affirmed


def _decide(affirmed: list[JudgedMention], count: int) -> int | None:
    """The option that all agree on: all stated mentions, or else all affirmed ones."""
    if _lists_all(affirmed, count):
        affirmed = [judgement for judgement in affirmed if not judgement.alone]
    # "A or B? B": what is chosen of a list replaces the list.
    chosen = {judgement.options for judgement in affirmed if judgement.stated and not judgement.listed}
    affirmed = [judgement for judgement in affirmed if not (chosen and judgement.listed)] or affirmed
    stated_clauses = {judgement.clause for judgement in affirmed if judgement.stated}
    decisive = [
        judgement.options
        for judgement in affirmed
        if not stated_clauses or judgement.clause in stated_clauses
    ]
    return _only(frozenset.intersection(*decisive)) if decisive else None


def _lists_all(judgements: Sequence[JudgedMention], count: int) -> bool:
    """Whether the reply repeats the options, each as a sentence or line of its own."""
    listed: set[int] = set()
    return (
        count > 1
        and len(listed.union(*(judgement.options for judgement in judgements if judgement.alone))) == count
    )


def _only(options: frozenset[int]) -> int | None:
    return next(iter(options)) if len(options) == 1 else None


def _whole_reply(reply: str, options: Sequence[str]) -> frozenset[int]:
    """Options that the reply is, in full: by text, by letter and text, or by letter."""
    text = Words.of(reply)
    if not reply.strip():
        return frozenset()
    if not text.words:
        return frozenset(index for index, option in enumerate(options) if option.strip() == reply.strip())
    option_texts = [option_words(option) for option in options]
    found = {
        index
        for index, option in enumerate(option_texts)
        if option.words == text.words and label_mark(option, 0) == label_mark(text, 0)
    }
    # "D" may be the fourth option or the one whose text is D; "C: drive" the third or one of that text.
    lettered = LETTERS.index(text.words[0]) if text.words[0] in LETTERS else len(options)
    labels = len(text.words) == 1 or bool(label_mark(text, 0))
    if found and labels and lettered < len(options) and text.words[1:] in {(), option_texts[lettered].words}:
        found.add(lettered)
    return frozenset(found)
