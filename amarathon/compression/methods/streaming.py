"""StreamingLLM: keep the first tokens and the most recent ones."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.base import EvictionMethod
from amarathon.compression.methods.contexts import EvictionContext
from amarathon.compression.methods.sinks import raise_above

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class StreamingLLM(EvictionMethod):
    """Keep the first `n_sink` tokens, which serve as attention sinks, and the latest of the others.

    The tokens that stay keep their positions, as in kvpress; the paper counts them anew within its
    cache. Where there is room for fewer than `n_sink`, the first of them stay.

    Attributes
    ----------
    n_sink : int

    References
    ----------
    Xiao et al., "Efficient Streaming Language Models with Attention Sinks" (arXiv 2309.17453).
    """

    name: ClassVar[str] = "streaming"
    title: ClassVar[str] = "StreamingLLM"
    summary: ClassVar[str] = "Keeps the first tokens and the most recent ones, and evicts what lies between."
    paper: ClassVar[str] = "https://arxiv.org/abs/2309.17453"
    scores_any_amount: ClassVar[bool] = True

    n_sink: int = field(default=4, metadata={"minimum": 0})

    def score(self, context: EvictionContext) -> "torch.Tensor":
        """See `EvictionMethod.score`: a token's position."""
        import torch

        kv_heads, length, _ = context.keys.shape
        positions = torch.arange(length, dtype=torch.float32, device=context.keys.device)
        return raise_above(positions.expand(kv_heads, -1), self.n_sink)
