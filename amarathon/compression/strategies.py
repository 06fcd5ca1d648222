"""Ways to generate with transformers' ``generate``, and what becomes of each with a compressed prompt.

One line for each strategy: the library refuses by it, the documentation's table is made from it, and the
tests go through it. That a strategy is known here is not relied upon: each forward is looked at as well, see
`forwards`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from amarathon.errors import ModelError


@dataclass(frozen=True)
class GenerateCall:
    """One call of ``generate``.

    Attributes
    ----------
    config : Any
        transformers' `GenerationConfig` with the call's own settings in it.
    mode : str
        Value of its `GenerationMode`.
    arguments : mapping of str to Any
        The call's arguments by name.
    """

    config: Any
    mode: str
    arguments: Mapping[str, Any]

    def set(self, name: str) -> Any:
        """A setting of the configuration; None where this version of transformers has none."""
        return getattr(self.config, name, None)


@dataclass(frozen=True)
class Strategy:
    """A way to generate.

    Attributes
    ----------
    name : str
        As transformers' documentation calls it.
    how : str
        The arguments that ask for it.
    matches : callable
        Whether a call asks for it.
    refusal : str
        Why it is refused and what to do; empty where it is supported.
    """

    name: str
    how: str
    matches: Callable[[GenerateCall], Any]
    refusal: str = ""

    @property
    def supported(self) -> bool:
        """Whether a compressed prompt is continued by it."""
        return not self.refusal


def _of_mode(*modes: str) -> Callable[[GenerateCall], bool]:
    return lambda call: call.mode in modes


_ONE = "one recording and one reply at a time; leave out num_beams, or compare replies of several calls"
_ALONE = "candidates must not take part in choosing what stays; leave out {}"
_REPOSITORY = "its code lies outside of transformers and reads the prompt in its own way; use greedy decoding"
_CACHE = "layers must be able to shrink; leave out cache_implementation"

# The first that a call asks for is what it is called by.
STRATEGIES: tuple[Strategy, ...] = (
    Strategy(
        "continuous batching",
        'cache_implementation="paged", generate_batch(...)',
        lambda call: call.set("cache_implementation") == "paged",
        "its batches share one cache; call generate for each recording",
    ),
    Strategy(
        "a repository's generation",
        'custom_generate="owner/name"',
        lambda call: isinstance(call.arguments.get("custom_generate"), str),
        _REPOSITORY,
    ),
    Strategy("DoLa", "dola_layers=...", _of_mode("dola_generation"), _REPOSITORY),
    Strategy(
        "contrastive search", "penalty_alpha=..., top_k=...", _of_mode("contrastive_search"), _REPOSITORY
    ),
    Strategy("constrained beam search", "force_words_ids=...", _of_mode("constrained_beam_search"), _ONE),
    Strategy("group beam search", "num_beam_groups=...", _of_mode("group_beam_search"), _ONE),
    Strategy("beam sampling", "num_beams=..., do_sample=True", _of_mode("beam_sample"), _ONE),
    Strategy("beam search", "num_beams=...", _of_mode("beam_search"), _ONE),
    Strategy(
        "prompt lookup",
        "prompt_lookup_num_tokens=...",
        lambda call: call.set("prompt_lookup_num_tokens") is not None,
        _ALONE.format("prompt_lookup_num_tokens"),
    ),
    Strategy(
        "early exit",
        "assistant_early_exit=...",
        lambda call: call.set("assistant_early_exit") is not None,
        _ALONE.format("assistant_early_exit"),
    ),
    Strategy(
        "multi-token prediction",
        "use_mtp=True",
        lambda call: call.set("use_mtp"),
        _ALONE.format("use_mtp"),
    ),
    Strategy(
        "assisted generation",
        "assistant_model=...",
        lambda call: call.mode == "assisted_generation" or call.arguments.get("assistant_model") is not None,
        _ALONE.format("assistant_model"),
    ),
    Strategy(
        "several replies",
        "num_return_sequences=...",
        lambda call: (call.set("num_return_sequences") or 1) > 1,
        "one reply at a time; call generate once for each, with a seed of its own",
    ),
    Strategy(
        "chunked prefill",
        "prefill_chunk_size=...",
        lambda call: call.set("prefill_chunk_size") is not None,
        "the whole prompt must be read in one forward; leave out prefill_chunk_size",
    ),
    Strategy(
        "classifier-free guidance",
        "guidance_scale=...",
        lambda call: call.set("guidance_scale") not in (None, 1),
        "its second prompt has no audio to compress; leave out guidance_scale",
    ),
    Strategy(
        "token healing",
        "token_healing=True",
        lambda call: call.set("token_healing"),
        "it reads the prompt's end a second time without its audio; leave out token_healing",
    ),
    Strategy(
        "static cache",
        'cache_implementation="static"',
        lambda call: call.set("cache_implementation") not in (None, "dynamic", "quantized", "offloaded"),
        _CACHE,
    ),
    Strategy(
        "quantised cache",
        'cache_implementation="quantized"',
        lambda call: call.set("cache_implementation") == "quantized",
        _CACHE,
    ),
    Strategy(
        "offloaded cache",
        'cache_implementation="offloaded"',
        lambda call: call.set("cache_implementation") == "offloaded",
        _CACHE,
    ),
    Strategy(
        "generation without a cache",
        "use_cache=False",
        lambda call: call.set("use_cache") is False,
        "what was removed must stay removed, which a cache remembers; leave out use_cache=False",
    ),
    Strategy(
        "hidden states, and a talker that speaks from them",
        "output_hidden_states=True",
        lambda call: call.set("output_hidden_states"),
        "they no longer stand beside the prompt's tokens; leave out output_hidden_states, and ask a whole "
        'Omni model for text alone: generation_mode="text" or return_audio=False',
    ),
    Strategy(
        "a decoding loop of your own",
        "custom_generate=function",
        lambda call: call.arguments.get("custom_generate") is not None,
    ),
    Strategy("multinomial sampling", "do_sample=True", _of_mode("sample")),
    Strategy("greedy decoding", "do_sample=False", _of_mode("greedy_search")),
)


def check_strategy(call: GenerateCall) -> Strategy:
    """The strategy that a call of ``generate`` asks for.

    Raises
    ------
    ModelError
        If it is not supported, or not known.
    """
    for strategy in STRATEGIES:
        if strategy.matches(call):
            if strategy.refusal:
                raise ModelError(
                    f"Compression does not go with {strategy.name} ({strategy.how}): {strategy.refusal}."
                )
            return strategy
    raise ModelError(f"Compression does not know {call.mode}; use greedy decoding or sampling.")


def strategy_table() -> str:
    """The documentation's table of what is supported."""
    rows = ["| `generate` | asked for by | inside `compress` |", "| --- | --- | --- |"]
    supported = sorted(STRATEGIES, key=lambda strategy: not strategy.supported)
    for strategy in supported:
        becomes = "yes" if strategy.supported else f"refused: {strategy.refusal}"
        rows.append(f"| {strategy.name} | `{strategy.how}` | {becomes} |")
    return "\n".join(rows)
