"""What the paper's released code counts and keeps, so that its tables can be reproduced to the token.

For token pruning its span runs from the marker that begins the audio to the one that ends it, both counted
and both prunable, in Qwen2.5-Omni; in Phi-4-multimodal it is the audio tokens alone. In both, and for
evictions over the whole prompt's cache, a budget is N (1 - r) in binary floats, rounded down: of 7500
tokens 0.9 leaves 749.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from amarathon.compression.methods.base import EvictionMethod, PruningMethod
from amarathon.errors import ConfigurationError

if TYPE_CHECKING:
    import torch

Span = Literal["exact", "released"]


def released_budget(count: int, ratio: Fraction) -> int:
    """How many of `count` tokens the released code keeps."""
    return max(1, int(count * (1 - float(ratio))))


@dataclass(frozen=True)
class PaperPruning(PruningMethod):
    """A token pruning of the paper.

    Attributes
    ----------
    span : {"exact", "released"}
        The encoder's tokens and an exact budget; or what the paper's released code prunes, see
        `amarathon.compression.methods.released`. What is reported as kept are audio tokens in both.
    """

    span: Span = "exact"

    @property
    def is_released(self) -> bool:
        """See `PruningMethod.is_released`."""
        return self.span == "released"

    def released_span(self, positions: "torch.Tensor", length: int, markers: int) -> "torch.Tensor":
        """The positions that the released code chooses among.

        Parameters
        ----------
        positions : Tensor of shape (N,), int64
            Of the audio tokens.
        length : int
            Of the prompt.
        markers : int
            How many tokens on either side are counted.

        Raises
        ------
        ConfigurationError
            If the audio is in several pieces, or lacks its markers.
        """
        import torch

        first, last = int(positions[0]) - markers, int(positions[-1]) + markers
        if last - first + 1 != len(positions) + 2 * markers or first < 0 or last >= length:
            raise ConfigurationError(
                f"{self.name}: span=released is defined for one piece of audio between its markers."
            )
        return torch.arange(first, last + 1, device=positions.device)


@dataclass(frozen=True)
class PaperEviction(EvictionMethod):
    """An eviction of the paper.

    Attributes
    ----------
    span : {"exact", "released"}
        An exact budget; or the one of the paper's released code, see
        `amarathon.compression.methods.released`.
    """

    span: Span = "exact"

    def __post_init__(self) -> None:
        """Refuse what the released code does not have.

        Raises
        ------
        ConfigurationError
        """
        if self.span == "released" and self.scope == "audio":
            raise ConfigurationError(
                f"{self.name}: span=released is the whole prompt's cache; leave out scope=audio."
            )

    def share_removed(self, count: int, index: int, layers: int) -> Fraction:
        """See `EvictionMethod.share_removed`."""
        if self.span == "exact" or not count:
            return self.amount
        return 1 - Fraction(released_budget(count, self.amount), count)
