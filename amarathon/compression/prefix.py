"""What configurations have in common on one prompt: the layers that none of them has changed yet.

Up to layer K a prompt goes the same way under every pruning method at K, and through all layers
under every eviction. It is run once, and each configuration continues from there; nothing is copied,
since caches never write into the tensors that they start with.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import nn
from transformers.cache_utils import DynamicCache

from amarathon.compression import attention_hooks, hooks
from amarathon.compression.attention import AttentionInputs
from amarathon.compression.configuration import Configuration
from amarathon.compression.eviction import LayerScores
from amarathon.compression.layer_plan import LayerPlan
from amarathon.compression.methods.base import EvictionMethod
from amarathon.compression.moments import QueryMoments


@dataclass
class Prefix:
    """A prompt's way through all layers, uncompressed.

    Attributes
    ----------
    cache : DynamicCache
        Keys and values of every layer for the whole prompt.
    outputs : dict of int to Any
        What layer K - 1 returned, for each K at which a configuration continues.
    attention : dict of int to AttentionInputs
        By layer, where a configuration looks at them.
    scores : dict
        What evictions that differ in their amount alone have worked out, by method, layer and seed.
    """

    cache: DynamicCache
    outputs: dict[int, Any] = field(default_factory=dict)
    attention: dict[int, AttentionInputs] = field(default_factory=dict)
    scores: dict[tuple[EvictionMethod, int, int], LayerScores] = field(default_factory=dict)


def branching_layer(configuration: Configuration, layer_count: int) -> int:
    """How many layers of the uncompressed prompt a configuration can start from."""
    pruning = configuration.pruning
    return layer_count if pruning is None else pruning.layer


@dataclass(frozen=True)
class QueryNeeds:
    """What configurations need of a layer's queries.

    Attributes
    ----------
    last : int
        So many of the last ones.
    moments : frozenset of int
        Mean and covariance of all but the first so many, for each number.
    """

    last: int = 0
    moments: frozenset[int] = frozenset()

    def __or__(self, other: "QueryNeeds") -> "QueryNeeds":
        return QueryNeeds(max(self.last, other.last), self.moments | other.moments)


def needed_queries(configuration: Configuration, plan: LayerPlan) -> dict[int, QueryNeeds]:
    """What a configuration needs of the queries, by layer."""
    queries: dict[int, QueryNeeds] = {}
    pruning, eviction = configuration.pruning, configuration.eviction
    if eviction is not None:
        moments = frozenset[int]() if eviction.moments is None else frozenset({eviction.moments})
        queries = dict.fromkeys(plan.evicted, QueryNeeds(eviction.queries, moments))
    if pruning is not None and pruning.queries is not None:
        before = pruning.layer - 1
        queries[before] = queries.get(before, QueryNeeds()) | QueryNeeds(pruning.queries)
    return queries


class PrefixRecorder:
    """Hooks that fill a `Prefix` during one uncompressed prefill.

    Parameters
    ----------
    layers : ModuleList
        The decoder's.
    plan : LayerPlan
    configurations : sequence of Configuration
        Those that will continue from it.
    prefix : Prefix
        To be filled; its cache is the one that the prefill writes to.
    """

    def __init__(
        self,
        layers: nn.ModuleList,
        plan: LayerPlan,
        configurations: Sequence[Configuration],
        prefix: Prefix,
    ):
        self._layers, self._prefix = layers, prefix
        count = len(layers)
        # One that names more layers than there are fails by itself, when its turn comes.
        configurations = [
            configuration
            for configuration in configurations
            if branching_layer(configuration, count) <= count
        ]
        self._ends = {branching_layer(configuration, count) for configuration in configurations}
        self._queries: dict[int, QueryNeeds] = {}
        for configuration in configurations:
            for layer, needed in needed_queries(configuration, plan).items():
                self._queries[layer] = self._queries.get(layer, QueryNeeds()) | needed

    def attached(self) -> ExitStack:
        """Register the hooks; they are removed when the stack is closed."""
        with ExitStack() as stack:
            for end in self._ends:
                hook = self._layers[end - 1].register_forward_hook(self._keeper(end))
                stack.callback(hook.remove)
            for layer, needed in self._queries.items():
                listener = attention_keeper(self._prefix.attention, layer, needed)
                stack.enter_context(
                    attention_hooks.listen_to_attention(hooks.attention_of(self._layers[layer]), listener)
                )
            return stack.pop_all()

    def _keeper(self, end: int) -> Any:
        def keep(_module: nn.Module, _args: Any, output: Any) -> None:
            self._prefix.outputs[end] = output

        return keep


def attention_keeper(
    kept: dict[int, AttentionInputs], layer: int, needed: QueryNeeds
) -> attention_hooks.AttentionListener:
    """A listener that keeps what is needed of a layer's queries, and all of its keys and values."""

    def keep(call: attention_hooks.AttentionCall) -> None:
        whole = AttentionInputs(call.query[0], call.key[0], call.value[0], call.scaling, call.rotary)
        kept[layer] = reduced(whole, needed)

    return keep


def reduced(whole: AttentionInputs, needed: QueryNeeds) -> AttentionInputs:
    """A layer's attention with no more of its queries than is needed."""
    length = whole.query.shape[1]
    # A copy of the few queries, so that the rest of them is free.
    last = whole.query[:, max(0, length - needed.last) :].clone() if needed.last else whole.query[:, :0]
    moments: dict[int, QueryMoments] = {}
    # Of a prompt that is all beginning there are no moments.
    if starts := [start for start in needed.moments if start < length]:
        plain = whole.plain_queries()
        moments = {start: QueryMoments.of(plain[:, start:]) for start in starts}
    return replace(whole, query=last, moments=moments)


def seeded(seed: int, layer: int | None = None) -> torch.Generator:
    """A generator for one decision: alone or in a sweep, in any order, it draws the same."""
    return torch.Generator().manual_seed(seed if layer is None else seed + 1_000_003 * (layer + 1))
