"""Reading which option a reply means."""

from collections.abc import Sequence

from amarathon.answers.judging import Judgement, judge
from amarathon.answers.mentions import find_mentions
from amarathon.answers.names import label_mark, option_names, option_words
from amarathon.answers.vocabulary import LETTERS
from amarathon.answers.words import Words


def read_answer(reply: str, options: Sequence[str]) -> int | None:
    """Read which option a reply means.

    Parameters
    ----------
    reply : str
        What a model or a person wrote; any text at all.
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
    text = Words.of(reply)
    names = [name for index, option in enumerate(options) for name in option_names(index, option)]
    exact = _whole_reply(reply, text, options)
    if exact:
        return _only(exact)
    meant = [each for each in judge(text, find_mentions(text, names, len(options))) if each.meant]
    if _lists_all(meant, len(options)):
        meant = [each for each in meant if not each.alone]
    stated = {each.sentence for each in meant if each.stated}
    decisive = [each.options for each in meant if not stated or each.sentence in stated]
    return _only(frozenset.intersection(*decisive)) if decisive else None


def _lists_all(mentions: Sequence[Judgement], count: int) -> bool:
    """Whether the reply repeats the options, each as a sentence or line of its own."""
    listed: set[int] = set()
    return count > 1 and len(listed.union(*(each.options for each in mentions if each.alone))) == count


def _only(options: frozenset[int]) -> int | None:
    return next(iter(options)) if len(options) == 1 else None


def _whole_reply(reply: str, text: Words, options: Sequence[str]) -> frozenset[int]:
    """Options that the reply is, in full: by text, by letter and text, or by letter."""
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
