"""Names that a reader takes for another one: other scripts, other capitals, spaces, invisible characters.

The table of characters is Unicode's (UTS 39, "confusables"), as the package `confusable_homoglyphs` has it.
"""

import unicodedata
from functools import lru_cache

from confusable_homoglyphs.confusables import is_confusable


def look_alike(name: str, other: str) -> bool:
    """Whether two names can be taken for each other.

    They can where they are the same in what is seen: letters, digits and signs brought to one of those
    that look like them, in their own form or all small or all capital; without marks on letters, spaces
    and punctuation.
    """
    return not _looks(name).isdisjoint(_looks(other))


def _looks(name: str) -> set[str]:
    forms = (unicodedata.normalize("NFKC", name), unicodedata.normalize("NFKD", name))
    shapes = (shape for form in forms for shape in (form, form.casefold(), form.lower(), form.upper()))
    found = {_skeleton(shape) for shape in shapes}
    return found - {""}


def _skeleton(text: str) -> str:
    """What is left of a text for the eye."""
    plain = unicodedata.normalize("NFKD", "".join(map(_prototype, text)))
    return "".join(map(_prototype, (character for character in plain if character.isalnum())))


@lru_cache(maxsize=4096)
def _prototype(character: str) -> str:
    """The character, or the two, that stand for all that look like this one."""
    alike = _alike(character)
    # Each knows its prototype only; a prototype knows all of its own.
    if len(alike) != 1:
        return character
    other = alike[0]
    return other if len(other) != 1 or len(_alike(other)) > 1 else min(character, other)


def _alike(character: str) -> list[str]:
    found = is_confusable(character, greedy=True)
    return [homoglyph["c"] for homoglyph in found[0]["homoglyphs"]] if found else []
