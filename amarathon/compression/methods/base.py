"""What a compression method is.

A method is one frozen dataclass in one file. Its fields are its parameters, with the defaults that
its canonical name leaves out; its class variables say where it acts and where it comes from. What it
decides with is in `contexts`; methods that act before the language model are in `pooling`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

from amarathon.compression.methods.contexts import EvictionContext, SelectionContext

if TYPE_CHECKING:
    import torch

Stage = Literal["before", "prune", "evict"]
STAGES: tuple[Stage, ...] = ("before", "prune", "evict")


@dataclass(frozen=True)
class Method(ABC):
    """Base of every method.

    Attributes
    ----------
    amount : Fraction
        The share that is removed, or a factor; see `amount_kind`.
    """

    name: ClassVar[str]
    stage: ClassVar[Stage]
    title: ClassVar[str]
    # One sentence for readers who do not know the paper; a method from elsewhere may have none.
    summary: ClassVar[str] = ""
    paper: ClassVar[str]
    amount_kind: ClassVar[Literal["ratio", "factor"]] = "ratio"
    randomised: ClassVar[bool] = False

    amount: Fraction

    @property
    def label(self) -> str:
        """The title, with what this one's parameters change about it."""
        return self.title

    def check_recording(self, pcm_sha256: str) -> None:  # noqa: B027 - most methods take any
        """Refuse a recording that must not be answered under this method.

        Parameters
        ----------
        pcm_sha256 : str

        Raises
        ------
        ConfigurationError
        """


@dataclass(frozen=True)
class PruningMethod(Method):
    """Chooses audio tokens during the prefill, before layer `layer`.

    Attributes
    ----------
    layer : int
        How many decoder layers see all tokens. At least 1, so that layer 0's cache stays full.
    """

    stage: ClassVar[Stage] = "prune"
    # How many of the last queries of the layer before `select` looks at; None: not even its keys.
    queries: ClassVar[int | None] = None

    layer: int = field(default=2, metadata={"minimum": 1})

    @property
    def is_released(self) -> bool:
        """Whether it chooses among what the paper's released code does, not among the audio tokens."""
        return False

    @abstractmethod
    def select(self, context: SelectionContext) -> "torch.Tensor":
        """Choose which audio tokens stay.

        Returns
        -------
        Tensor of shape (context.budget,), int64
            Sorted, unique indices into `context.audio_positions`.
        """

    def merge(self, context: SelectionContext, chosen: "torch.Tensor") -> "torch.Tensor | None":
        """States to put in place of the chosen tokens' own, shape (n, hidden); None keeps those."""
        return None


@dataclass(frozen=True)
class EvictionMethod(Method):
    """Scores a layer's cache after its prefill attention; the lowest scores are evicted.

    Attributes
    ----------
    scope : {"prompt", "audio"}
        Whose budget it is: the whole prompt's cache, as in the paper, or the audio's alone.
    """

    stage: ClassVar[Stage] = "evict"
    # `score` is the same whatever `amount` is: several amounts on one prompt share its scores.
    scores_any_amount: ClassVar[bool] = False

    scope: Literal["prompt", "audio"] = "prompt"

    @property
    def queries(self) -> int:
        """How many of the last queries `score` looks at."""
        return 0

    @property
    def moments(self) -> int | None:
        """`score` looks at mean and covariance of all queries but the first so many; None: at neither."""
        return None

    @property
    def safeguard(self) -> Fraction | None:
        """What each head keeps of an equal share before the heads compete; None: all keep the same number."""
        return None

    def share_removed(self, count: int, index: int, layers: int) -> Fraction:
        """What share of a layer's cache goes; on average over the layers it is `amount`.

        Parameters
        ----------
        count : int
            Cached tokens that compete in this layer.
        index, layers : int
            Which of the layers that evictions act on it is, from 0, and how many there are.
        """
        return self.amount

    @abstractmethod
    def score(self, context: EvictionContext) -> "torch.Tensor":
        """Score every cached token of one layer.

        Returns
        -------
        Tensor of shape (kv_heads, T)
            Higher stays. Equal scores: the later token stays.
        """
