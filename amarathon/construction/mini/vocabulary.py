"""The words that the synthetic speakers use: few enough for a small model to learn them all.

Every sentence belongs to one split by a hash of its words, so that no sentence of the test split
is ever heard in training, though every word is.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from string import Formatter

import numpy as np

from amarathon.construction.seeds import chosen, fraction
from amarathon.errors import DatasetError

CLASSES: Mapping[str, tuple[str, ...]] = {
    "person": (
        *("Anna", "Peter", "Maria", "Thomas", "Julia", "Daniel", "Sophie", "Victor", "Emma", "Martin"),
        *("Laura", "Oscar", "Helen", "Simon", "Nina", "George"),
    ),
    "city": (
        *("London", "Paris", "Berlin", "Madrid", "Tokyo", "Boston", "Chicago", "Sydney", "Cairo", "Vienna"),
        *("Oslo", "Dublin", "Toronto", "Athens", "Lisbon", "Moscow"),
    ),
    "month": (
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "object": (
        *("lamp", "chair", "guitar", "camera", "bicycle", "mirror", "carpet", "umbrella", "basket", "piano"),
        *("telephone", "blanket"),
    ),
    "animal": ("horse", "rabbit", "monkey", "tiger", "dolphin", "spider", "chicken", "elephant"),
    "food": (
        "bread",
        "cheese",
        "apples",
        "rice",
        "honey",
        "carrots",
        "chocolate",
        "potatoes",
        "soup",
        "lemons",
    ),
    "colour": ("red", "blue", "green", "yellow", "black", "white", "orange", "purple"),
    "number": ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twenty"),
    "job": ("doctor", "teacher", "farmer", "driver", "painter", "lawyer", "baker", "pilot"),
    "weather": ("sunny", "rainy", "windy", "cloudy", "cold", "warm"),
    "place": ("garden", "kitchen", "station", "market", "library", "hospital", "museum", "river"),
    "letter": (
        *(
            "alpha",
            "bravo",
            "charlie",
            "delta",
            "echo",
            "foxtrot",
            "golf",
            "hotel",
            "india",
            "juliet",
            "kilo",
        ),
        *("lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform"),
        *("victor", "whiskey", "xray", "yankee", "zulu"),
    ),
    "digit": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}

# Sentences without a named entity: they fill the time between those that matter.
FILLERS: tuple[str, ...] = (
    "The {animal} sleeps near the {place}.",
    "The {job} likes {food} and {food}.",
    "There are {number} {food} in the {colour} {object}.",
    "The {place} is {weather} today.",
    "A {colour} {object} stands in the {place}.",
    "The {job} and the {job} walk to the {place}.",
    "It was a {weather} morning.",
    "The {animal} and the {animal} eat {food}.",
    "We saw {number} people at the {place}.",
    "The {job} has a {colour} {object}.",
)

# One sentence names one entity, and nothing else of its kind.
MENTIONS: Mapping[str, tuple[str, ...]] = {
    "person": (
        "{person} works in the {place}.",
        "The {job} is a friend of {person}.",
        "{person} has {number} {food}.",
    ),
    "city": (
        "The {job} has a {object} in {city}.",
        "There is a {place} in {city}.",
        "It is {weather} in {city}.",
    ),
    "month": (
        "It is {weather} in {month}.",
        "The {place} opens in {month}.",
        "The {job} buys {food} in {month}.",
    ),
    "day": (
        "The {job} buys {food} on {day}.",
        "The {place} is closed on {day}.",
        "It was {weather} on {day}.",
    ),
}

# Sentences of transcription: every kind of word.
DICTATION: tuple[str, ...] = (
    *FILLERS,
    *(sentence for group in MENTIONS.values() for sentence in group),
    "{person} bought a {colour} {object} in {city}.",
    "{person} and {person} met on {day}.",
    "{person} travels to {city} in {month}.",
    # Never two digits together: written down they are one number, and the normal forms of text differ.
    "The code is {letter} {digit} {letter} {digit}.",
    "Please call {person} on {day}.",
)

# A fact ties a person to one thing of a kind; each is stated in several ways.
FACTS: Mapping[str, tuple[str, ...]] = {
    "city": (
        "{person} travels to {city} on {day}.",
        "{person} has a {colour} {object} in {city}.",
        "In {month} {person} goes to {city}.",
    ),
    "object": (
        "{person} bought the {colour} {object} on {day}.",
        "The {object} in the {place} belongs to {person}.",
        "{person} carries the {object} to the {place}.",
    ),
    "food": (
        "{person} eats {food} in {month}.",
        "The {job} gave {food} to {person}.",
        "{person} likes {food} from {city}.",
    ),
    "animal": (
        "{person} has a {colour} {animal} in {city}.",
        "The {animal} in the {place} lives with {person}.",
        "{person} feeds the {colour} {animal} on {day}.",
    ),
}
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "city": ("Which city goes with {person}?", "Who goes with {city}?"),
    "object": ("Which object goes with {person}?", "Who goes with the {object}?"),
    "food": ("Which food goes with {person}?", "Who goes with {food}?"),
    "animal": ("Which animal goes with {person}?", "Who goes with the {animal}?"),
}

# Shares of all sentences, by hash; the rest is training.
_TEST, _VALIDATION = 0.25, 0.5
_MOST_TRIES = 1000


def split_of(sentence: str) -> str:
    """The split that a sentence belongs to: a quarter test, a quarter validation, half training."""
    share = fraction("sentence", " ".join(plain_words(sentence)))
    return "test" if share < _TEST else "validation" if share < _VALIDATION else "train"


def sentence(
    template: str,
    split: str,
    rng: np.random.Generator,
    fixed: Mapping[str, str] | None = None,
    without: Mapping[str, Sequence[str]] | None = None,
) -> str | None:
    """Fill a template with words so that the sentence belongs to a split.

    Parameters
    ----------
    template : str
        With a word's class in braces.
    split : str
    rng : numpy.random.Generator
    fixed : mapping of str to str, optional
        Words given, by class.
    without : mapping of str to sequence of str, optional
        Words not to use, by class.

    Returns
    -------
    str or None
        None where no filling of this template belongs to the split; another template has to be taken.
    """
    slots = [name for _, name, _, _ in Formatter().parse(template) if name]
    for _ in range(_MOST_TRIES if set(slots) - set(fixed or {}) else 1):
        text, used = template, set[str]()
        for slot in slots:
            word = (fixed or {}).get(slot)
            if word is None:
                left_out = used | set((without or {}).get(slot, ()))
                word = chosen(rng, [entry for entry in CLASSES[slot] if entry not in left_out])
            used.add(word)
            text = text.replace(f"{{{slot}}}", word, 1)
        if split_of(text) == split:
            return _capitalised(text)
    return None


def any_sentence(
    templates: Sequence[str],
    split: str,
    rng: np.random.Generator,
    fixed: Mapping[str, str] | None = None,
    without: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Fill one of several templates; parameters as `sentence`.

    Raises
    ------
    DatasetError
        None of them can be filled for the split.
    """
    for index in rng.permutation(len(templates)):
        found = sentence(templates[int(index)], split, rng, fixed, without)
        if found is not None:
            return found
    raise DatasetError(f"No sentence of the {split} split says {dict(fixed or {})}.")


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]


def plain_words(text: str) -> list[str]:
    """The words of a sentence in lower case, without punctuation."""
    return re.findall(r"[a-z]+", text.lower())


@cache
def all_words() -> tuple[str, ...]:
    """Every word a synthetic speaker can say, in lower case, sorted: a small model's vocabulary."""
    found = {word for words in CLASSES.values() for text in words for word in plain_words(text)}
    texts = [*FILLERS, *DICTATION, *(text for group in FACTS.values() for text in group)]
    for text in texts:
        found.update(plain_words(re.sub(r"\{\w+\}", " ", text)))
    return tuple(sorted(found))
