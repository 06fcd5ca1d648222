"""Which licences may be in one file, and which files may be passed on."""

from collections.abc import Iterable
from dataclasses import dataclass

from amarathon.errors import DatasetError

OWN = "CC0-1.0"


@dataclass(frozen=True)
class Licence:
    """What a licence asks.

    Attributes
    ----------
    url : str
    share_alike : bool
        What is made from it must carry the same licence: such material is never mixed with any other.
    redistributable : bool
    """

    url: str
    share_alike: bool = False
    redistributable: bool = True


LICENCES = {
    "BSD-2-Clause": Licence("https://opensource.org/license/bsd-2-clause"),
    "CC0-1.0": Licence("https://creativecommons.org/publicdomain/zero/1.0/"),
    "CC-BY-3.0": Licence("https://creativecommons.org/licenses/by/3.0/"),
    "CC-BY-4.0": Licence("https://creativecommons.org/licenses/by/4.0/"),
    "CC-BY-SA-3.0": Licence("https://creativecommons.org/licenses/by-sa/3.0/", share_alike=True),
    "CC-BY-SA-4.0": Licence("https://creativecommons.org/licenses/by-sa/4.0/", share_alike=True),
    "GPL-2.0-only": Licence("https://www.gnu.org/licenses/old-licenses/gpl-2.0.html", share_alike=True),
    "GPL-2.0-or-later": Licence("https://www.gnu.org/licenses/old-licenses/gpl-2.0.html", share_alike=True),
    "GPL-3.0-or-later": Licence("https://www.gnu.org/licenses/gpl-3.0.html", share_alike=True),
}


def licence_of_mix(licences: Iterable[str]) -> str:
    """Find the licence of a file made from several sources.

    Parameters
    ----------
    licences : iterable of str
        Of the sources, SPDX identifiers or, for corpora with terms of their own, any name. A name
        that is not in `LICENCES` counts as share-alike.

    Returns
    -------
    str
        The one that asks most.

    Raises
    ------
    DatasetError
        Two of them cannot be in one file: each asks that the whole carry itself.
    """
    found = sorted(set(licences)) or [OWN]
    strict = [name for name in found if name not in LICENCES or LICENCES[name].share_alike]
    if len(strict) > 1:
        raise DatasetError(f"Material under {strict[0]} and under {strict[1]} may not be mixed in one file.")
    credited = [name for name in found if name.startswith("CC-BY")]
    return (strict or credited or found)[-1]


def may_be_redistributed(licence: str) -> bool:
    """Whether files under a licence may be passed on; unknown licences may not."""
    return licence in LICENCES and LICENCES[licence].redistributable
