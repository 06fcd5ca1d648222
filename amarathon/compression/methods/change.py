"""Change: keep audio tokens at equal steps of what happens, not of time."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.base import PruningMethod
from amarathon.compression.methods.contexts import SelectionContext

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Change(PruningMethod):
    """Pace the kept tokens by the cumulative change of the hidden states.

    With d_t = norm(z_t - z_{t-1})^exponent of neighbouring audio tokens and c_t = (d_1 + .. + d_t) / sum(d),
    the n tokens are kept at which c passes (j + 1/2) / n, j = 0..n-1. Order and coverage of time stay as
    with `Frame`; steady sound, a silence or a long vowel, has fewer tokens and what changes has more. A
    change so large that it would take several tokens gives the rest to those right behind it.

    Attributes
    ----------
    exponent : Fraction
        1 paces by the distance travelled; nearer to 0 it comes nearer to `Frame`, which is 0.
    smooth : int
        Over how many tokens d is averaged before it is summed up.

    References
    ----------
    Ours; measured in ``docs/findings``. The paper's open question 3 asks for it (arXiv 2510.07293).
    """

    name: ClassVar[str] = "change"
    title: ClassVar[str] = "Change"
    summary: ClassVar[str] = "Keeps audio tokens at equal steps of what changes in the sound, not of time."
    paper: ClassVar[str] = ""

    exponent: Fraction = Fraction(1)
    smooth: int = field(default=1, metadata={"minimum": 1})

    def select(self, context: SelectionContext) -> "torch.Tensor":
        """See `PruningMethod.select`."""
        states = context.hidden_states[context.audio_positions].float()
        steps = (states[1:] - states[:-1]).norm(dim=-1) ** float(self.exponent)
        return paced(averaged(steps, self.smooth), context.budget).to(context.audio_positions.device)


def averaged(values: "torch.Tensor", width: int) -> "torch.Tensor":
    """Mean over up to `width` values around each; fewer at both ends."""
    import torch

    if width == 1 or not len(values):
        return values
    before = torch.arange(len(values), device=values.device)
    first, last = (before - width // 2).clamp(min=0), (before + (width + 1) // 2).clamp(max=len(values))
    sums = torch.nn.functional.pad(values.double().cpu().cumsum(0), (1, 0))
    first, last = first.cpu(), last.cpu()
    return (sums[last] - sums[first]) / (last - first)


def paced(steps: "torch.Tensor", count: int) -> "torch.Tensor":
    """`count` of the ``len(steps) + 1`` tokens, at equal parts of the way that the steps make up.

    Parameters
    ----------
    steps : Tensor of shape (N - 1,)
        From each token to the next, none negative.
    count : int
        1..N.

    Returns
    -------
    Tensor of shape (count,), int64
        Sorted and unique, on the CPU.
    """
    import torch

    way = torch.nn.functional.pad(steps.double().cpu(), (1, 0)).cumsum(0)
    if not way[-1] > 0:  # nothing changes: steps of time
        way = torch.arange(len(way), dtype=torch.double)
    order = torch.arange(count)
    passed = torch.searchsorted(way, (order + 0.5) * (way[-1] / count))
    # One token each: what a large step would take twice goes to the tokens behind it, at the end before it.
    passed = (passed - order).cummax(0).values + order
    return passed.minimum(order + len(way) - count)
