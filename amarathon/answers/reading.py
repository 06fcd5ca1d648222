"""Reading which option a reply means."""

from collections.abc import Sequence

from amarathon.answers.judging import Judgement, judge
from amarathon.answers.lists import echoed, items_of, outranked
from amarathon.answers.mentions import find_mentions
from amarathon.answers.names import label_mark, option_names, option_words
from amarathon.answers.places import find_places
from amarathon.answers.structure import MAX_CHARACTERS, stated
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
        Index of the option meant; `None` where the reply names none, or more than one.

    Examples
    --------
    >>> read_answer("The answer is C.", ["Neutral", "Angry", "Sad", "Happy"])
    2
    >>> read_answer("B: Sad", ["Neutral", "Angry", "Sad", "Happy"]) is None
    True
    """
    names = [name for index, option in enumerate(options) for name in option_names(index, option)]
    said = reply
    for said in dict.fromkeys((reply, stated(reply))):
        exact = _whole_reply(said, options) if len(said) <= MAX_CHARACTERS else None
        if exact:
            return _only(exact)
    text = Words.of(said)
    mentions = find_mentions(text, names, len(options))
    # "The second one" may be anything in a recording: a place counts only where it is put forward.
    by_place = not mentions
    mentions = mentions or find_places(text, names, len(options))
    withdrawals = find_withdrawals(text, mentions)
    judged = judge(text, mentions, {each.start for each in withdrawals})
    items = items_of(text, mentions)
    behind = outranked(text, items, len(options))
    meant = [
        each
        for place, each in enumerate(judged)
        if each.meant and place not in behind and (each.stated or not by_place)
    ]
    echo = {judged[place].start for place in echoed(text, items, len(options))}
    meant = [each for each in meant if each.start not in echo] or meant
    return _decide(_not_withdrawn(meant, withdrawals), len(options))


def _not_withdrawn(meant: list[Judgement], withdrawals: Sequence[Withdrawal]) -> list[Judgement]:
    """What is meant behind the last withdrawal that counts."""
    for each in withdrawals:
        kept = [judgement for judgement in meant if judgement.start >= each.start]
        if kept or each.whatever_follows:
            return kept
    return meant


def _decide(meant: list[Judgement], count: int) -> int | None:
    """The option that all agree on: all that is put forward, or else all that is meant."""
    if _lists_all(meant, count):
        meant = [each for each in meant if not each.alone]
    # "A or B? B": what is chosen of a list replaces the list.
    chosen = {each.options for each in meant if each.stated and not each.listed}
    meant = [each for each in meant if not (chosen and each.listed)] or meant
    put_forward = {each.clause for each in meant if each.stated}
    decisive = [each.options for each in meant if not put_forward or each.clause in put_forward]
    return _only(frozenset.intersection(*decisive)) if decisive else None


def _lists_all(mentions: Sequence[Judgement], count: int) -> bool:
    """Whether the reply repeats the options, each as a sentence or line of its own."""
    listed: set[int] = set()
    return count > 1 and len(listed.union(*(each.options for each in mentions if each.alone))) == count


def _only(options: frozenset[int]) -> int | None:
    return next(iter(options)) if len(options) == 1 else None


def _whole_reply(reply: str, options: Sequence[str]) -> frozenset[int]:
    """Options that the reply is, in full: by text, by letter and text, or by letter."""
    text = Words.of(reply)
    if not reply.strip():
        return frozenset()
    if not text.words:
        return frozenset(index for index, each in enumerate(options) if each.strip() == reply.strip())
    whole = [option_words(each) for each in options]
    found = {
        index
        for index, each in enumerate(whole)
        if each.words == text.words and label_mark(each, 0) == label_mark(text, 0)
    }
    # "D" may be the fourth option or the one whose text is D; "C: drive" the third or one of that text.
    own = LETTERS.index(text.words[0]) if text.words[0] in LETTERS else len(options)
    labels = len(text.words) == 1 or bool(label_mark(text, 0))
    if found and labels and own < len(options) and text.words[1:] in {(), whole[own].words}:
        found.add(own)
    return frozenset(found)
