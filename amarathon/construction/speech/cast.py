"""Who speaks which part in the adventure game, as its own credits say (``CREDIT2.CRD``).

Parts whose actor the credits leave open (two actors named, or a name that is not in them) are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A part in the game.

    Attributes
    ----------
    name, actor : str
    dialogues : tuple of str
        The game's dialogues that have it, in the order of the story.
    hero : bool
        Whether it is the player's character, who speaks in all of them.
    """

    name: str
    actor: str
    dialogues: tuple[str, ...]
    hero: bool = False


def _numbered(name: str, *numbers: int) -> tuple[str, ...]:
    return tuple(f"{name}{number}" for number in numbers)


_OTHERS = (
    Part("Princess Azura", "Debbie Arnold", _numbered("PRIN", 1, 2, 4)),
    Part("Trader Bob", "Jon Coleman", _numbered("BOB", 1, 2, 3, 4, 5)),
    Part("Bud", "Bill Hootkins", _numbered("BUD", 1, 2)),
    Part("Pygmy Chief", "Barry James", _numbered("CHIEF", 1, 2, 3, 4)),
    Part("Faye Russell", "Lisa Valdez", _numbered("FAYE", 2, 3, 4, 5, 6)),
    Part("Frank Ironstein", "Bill Hootkins", ("FRANK",)),
    Part("Henry", "Enn Reitel", ("HENRY", "HENRY2")),
    Part("Ian", "Barry James", _numbered("IAN", 1, 2)),
    Part("Jimmy Cook", "Tom Hill", _numbered("JIM", 1, 2, 3)),
    Part("Mary-Lou Cook", "Regina Reagan", _numbered("LOU", 1, 2)),
    Part("Naomi", "Jessica Martin", ("NAOMI", "NAOMI2")),
    Part("Temple Guardian", "Penelope Keith", _numbered("ORACLE", 1, 2, 3)),
    Part("Secretary", "Jessica Martin", _numbered("SEC", 1, 2)),
    Part("Sparky", "Tom Hill", _numbered("SPARKY", 1, 2, 3, 4, 5, 6, 7, 8)),
)
_HERO = Part(
    "Joe King",
    "Brad Lavelle",
    tuple(sorted(dialogue for part in _OTHERS for dialogue in part.dialogues)),
    hero=True,
)
PARTS: Mapping[str, Part] = {part.name: part for part in (*_OTHERS, _HERO)}
