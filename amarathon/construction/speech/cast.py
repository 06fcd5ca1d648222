"""Who speaks which role in the adventure game, as its own credits say (``CREDIT2.CRD``).

Parts whose actor the credits leave open (two actors named, or a name that is not in them) are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A role in the game.

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
    Role("Princess Azura", "Debbie Arnold", _numbered("PRIN", 1, 2, 4)),
    Role("Trader Bob", "Jon Coleman", _numbered("BOB", 1, 2, 3, 4, 5)),
    Role("Bud", "Bill Hootkins", _numbered("BUD", 1, 2)),
    Role("Pygmy Chief", "Barry James", _numbered("CHIEF", 1, 2, 3, 4)),
    Role("Faye Russell", "Lisa Valdez", _numbered("FAYE", 2, 3, 4, 5, 6)),
    Role("Frank Ironstein", "Bill Hootkins", ("FRANK",)),
    Role("Henry", "Enn Reitel", ("HENRY", "HENRY2")),
    Role("Ian", "Barry James", _numbered("IAN", 1, 2)),
    Role("Jimmy Cook", "Tom Hill", _numbered("JIM", 1, 2, 3)),
    Role("Mary-Lou Cook", "Regina Reagan", _numbered("LOU", 1, 2)),
    Role("Naomi", "Jessica Martin", ("NAOMI", "NAOMI2")),
    Role("Temple Guardian", "Penelope Keith", _numbered("ORACLE", 1, 2, 3)),
    Role("Secretary", "Jessica Martin", _numbered("SEC", 1, 2)),
    Role("Sparky", "Tom Hill", _numbered("SPARKY", 1, 2, 3, 4, 5, 6, 7, 8)),
)
_HERO = Role(
    "Joe King",
    "Brad Lavelle",
    tuple(sorted(dialogue for role in _OTHERS for dialogue in role.dialogues)),
    hero=True,
)
ROLES: Mapping[str, Role] = {role.name: role for role in (*_OTHERS, _HERO)}
