"""Guards against leaks: sources that cross splits, and answers that can be predicted without listening."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from amarathon.construction.tools import Built

_PERMUTATIONS = 200
_FOLDS = 5
_SEED = 0
# A level below which chance is doubted: with a fair benchmark one check in a hundred falls under it.
DOUBTFUL_P = 0.01


@dataclass(frozen=True)
class ShallowCheck:
    """Whether features that need no listening predict the answer.

    Attributes
    ----------
    items : int
    accuracy : float
        Cross-validated, of a decision tree on the features.
    chance : float
        Mean accuracy with the answers permuted within their tasks.
    p_value : float
        Share of permutations that reach the accuracy (Ojala and Garriga, JMLR 2010).
    features : tuple of str
    """

    items: int
    accuracy: float
    chance: float
    p_value: float
    features: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the accuracy may be chance."""
        return self.p_value >= DOUBTFUL_P


def crossing(splits: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, list[str]]:
    """Find sources, and groups of them, that are in more than one split.

    Parameters
    ----------
    splits : mapping of str to iterable of mapping
        The pieces of every split, as manifests have them.

    Returns
    -------
    dict of str to list of str
        Splits by name of source or group; empty where all is disjoint. Sources without an
        author's work in them (room tone) do not count.
    """
    found: dict[str, set[str]] = {}
    for split, pieces in splits.items():
        for piece in pieces:
            for name in (piece["source"], piece["group"]):
                if name and not name.startswith("made/"):
                    found.setdefault(name, set()).add(split)
    return {name: sorted(where) for name, where in sorted(found.items()) if len(where) > 1}


def features_of(built: Built, with_pieces: bool = True) -> dict[str, float]:
    """What is known of a sample without listening: its surface features and its file's name."""
    digits = "".join(letter for letter in built.id if letter.isdigit()) or "0"
    number = int(digits[-6:])
    named = {
        "number": float(number),
        "number_mod_2": number % 2,
        "number_mod_4": number % 4,
        "number_mod_5": number % 5,
    }
    surface = {name: value for name, value in built.features.items() if with_pieces or name != "pieces"}
    return {**surface, **named}


def shallow_check(
    samples: Sequence[Built], with_pieces: bool = True, permutations: int = _PERMUTATIONS
) -> ShallowCheck:
    """Try to predict the answers from shallow features.

    Parameters
    ----------
    samples : sequence of Built
        Multiple-choice samples, of one task or of several; 200 or more for a figure to rely on.
    with_pieces : bool
        Whether the number of pieces counts as shallow. It does not where the pieces are sentences
        and their pace is what is asked about.
    permutations : int

    Returns
    -------
    ShallowCheck
    """
    from sklearn.model_selection import StratifiedKFold, permutation_test_score
    from sklearn.tree import DecisionTreeClassifier

    with_answer = [sample for sample in samples if sample.question["answer"] is not None]
    rows = [features_of(sample, with_pieces) for sample in with_answer]
    names = tuple(rows[0])
    values = np.array([[row[name] for name in names] for row in rows])
    answers = np.array([sample.question["answer"] for sample in with_answer])
    tasks = np.array([sample.task for sample in with_answer])
    tree = DecisionTreeClassifier(max_depth=5, min_samples_leaf=5, random_state=_SEED)
    folds = list(StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED).split(values, answers))
    accuracy, permuted, p_value = permutation_test_score(
        tree, values, answers, groups=tasks, cv=folds, n_permutations=permutations, random_state=_SEED
    )
    return ShallowCheck(len(with_answer), float(accuracy), float(np.mean(permuted)), float(p_value), names)
