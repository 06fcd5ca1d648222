"""What a compression method is, and what it is given to decide with.

A method is one frozen dataclass in one file. Its fields are its parameters, with the defaults that
its canonical name leaves out; its class variables say where it acts and where it comes from.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from amarathon.compression.attention import AttentionInputs
from amarathon.compression.lora_cards import NO_ADAPTER, load_card
from amarathon.compression.moments import Rotation
from amarathon.errors import ConfigurationError

if TYPE_CHECKING:
    import torch

Stage = Literal["before", "prune", "evict"]
STAGES: tuple[Stage, ...] = ("before", "prune", "evict")


def budget(count: int, ratio: Fraction) -> int:
    """How many of `count` tokens stay when the share `ratio` is removed: max(1, floor(N (1 - r))).

    Exact: in binary floats 7500 x (1 - 0.9) would floor to 749.

    References
    ----------
    AudioMarathon, equation 1 (arXiv 2510.07293).
    """
    return max(1, count * (ratio.denominator - ratio.numerator) // ratio.denominator)


@dataclass
class SelectionContext:
    """What a pruning method may look at; everything costly is computed when it is asked for.

    Attributes
    ----------
    hidden_states : Tensor of shape (T, hidden)
        Input of the layer at which tokens are pruned.
    audio_positions : Tensor of shape (N,), int64
        Sorted places of the audio tokens in the prompt.
    budget : int
        How many of the N stay.
    generator : torch.Generator
        On the CPU, seeded by the run.
    attention : AttentionInputs or None
        Of the layer before, if the method asked for them by `queries`.
    final_norm : callable or None
        The decoder's last normalisation.
    """

    hidden_states: "torch.Tensor"
    audio_positions: "torch.Tensor"
    budget: int
    generator: "torch.Generator"
    attention: AttentionInputs | None = None
    final_norm: "Callable[[torch.Tensor], torch.Tensor] | None" = None

    @cached_property
    def attention_row(self) -> "torch.Tensor":
        """Attention of the last prompt token, averaged over heads, fp32, shape (T,)."""
        return self.inputs.window(1)[:, 0].mean(dim=0)

    @property
    def keys(self) -> "torch.Tensor":
        """Keys of the layer before, shape (kv_heads, T, head_dim)."""
        return self.inputs.key

    @property
    def inputs(self) -> AttentionInputs:
        """Queries, keys and values of the layer before."""
        if self.attention is None:
            raise RuntimeError("a method that reads attention must say how many queries it needs")
        return self.attention

    @cached_property
    def normed_states(self) -> "torch.Tensor":
        """`hidden_states` as the output head would see them, shape (T, hidden)."""
        if self.final_norm is None:
            raise RuntimeError("no final norm was given")
        return self.final_norm(self.hidden_states)

    @cached_property
    def text_after_audio(self) -> slice:
        """The prompt's places behind the last audio token."""
        return slice(int(self.audio_positions[-1]) + 1, len(self.hidden_states))


@dataclass
class EvictionContext:
    """What an eviction may look at, in one layer, once the whole prompt went through it.

    Attributes
    ----------
    attention : AttentionInputs
        Queries, keys and values of the layer's prefill; keys as they lie in the cache.
    generator : torch.Generator
        On the CPU, seeded by the run.
    rotation : Rotation or None
        Of the tokens to come, if the method asked for moments of the queries.
    """

    attention: AttentionInputs
    generator: "torch.Generator"
    rotation: Rotation | None = None

    @property
    def keys(self) -> "torch.Tensor":
        """Cached keys, shape (kv_heads, T, head_dim)."""
        return self.attention.key


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
class PoolingMethod(Method):
    """Makes the audio shorter between the encoder and the language model.

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

    def share_removed(self, count: int, place: int, layers: int) -> Fraction:
        """What share of a layer's cache goes; on average over the layers it is `amount`.

        Parameters
        ----------
        count : int
            Cached tokens that compete in this layer.
        place, layers : int
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
