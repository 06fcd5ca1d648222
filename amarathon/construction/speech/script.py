"""Which lines of the game are spoken exactly as written, each sentence once in the whole set."""

import re
from collections.abc import Iterable, Iterator, Mapping

from amarathon.construction.merging import Clip
from amarathon.construction.rendering import Origin
from amarathon.construction.speech.adventure import ARCHIVE, Archive, Line, archive
from amarathon.construction.speech.cast import ROLES, Role
from amarathon.packages.declared import ADVENTURE
from amarathon.packages.fetching import unpacked

# Brackets are sounds ("<gulp>"), other signs marks for the game; numbers and abbreviations are read in
# several ways, and written in as many; capitals within a word are the spelling of a joke ("KrAfT").
_NOT_WORDS = re.compile(r"[\[\]()<>{}*#/@%&^_0-9]|\b(?:[A-Za-z]\.){2}|\bvs\.|[a-z][A-Z]")
_FEWEST_WORDS = 3
# What is said is something else, by sense and by what Whisper tiny.en hears.
NOT_AS_WRITTEN = frozenset(
    {
        "210024P2.SB",  # "Why don't [you] and your"
        "370020P2.SB",  # "then" for "than"
        "39009AP2.SB",  # "sharpener's" for "sharpeners"
        "400008P2.SB",  # "may [have] access"
        "420023P4.SB",  # "it's" for "its"
        "4800D6P1.SB",  # "just don't" for "don't just"
        *("230006P6.SB", "230009P4.SB", "2300B5P5.SB"),  # laughter
        "48040BP4.SB",  # not English
    }
)


def words_of(text: str) -> str:
    """By what two lines count as the same: letters and apostrophes, in lower case."""
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def lines_of_roles(game: Archive) -> Mapping[str, list[Line]]:
    """The lines of every role, in the order of the story.

    A sentence of several roles, or twice in one, is kept where it is first found.
    """
    seen: set[str] = set()
    return {role.name: list(_new(_spoken(game, role), seen)) for role in ROLES.values()}


def clips_of(name: str) -> Iterator[Clip]:
    """The lines of a role, each decoded when it is needed."""
    game, role = archive(unpacked(ADVENTURE) / ARCHIVE), ROLES[name]
    for line in lines_of_roles(game)[name]:
        yield Clip(game.sound(line), _origin(line, role), line.text)


def _spoken(game: Archive, role: Role) -> Iterable[Line]:
    for dialogue in role.dialogues:
        for line in game.lines(dialogue):
            if line.hero == role.hero and line.file not in NOT_AS_WRITTEN and _exact(line.text):
                yield line


def _exact(text: str) -> bool:
    return _NOT_WORDS.search(text) is None and len(words_of(text).split()) >= _FEWEST_WORDS


def _new(lines: Iterable[Line], seen: set[str]) -> Iterable[Line]:
    for line in lines:
        if words_of(line.text) not in seen:
            seen.add(words_of(line.text))
            yield line


def _origin(line: Line, role: Role) -> Origin:
    author = f"{role.actor} as {role.name}, {ADVENTURE.author}"
    return Origin(f"{ADVENTURE.name}/{line.file}", ADVENTURE.licence, author, f"speaker/{role.actor}")
