"""One spelling for everything that is written: replies, options, transcripts and their references."""

import re
import unicodedata

_SPELLINGS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u02b9\u02bb\u2032\u00b4\u05f3\ua78c", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u301d\u301e\u301f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2043\u2212\u207b\ufe58\ufe63\uff0d", "-"),
        **dict.fromkeys("\u2014\u2015\u2e3a\u2e3b", " - "),
        **dict.fromkeys("\u2028\u2029\u0085\x0b\x0c", "\n"),
        # Chinese and Japanese marks are not followed by a space.
        "\u3002": ". ", "\uff0e": ". ", "\uff61": ". ", "\uff01": "! ", "\uff1f": "? ", "\uff0c": ", ",
        "\u3001": ", ", "\uff64": ", ", "\uff1b": "; ", "\uff1a": ": ", "\u061f": "? ", "\u060c": ", ",
        "\u061b": "; ", "\u06d4": ". ", "\u0964": ". ", "\u00bf": " ", "\u00a1": " ",
        **dict.fromkeys("\u300c\u300d\u300e\u300f\u300a\u300b", '"'),
        "\u3008": "<", "\u3009": ">", "\u3010": "[", "\u3011": "]", "\u3014": "[", "\u3015": "]",
    }
)  # fmt: skip
# Letters in dark circles and squares, and those of flags, which have no compatibility form.
_BADGES = str.maketrans(
    {
        start + index: f"({chr(ord('A') + index)})"
        for start in (0x24B6, 0x1F110, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
        for index in range(26)
    }
)
# Format characters (soft hyphens, joiners, marks of direction, byte order marks), variation
# selectors, and controls other than white space: they are not seen.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)


def unify(text: str) -> str:
    """Spell a text in one way; letter case and words stay.

    Apostrophes, quotes, dashes, ellipses and full-width characters become those of a typewriter,
    what is not seen is dropped, letters in circles stand in brackets, the rest takes Unicode's
    compatibility form (NFKC).

    >>> unify("It\N{RIGHT SINGLE QUOTATION MARK}s \N{FULLWIDTH LATIN CAPITAL LETTER B}\N{ZERO WIDTH SPACE}")
    "It's B"
    """
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub("", text.translate(_BADGES).translate(_SPELLINGS))
    return unicodedata.normalize("NFKC", text).translate(_SPELLINGS)
