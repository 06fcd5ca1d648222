"""Methods that pool the encoder's output before the language model reads it."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from amarathon.compression.lora_cards import NO_ADAPTER, load_card
from amarathon.compression.methods.base import Method, Stage
from amarathon.errors import ConfigurationError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class PoolingMethod(Method):
    """Pools audio tokens between the encoder and the language model.

    Neighbouring tokens become groups, each group one token; what follows sees a shorter prompt.

    Attributes
    ----------
    lora : str
        Name of an adapter that ``amarathon finetune`` wrote, or ``"none"``: the language model was
        not adapted to fewer tokens.
    """

    stage: ClassVar[Stage] = "before"
    amount_kind: ClassVar[Literal["ratio", "factor"]] = "factor"
    # Whether a group becomes its mean, or its first token.
    averages: ClassVar[bool] = True

    lora: str = NO_ADAPTER

    @property
    def label(self) -> str:
        """See `Method.label`."""
        return self.title if self.lora == NO_ADAPTER else self.title.replace("no LoRA", f"LoRA {self.lora}")

    @property
    def plain_name(self) -> str:
        """The step's canonical name without an adapter, e.g. ``"pool@3"``."""
        return f"{self.name}@{self.amount}"

    def check_recording(self, pcm_sha256: str) -> None:
        """See `Method.check_recording`: recordings that the adapter was trained on are refused."""
        if self.lora != NO_ADAPTER and pcm_sha256 in load_card(self.lora).recordings:
            raise ConfigurationError(
                f"The LoRA adapter {self.lora!r} was trained on this recording, so it is not scored with it."
            )

    @abstractmethod
    def starts(self, rows: "torch.Tensor") -> "torch.Tensor":
        """Choose where groups begin.

        Parameters
        ----------
        rows : Tensor of shape (N, hidden)
            The encoder's output.

        Returns
        -------
        Tensor of shape (n,), int64
            Sorted, unique, from 0: the first token of each group.
        """

    def pool(self, rows: "torch.Tensor", starts: "torch.Tensor") -> "torch.Tensor":
        """One token for each group, shape (n, hidden)."""
        return group_means(rows, starts) if self.averages else rows[starts]


def group_means(rows: "torch.Tensor", starts: "torch.Tensor") -> "torch.Tensor":
    """Mean of each group of neighbouring rows.

    Parameters
    ----------
    rows : Tensor of shape (N, hidden)
    starts : Tensor of shape (n,), int64
        The first row of each group, sorted, from 0.

    Returns
    -------
    Tensor of shape (n, hidden)
    """
    import torch

    sizes = torch.cat([starts[1:], starts.new_tensor([len(rows)])]) - starts
    group = torch.arange(len(starts), device=rows.device).repeat_interleave(sizes)
    sums = torch.zeros(len(starts), rows.shape[1], device=rows.device).index_add_(0, group, rows.float())
    return (sums / sizes[:, None]).to(rows.dtype)
