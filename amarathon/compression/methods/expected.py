"""Expected Attention: keep what the queries to come are likely to attend to."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.base import EvictionMethod
from amarathon.compression.methods.contexts import EvictionContext
from amarathon.compression.methods.sinks import raise_above

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class ExpectedAttention(EvictionMethod):
    """Score a token by the attention that normally distributed queries would pay to it.

    Mean and covariance are those of the prompt's queries before rotary position embedding, turned by the
    mean rotation of the next `n_future_positions` positions. Of a query q with such moments,
    E exp(q k) = exp(mean k + k cov k / 2); these are normalised over the tokens, averaged within each KV
    head's group of query heads and multiplied by the value's norm. The first `n_sink` tokens always stay,
    and their queries do not count.

    As kvpress does it, with two differences that a text model does not show: dot products are scaled as the
    model scales them, not by the square root of a head's width, and the positions to come are those behind
    the whole prompt, also where audio tokens were pruned. Where a model has several rotary axes, text has
    one position on all of them; see `Rotation`.

    Attributes
    ----------
    n_future_positions : int
    n_sink : int
    use_covariance : bool
        Whether the queries' covariance counts, or their mean alone.
    use_vnorm : bool
        Whether scores are multiplied by the values' norms.
    epsilon : Fraction
        Added to the expected attention before that.

    References
    ----------
    Devoto et al., "Expected Attention: KV Cache Compression by Estimating Attention from Future Queries
    Distribution" (arXiv 2510.00636).
    """

    name: ClassVar[str] = "expected"
    title: ClassVar[str] = "Expected Attention"
    summary: ClassVar[str] = "Keeps what the queries to come are likely to attend to."
    paper: ClassVar[str] = "https://arxiv.org/abs/2510.00636"
    scores_any_amount: ClassVar[bool] = True

    n_future_positions: int = field(default=512, metadata={"minimum": 1})
    n_sink: int = field(default=4, metadata={"minimum": 0})
    use_covariance: bool = True
    use_vnorm: bool = True
    epsilon: Fraction = Fraction(0)

    @property
    def moments(self) -> int | None:
        """See `EvictionMethod.moments`."""
        return self.n_sink

    def score(self, context: EvictionContext) -> "torch.Tensor":
        """See `EvictionMethod.score`."""
        import torch

        kv_heads, length, _ = context.keys.shape
        scores = torch.zeros(kv_heads, length, device=context.keys.device)
        if length > self.n_sink:
            attended = self._attention(context)
            if self.use_vnorm:
                norms = context.attention.value[:, self.n_sink :].float().norm(dim=-1)
                attended = (attended + float(self.epsilon)) * norms
            scores[:, self.n_sink :] = attended
        return raise_above(scores, self.n_sink)

    def _attention(self, context: EvictionContext) -> "torch.Tensor":
        """Expected attention to the tokens behind the sinks, (kv_heads, T - n_sink)."""
        kv_heads, _, head_dim = context.keys.shape
        scaling, rotation = context.attention.scaling, context.rotation
        if rotation is None:
            raise RuntimeError("expected attention needs the rotation of the tokens to come")
        turned = context.attention.moments[self.n_sink].turned(
            rotation.mean(self.n_future_positions, head_dim)
        )
        keys = context.keys[:, self.n_sink :].float()
        # Query heads that share a KV head are one batch, so keys are never repeated.
        mean = turned.mean.view(kv_heads, -1, head_dim)
        logits = mean @ keys.transpose(1, 2) * scaling
        if self.use_covariance:
            covariance = turned.covariance.view(kv_heads, -1, head_dim, head_dim)
            for group in range(covariance.shape[1]):
                spread = (keys @ covariance[:, group] * keys).sum(dim=-1)
                logits[:, group] += spread * (scaling**2 / 2)
        return logits.softmax(dim=-1).mean(dim=1)
