"""Options and gold answers as the corpora write them, brought to one form."""

import re
import unicodedata
from collections.abc import Sequence

from amarathon.errors import DatasetError
from amarathon.tasks.sample import OPTION_LETTERS, Option

# "Traveling by a tram - tram": what is shown, then the corpus's own label.
_HALVES = " - "
_LETTER = re.compile(rf"\(?([{OPTION_LETTERS}])[).:]?", re.IGNORECASE)


def text_key(text: str) -> str:
    """What two texts have in common that a reader would take for the same."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def make_option(text: str, labels: Sequence[str]) -> Option:
    """An option with its label, e.g. ``"Blues - blues"`` with ``"blues"``.

    Parameters
    ----------
    text : str
        As the metadata has it.
    labels : sequence of str
        The task's label set. Letter case, underscores and punctuation make no difference.

    Returns
    -------
    Option
        Labelled with its text where neither the text nor its second half is in the set.
    """
    text = text.strip()
    known = {_label_key(label): label for label in labels}
    for part in (text, text.rpartition(_HALVES)[2]):
        if _label_key(part) in known:
            return Option(text, known[_label_key(part)])
    return Option(text, text)


def find_answer(gold: str, options: Sequence[Option]) -> int:
    """The option that a gold answer stands for: by its text, its label or its letter.

    Returns
    -------
    int
        Index in `options`.

    Raises
    ------
    DatasetError
        No option fits, or more than one does: it is not guessed which.
    """
    fitting = _by_text(gold, options) or _by_label(gold, options)
    letter = _LETTER.fullmatch(gold.strip())
    if letter is not None:
        index = OPTION_LETTERS.index(letter[1].upper())
        fitting |= {index} if index < len(options) else set()
    if not fitting:
        raise DatasetError(f"Its answer {gold!r} is none of its options.")
    if len(fitting) > 1:
        letters = " and ".join(OPTION_LETTERS[index] for index in sorted(fitting))
        raise DatasetError(f"Its answer {gold!r} may mean the options {letters}.")
    return fitting.pop()


def _by_text(gold: str, options: Sequence[Option]) -> set[int]:
    return {index for index, option in enumerate(options) if text_key(option.text) == text_key(gold)}


def _by_label(gold: str, options: Sequence[Option]) -> set[int]:
    wanted = _label_key(gold)
    if not wanted:
        return set()
    return {
        index
        for index, option in enumerate(options)
        if wanted in {_label_key(option.label), *map(_label_key, option.text.rsplit(_HALVES, maxsplit=1))}
    }


def _label_key(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold()))
