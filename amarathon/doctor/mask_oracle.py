"""The slow, obvious truth about a compressed run, for any family: masks instead of gathered tokens.

The model's own layers read the prompt and the reply in one pass without a cache. Every token stays
where it is; what a configuration removed is only hidden from those who could not have seen it.
Nothing of the compression's hooks is used, so an error in them cannot hide here too.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from transformers import DynamicCache, PreTrainedModel

from amarathon.compression import Configuration
from amarathon.doctor.attention import attention_implementation
from amarathon.doctor.mask_scores import (
    SeenLayer,
    attention_scores,
    count_in_layer,
    count_kept,
    lowest_by_head,
    lowest_of_all,
    scorer_of,
    scores_of,
)
from amarathon.errors import CheckError, ModelError


@dataclass
class Removal:
    """What is hidden, and from whom.

    Attributes
    ----------
    layer : int
        From this layer on nobody sees the pruned tokens.
    kept : Tensor of shape (n,), int64, or None
        Positions of the audio tokens that survived pruning; None prunes nothing.
    merged : bool
        Whether a kept token became the mean of the tokens up to the next one.
    evicted : list of Tensor of shape (kv_heads, prompt), bool
        By layer, what tokens behind the prompt do not see.
    """

    layer: int = 0
    kept: Tensor | None = None
    merged: bool = False
    evicted: list[Tensor] = field(default_factory=list)


class MaskOracle:
    """One prompt, read with masks.

    Parameters
    ----------
    model : PreTrainedModel
    inputs : mapping of str to Tensor
        What forward takes for prompt and reply: embeddings and what belongs to them, (1, T, ...).
    audio : Tensor of shape (N,), int64
        Positions of the audio tokens.
    prompt : int
        How many of the T tokens are the prompt; the rest was generated.
    """

    def __init__(self, model: PreTrainedModel, inputs: Mapping[str, Tensor], audio: Tensor, prompt: int):
        self.model, self.inputs, self.audio, self.prompt = model, dict(inputs), audio, prompt
        self.layers = _layers(model)

    def logits(self, configuration: Configuration, reported: Sequence[int], seed: int = 0) -> Tensor:
        """Logits that predict each token of the reply and the next one, (reply + 1, vocabulary).

        Parameters
        ----------
        configuration : Configuration
        reported : sequence of int
            The audio tokens that survived pruning by the run's report. Only their number is taken on
            trust; for the methods that this file defines, the choice is made here again.
        seed : int
            Of the run's random methods.

        Raises
        ------
        CheckError
            If the run kept another number of tokens than its configuration says.
        """
        with attention_implementation(self.model, "eager"), torch.inference_mode():
            removal = self._decide(configuration, reported, seed)
            logits: Tensor = self._forward(removal, reply=True).logits
            return logits[0, self.prompt - 1 :]

    # What goes

    def _decide(self, configuration: Configuration, reported: Sequence[int], seed: int) -> Removal:
        removal = Removal()
        pruning, eviction = configuration.pruning, configuration.eviction
        keep = len(self.audio) if pruning is None else count_kept(len(self.audio), pruning.amount)
        if len(reported) != keep:
            raise CheckError(f"{len(reported)} audio tokens were kept, not {keep}")
        if pruning is not None and keep < len(self.audio):
            removal.layer, removal.merged = pruning.layer, pruning.name == "atome"
            removal.kept = self.audio[self._pruned(pruning, keep, reported)]
        if eviction is not None:
            removal.evicted = self._evicted(eviction, removal, seed)
        return removal

    def _pruned(self, pruning: Any, keep: int, reported: Sequence[int]) -> Tensor:
        count = len(self.audio)
        if pruning.name == "frame":
            return torch.tensor([index * count // keep for index in range(keep)], device=self.audio.device)
        if pruning.name == "fastv":
            weights = self._attention(Removal())[pruning.layer - 1]
            row = weights[:, self.prompt - 1, self.audio].float().mean(dim=0).tolist()
            order = sorted(range(count), key=lambda index: (-row[index], index))
            return torch.tensor(sorted(order[:keep]), device=self.audio.device)
        return torch.tensor(list(reported), device=self.audio.device)

    def _evicted(self, eviction: Any, removal: Removal, seed: int) -> list[Tensor]:
        weights, cache = self._attention(removal), DynamicCache()
        with self._reading_attention_inputs() as states:
            self._forward(removal, reply=False, past_key_values=cache, use_cache=True)
        gone: list[Tensor] = []
        acted_on = [number for number, layer in enumerate(self.layers) if _is_evicted(layer)]
        for number, layer in enumerate(self.layers):
            if getattr(layer.self_attn, "is_kv_shared_layer", False):
                # It reads the cache of the last layer of its kind that has one.
                kinds = [other.self_attn.layer_type for other in self.layers[: len(cache.layers)]]
                own = [source for source, kind in enumerate(kinds) if kind == layer.self_attn.layer_type]
                gone.append(gone[max(source for source in own if cache.layers[source].keys is not None)])
                continue
            keys = cache.layers[number].keys[0]
            if getattr(layer.self_attn, "sliding_window", None) is not None:
                gone.append(torch.zeros(keys.shape[:2], dtype=torch.bool, device=keys.device))
                continue
            present = self._present(removal, number)
            values = cache.layers[number].values[0]
            seen = SeenLayer(layer.self_attn, self._rotary(), states[number], keys, values)
            scorer = scorer_of(eviction)
            scores = scores_of(scorer, seen, present)
            if scores is None:
                scores = attention_scores(
                    scorer, keys, weights[number], present, seed + 1_000_003 * (number + 1)
                )
            competing = self.audio[torch.isin(self.audio, present)] if eviction.scope == "audio" else present
            keep = count_in_layer(eviction, len(competing), acted_on.index(number), len(acted_on))
            if eviction.name == "adakv":
                gone.append(lowest_of_all(scores, competing, keep, eviction.alpha_safeguard))
            else:
                gone.append(lowest_by_head(scores, competing, keep))
        return gone

    @contextmanager
    def _reading_attention_inputs(self) -> Iterator[list[Tensor]]:
        """The input of each layer's attention, (prompt, hidden), in a list that a forward fills."""
        states: list[Tensor] = []

        def read(_module: nn.Module, args: Any, kwargs: dict[str, Any]) -> None:
            attention_input = args[0] if args else kwargs["hidden_states"]
            states.append(attention_input[0])

        with ExitStack() as stack:
            for layer in self.layers:
                hook = layer.self_attn.register_forward_pre_hook(read, with_kwargs=True)
                stack.callback(hook.remove)
            yield states

    def _rotary(self) -> Any:
        return next(
            module.rotary_emb
            for module in self.model.modules()
            if any(self.layers[0] is layer for layer in getattr(module, "layers", ()))
        )

    def _present(self, removal: Removal, number: int) -> Tensor:
        """Positions that the prompt still has in a layer."""
        left = torch.ones(self.prompt, dtype=torch.bool, device=self.audio.device)
        if removal.kept is not None and number >= removal.layer:
            left[self.audio] = False
            left[removal.kept] = True
        return left.nonzero()[:, 0]

    def _attention(self, removal: Removal) -> list[Tensor]:
        """Attention weights of the prompt in each layer, (heads, prompt, prompt)."""
        found: list[Tensor] = []
        with ExitStack() as stack:
            for layer in self.layers:
                hook = layer.self_attn.register_forward_hook(lambda _m, _a, out: found.append(out[1][0]))
                stack.callback(hook.remove)
            self._forward(removal, reply=False)
        return found

    # The forward with masks

    def _forward(self, removal: Removal, reply: bool, use_cache: bool = False, **more: Any) -> Any:
        inputs = (
            self.inputs if reply else {key: value[:, : self.prompt] for key, value in self.inputs.items()}
        )
        with ExitStack() as stack:
            for number, layer in enumerate(self.layers):
                hook = layer.register_forward_pre_hook(self._masking(number, removal), with_kwargs=True)
                stack.callback(hook.remove)
            return self.model(**inputs, use_cache=use_cache, **more)

    def _masking(self, number: int, removal: Removal) -> Any:
        def before(_module: nn.Module, args: Any, kwargs: dict[str, Any]) -> Any:
            mask = kwargs["attention_mask"]
            hidden = self._hidden(number, removal, mask.shape[-1])
            if hidden is not None:
                hidden = hidden.repeat_interleave(self._heads() // len(hidden), dim=0)
                mask = mask.expand(-1, len(hidden), -1, -1).masked_fill(hidden, torch.finfo(mask.dtype).min)
            if removal.merged and number == removal.layer:
                args = (self._merged(args[0], removal), *args[1:])
            return args, {**kwargs, "attention_mask": mask}

        return before

    def _heads(self) -> int:
        return int(self.model.config.get_text_config(decoder=True).num_attention_heads)

    def _hidden(self, number: int, removal: Removal, length: int) -> Tensor | None:
        if not removal.evicted and (removal.kept is None or number < removal.layer):
            return None
        hidden = torch.zeros(1, length, length, dtype=torch.bool, device=self.audio.device)
        gone = torch.ones(self.prompt, dtype=torch.bool, device=self.audio.device)
        gone[self._present(removal, number)] = False
        hidden[:, :, : self.prompt] = gone
        if removal.evicted:
            evicted = removal.evicted[number]
            hidden = hidden.repeat(len(evicted), 1, 1)
            hidden[:, self.prompt :, : self.prompt] |= evicted[:, None]
        return hidden

    def _merged(self, states: Tensor, removal: Removal) -> Tensor:
        assert removal.kept is not None
        states = states.clone()
        audio = self.audio.tolist()
        starts = [audio.index(position) for position in removal.kept.tolist()]
        source = states[..., self.audio, :].float()
        for start, end in zip(starts, [*starts[1:], len(audio)], strict=True):
            states[..., audio[start], :] = source[..., start:end, :].mean(dim=-2).to(states.dtype)
        return states


def _is_evicted(layer: Any) -> bool:
    attention = layer.self_attn
    lends = getattr(attention, "is_kv_shared_layer", False)
    return not lends and getattr(attention, "sliding_window", None) is None


def _layers(model: PreTrainedModel) -> list[Any]:
    """The decoder's layers, in order, by the numbers that their attention carries."""
    kind = model.config.get_text_config(decoder=True).model_type
    found = [
        module
        for module in model.modules()
        if isinstance(getattr(getattr(module, "self_attn", None), "layer_idx", None), int)
        # Gemma 4's encoder numbers its layers too.
        and getattr(getattr(module.self_attn, "config", None), "model_type", kind) == kind
    ]
    found.sort(key=lambda module: module.self_attn.layer_idx)
    if [module.self_attn.layer_idx for module in found] != list(range(len(found))):
        raise ModelError(f"{type(model).__name__}: its decoder layers are not numbered as expected.")
    return found
