"""BLEU as a statistic: what each translation adds to the counts, and the score of sums of them.

BLEU of a corpus (Papineni et al. 2002) depends on its sentences only through sums: matching n-grams of one
to four words, n-grams there are, and the lengths of translations and references. sacrebleu (Post 2018) cuts
the texts and counts; the score of many sums at once is taken here, by its formula with its default smoothing
(``exp``) and equal to its own of the same sums.

Its signature is ``nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp``, or ``tok:char``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from amarathon.answers.thoughts import without_thoughts
from amarathon.errors import ScoreError
from amarathon.metrics.protocols import ScoringProtocol
from amarathon.metrics.statistic import Floats, Integers, Statistic

ORDER = 4
# Matches and n-grams of each order, then the two lengths.
CELLS = 2 * ORDER + 2


@dataclass(frozen=True)
class Translation:
    """A translation compared with its reference.

    Attributes
    ----------
    counts : tuple of int
        Matching n-grams of 1 to 4 words, n-grams of 1 to 4 words, words of the translation, of the reference.
    """

    counts: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the translation has no word."""
        return self.counts[2 * ORDER] == 0


def compare_translations(answered: Sequence[Mapping[str, Any]], tokenizer: str) -> list[Translation]:
    """Compare every translation with its reference; thoughts in a reply are left out.

    Parameters
    ----------
    answered : sequence of mapping
        With `reply` and `reference`.
    tokenizer : str
        sacrebleu's name of it; see `amarathon.tasks.Task.tokenizer`.

    Raises
    ------
    ScoreError
        Naming a prediction without a reference or a reply.
    """
    return [_of(prediction, tokenizer) for prediction in answered]


def _of(prediction: Mapping[str, Any], tokenizer: str) -> Translation:
    reference, reply = prediction.get("reference"), prediction.get("reply")
    if not isinstance(reference, str) or not isinstance(reply, str):
        name = prediction.get("sample_id") or "one sample"
        raise ScoreError(f"The prediction of {name} has no reference or no reply.")
    return _compare(reference, reply, tokenizer)


@lru_cache(maxsize=8192)
def _compare(reference: str, reply: str, tokenizer: str) -> Translation:
    found = _bleu(tokenizer).sentence_score(without_thoughts(reply).strip(), [reference])
    return Translation((*found.counts, *found.totals, found.sys_len, found.ref_len))


@cache
def _bleu(tokenizer: str) -> Any:
    # Imported when it is first used: most runs hold no translation.
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(tokenize=tokenizer, effective_order=True)


def translation_statistic(
    translations: Sequence[Translation], clusters: Integers, protocol: ScoringProtocol, units: Integers
) -> Statistic:
    """The statistic of BLEU; by the ``published`` protocol without the translations that are empty.

    Parameters
    ----------
    translations : sequence of Translation
    clusters, units : array of shape (translations,)
        See `Statistic`.
    protocol : {"strict", "published"}
    """
    used = np.array([protocol == "strict" or not one.is_empty for one in translations], dtype=bool)
    rows = [one.counts for one, use in zip(translations, used, strict=True) if use]
    counts = np.array(rows, dtype=float).reshape(-1, CELLS)
    return Statistic(counts, clusters[used], bleu_of, counts[:, -1], units[used])


def score_translations(translations: Sequence[Translation], protocol: ScoringProtocol) -> dict[str, Any]:
    """Score translations that were compared; see `amarathon.metrics.scores.score`."""
    each = np.arange(len(translations))
    statistic = translation_statistic(translations, each, protocol, each)
    empty = sum(one.is_empty for one in translations)
    return {
        "bleu": statistic.score() if len(statistic.counts) else None,
        "unread": 100 * empty / len(translations) if translations else None,
        "count": len(statistic.counts),
    }


def bleu_of(counts: Floats) -> Floats:
    """BLEU (0-100) of sums of counts: (..., 10) to (...); 0 where nothing is four words long."""
    matches, totals = counts[..., :ORDER], counts[..., ORDER : 2 * ORDER]
    length, reference = counts[..., -2], counts[..., -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        # Smoothing "exp": the k-th order without a match counts as 1 / 2^k of one.
        missing = (matches == 0) & (totals > 0)
        smooth = np.where(missing, 0.5 ** np.cumsum(missing, axis=-1), matches)
        precision = np.exp(np.log(smooth / totals).mean(axis=-1))
        penalty = np.where(length < reference, np.exp(1 - reference / length), 1.0)
        score = 100 * penalty * precision
    nothing = (totals <= 0).any(axis=-1) | (matches <= 0).all(axis=-1)
    found: Floats = np.where(reference > 0, np.where(nothing, 0.0, score), np.nan)
    return found
