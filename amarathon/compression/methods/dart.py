"""DART: keep what the pivots do not already say."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from amarathon.compression.methods.contexts import SelectionContext
from amarathon.compression.methods.released import PaperPruning

if TYPE_CHECKING:
    import torch

AUDIO_PIVOTS, TEXT_PIVOTS = 4, 4


@dataclass(frozen=True)
class Dart(PaperPruning):
    """Keep a few pivots, and for each pivot the audio tokens least similar to it.

    Pivots are the tokens with the largest L1 norm of their keys in the layer before: 4 audio
    tokens, which stay, and 4 text tokens behind the audio. Pivot by pivot, audio first and larger
    norms first, the remaining audio tokens least cosine-similar to it in that layer's normed output
    are kept, without replacement.

    Attributes
    ----------
    kept_total : {"exact", "released"}
        Exactly n tokens, the first pivots taking one more where n - 4 does not divide; or the
        4 + 8 floor(n / 8) that the authors' released code keeps. That is the same in count only: their code
        visits the pivots in the order of a CPython set, which is neither theirs to choose nor ours to
        repeat, and which tokens are left for a later pivot depends on it. Together with ``span=released``
        it is the count of AudioMarathon's own code.

    References
    ----------
    Wen et al., "Stop Looking for Important Tokens in Multimodal Language Models: Duplication
    Matters More" (arXiv 2502.11494).
    """

    name: ClassVar[str] = "dart"
    title: ClassVar[str] = "DART"
    summary: ClassVar[str] = "Picks a few pivots and keeps the audio tokens that repeat them least."
    paper: ClassVar[str] = "https://arxiv.org/abs/2502.11494"
    queries: ClassVar[int | None] = 0

    kept_total: Literal["exact", "released"] = "exact"

    def select(self, context: SelectionContext) -> "torch.Tensor":
        """See `PruningMethod.select`; ``released`` may return another count."""
        import torch

        positions = context.audio_positions
        norms = context.keys.transpose(0, 1).flatten(1).float().abs().sum(dim=1)
        own = _largest(norms[positions], min(AUDIO_PIVOTS, context.budget))
        text = _largest(norms[context.text_after_audio], TEXT_PIVOTS) + context.text_after_audio.start
        states = torch.nn.functional.normalize(context.normed_states.float(), dim=-1)
        taken = torch.zeros(len(positions), dtype=torch.bool, device=own.device).index_fill(0, own, True)
        pivots = torch.cat([positions[own], text])
        # How many are left is counted here: asking the device for it would wait for each pivot in turn.
        left = len(positions) - len(own)
        likeness = states[pivots] @ states[positions].T
        shares = self._shares(context.budget, len(own), len(pivots))
        for similarity, share in zip(likeness, shares, strict=True):
            count = min(share, left)
            ranked = similarity.masked_fill(taken, float("inf")).argsort(stable=True)
            taken = taken.index_fill(0, ranked[:count], True)
            left -= count
        return taken.nonzero()[:, 0]

    def _shares(self, budget: int, kept: int, pivots: int) -> list[int]:
        """How many tokens each pivot adds."""
        if self.kept_total == "released":
            return [budget // pivots] * pivots
        whole, rest = divmod(budget - kept, pivots)
        return [whole + (index < rest) for index in range(pivots)]


def _largest(values: "torch.Tensor", count: int) -> "torch.Tensor":
    return values.argsort(descending=True, stable=True)[:count]
