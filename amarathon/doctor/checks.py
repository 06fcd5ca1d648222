"""What must hold of a compressed model: each check declared once, for the doctor and for the tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from amarathon.audio import Audio
from amarathon.compression import Configuration, compress
from amarathon.compression.layer_plan import LayerPlan, key_heads
from amarathon.compression.report import CompressionReport
from amarathon.compression.seeding import recording_seed
from amarathon.doctor.mask_oracle import MaskOracle
from amarathon.doctor.mask_scores import count_in_layer
from amarathon.errors import CheckError
from amarathon.generation.decoding import GreedyDecoder
from amarathon.generation.embedded_prompt import EmbeddedPrompt, embed
from amarathon.generation.outcome import Outcome
from amarathon.models.open_model import OpenModel, Prompt
from amarathon.tasks import Message

# Largest difference of two logits that passes, in standard deviations of the logits. Faults in
# positions, budgets or pieces make differences of 0.1 and more; float32 makes less than 0.001.
TOLERANCE = 0.01
# The name of the recording, which random methods mix into their seed.
RECORDING = "doctor"


@dataclass(frozen=True)
class Case:
    """One question about one recording under one configuration.

    Attributes
    ----------
    audio : Audio
    messages : sequence of Message
    configuration : Configuration
    new_tokens : int
        Of the reply: all steps are looked at, the first one alone says little.
    seed : int
    """

    audio: Audio
    messages: Sequence[Message]
    configuration: Configuration
    new_tokens: int = 4
    seed: int = 3


@dataclass(frozen=True)
class LogitAgreement:
    """How two ways to the same logits compare.

    Attributes
    ----------
    difference : float
        The largest one, in standard deviations of the logits.
    kept_tokens, audio_tokens : int
        What the run reported.
    cache_share : float or None
        Bytes of the compressed cache as a share of the whole one, where the check has one.
    """

    difference: float
    kept_tokens: int
    audio_tokens: int
    cache_share: float | None = None

    def within(self, tolerance: float = TOLERANCE) -> "LogitAgreement":
        """Hold the agreement against a tolerance, and give it back.

        Raises
        ------
        CheckError
            If it is none.
        """
        if not self.difference <= tolerance:  # also where it is no number
            raise CheckError(f"logits differ by {self.difference:.2g} standard deviations")
        return self


def own_prompt(lm: OpenModel, case: Case) -> LogitAgreement:
    """The adapter's prompt and encoder give what the class's own forward makes of the features."""
    prompt, embedded = _prepared(lm, Case(case.audio, case.messages, Configuration()))
    with torch.inference_mode():
        made = lm.model(inputs_embeds=embedded.embeddings, **embedded.extra_inputs).logits[0]
        expected = lm.model(**lm.forward_inputs(prompt)).logits[0]
    return compare_logits(made, expected, len(prompt.audio_positions), len(prompt.audio_positions))


def nothing_removed(lm: OpenModel, case: Case) -> LogitAgreement:
    """At ratio 0 every bit is vanilla's."""
    prompt, _ = _prepared(lm, Case(case.audio, case.messages, Configuration()))
    inputs = lm.forward_inputs(prompt)
    with torch.inference_mode():
        expected = lm.model(**inputs).logits[0]
        with compress(lm.model, case.configuration, seed=case.seed, recording=RECORDING) as report:
            made = lm.model(**inputs).logits[0]
    found = compare_logits(made, expected, report.kept_tokens, report.audio_tokens)
    if found.kept_tokens != found.audio_tokens or not torch.equal(made, expected):
        raise CheckError(f"{case.configuration.name} is not bit-equal to vanilla")
    return found


def steps(lm: OpenModel, case: Case) -> LogitAgreement:
    """AudioMarathon's own steps against masks: budget, choice, positions of the prompt and the reply."""
    prompt, embedded = _prepared(lm, case)
    seen: list[Tensor] = []
    hook = lm.model.register_forward_hook(lambda _m, _a, out: seen.append(out.logits[0, -1].clone()))
    try:
        outcome = _answer(lm, embedded, case)
    finally:
        hook.remove()
    made = torch.stack(seen)
    return _against_masks(lm, case, prompt, embedded, made, made.argmax(-1)[:-1], outcome.kept_indices)


def plain_generate(lm: OpenModel, case: Case) -> LogitAgreement:
    """transformers' generate inside ``compress``, as a library user calls it, against masks."""
    prompt, embedded = _prepared(lm, case)
    with compress(lm.model, case.configuration, seed=case.seed, recording=RECORDING) as report:
        made = lm.model.generate(
            **lm.forward_inputs(prompt),
            max_new_tokens=case.new_tokens,
            do_sample=False,
            output_logits=True,
            return_dict_in_generate=True,
        )
    chosen = made.sequences[0, prompt.input_ids.shape[1] : -1]
    return _against_masks(lm, case, prompt, embedded, torch.cat(made.logits), chosen, report.kept_indices)


def own_loop(lm: OpenModel, case: Case) -> LogitAgreement:
    """A user's own loop, where the model derives positions from the compressed cache, against masks."""
    prompt, embedded = _prepared(lm, case)
    inputs, seen = lm.forward_inputs(prompt), []
    cache = DynamicCache(config=lm.model.config.get_text_config(decoder=True))
    with (
        torch.inference_mode(),
        compress(lm.model, case.configuration, seed=case.seed, recording=RECORDING) as report,
    ):
        for number in range(case.new_tokens):
            seen.append(lm.model(**inputs, past_key_values=cache, use_cache=True).logits[0, -1])
            inputs = {"input_ids": seen[-1].argmax().view(1, 1)}
            if number == 0:
                _check_budgets(lm, case.configuration, report, cache)
    made = torch.stack(seen)
    found = _against_masks(lm, case, prompt, embedded, made, made.argmax(-1)[:-1], report.kept_indices)
    whole = report.full_cache_bytes
    return replace(found, cache_share=report.cache_bytes / whole if whole else None)


def second_turn(lm: OpenModel, case: Case) -> LogitAgreement:
    """Another question behind the compressed prompt, all of its tokens in one forward, against masks."""
    prompt, embedded = _prepared(lm, case)
    cache = DynamicCache(config=lm.model.config.get_text_config(decoder=True))
    with (
        torch.inference_mode(),
        compress(lm.model, case.configuration, seed=case.seed, recording=RECORDING) as report,
    ):
        output = lm.model(**lm.forward_inputs(prompt), past_key_values=cache, use_cache=True)
        # Words of the prompt's own, the last of which are its text.
        turn = prompt.input_ids[:, -case.new_tokens :]
        more = lm.model(input_ids=turn, past_key_values=cache, use_cache=True).logits[0]
    made = torch.cat([output.logits[0, -1:], more])
    return _against_masks(lm, case, prompt, embedded, made, turn[0], report.kept_indices)


def shared_run(lm: OpenModel, case: Case) -> LogitAgreement:
    """Continuing from a prefill that configurations share gives what the configuration gives alone."""
    _, embedded = _prepared(lm, case)
    prefix = _decoder(lm, embedded, case).shared_prefix([Configuration(), case.configuration])
    seen: list[list[Tensor]] = [[], []]
    for logits, start in zip(seen, (None, prefix), strict=True):
        hook = lm.model.register_forward_hook(
            lambda _m, _a, out, kept=logits: kept.append(out.logits[0, -1].clone())
        )
        try:
            outcome = _answer(lm, embedded, case, start)
        finally:
            hook.remove()
    alone, shared = map(torch.stack, seen)
    return compare_logits(shared, alone, outcome.kept_tokens, outcome.audio_tokens)


Check = Callable[[OpenModel, Case], LogitAgreement]
# Each with what it says of a configuration; those against masks also hold for eager attention.
AGAINST_MASKS: Mapping[str, Check] = MappingProxyType(
    {"steps": steps, "generate": plain_generate, "own loop": own_loop, "turn": second_turn}
)


def _prepared(lm: OpenModel, case: Case) -> tuple[Prompt, EmbeddedPrompt]:
    prompt = lm.prompt(case.audio, case.messages)
    encoded = torch.cat([part for _, part in lm.encode_parts(prompt)])
    if len(encoded) != len(prompt.audio_positions):
        raise CheckError(
            f"the encoder made {len(encoded)} tokens for {len(prompt.audio_positions)} placeholders"
        )
    return prompt, embed(lm, prompt, encoded, case.configuration.pooling)


def _decoder(lm: OpenModel, embedded: EmbeddedPrompt, case: Case) -> GreedyDecoder:
    return GreedyDecoder(lm, embedded, case.new_tokens, recording_seed(case.seed, RECORDING))


def _answer(lm: OpenModel, embedded: EmbeddedPrompt, case: Case, prefix: Any = None) -> Outcome:
    *_, outcome = _decoder(lm, embedded, case).generate(case.configuration, prefix)
    assert isinstance(outcome, Outcome)
    return outcome


def _check_budgets(
    lm: OpenModel, configuration: Configuration, report: CompressionReport, cache: DynamicCache
) -> None:
    """Each evicted layer holds exactly its share of what pruning left."""
    plan, eviction = LayerPlan.of(lm.model.config), configuration.eviction
    if eviction is None:
        return
    pruned_from = len(plan.sources) if configuration.pruning is None else configuration.pruning.layer
    evicted = [number for number in range(len(plan.sources)) if plan.evicts(number)]
    for index, layer in enumerate(evicted):
        audio = report.kept_tokens if layer >= pruned_from else report.audio_tokens
        text = report.prompt_tokens - report.audio_tokens
        expected = (
            text + count_in_layer(eviction, audio, index, len(evicted))
            if eviction.scope == "audio"
            else count_in_layer(eviction, text + audio, index, len(evicted))
        )
        # Counted over the heads, which may share a budget.
        heads, _ = key_heads(lm.model.config.get_text_config(decoder=True), layer)
        keys = cache.layers[layer].keys
        held = int(keys.shape[1] * keys.shape[2])
        if held != heads * expected:
            raise CheckError(
                f"layer {layer} holds {held / heads:g} tokens a head after the eviction, not {expected}"
            )


def _against_masks(
    lm: OpenModel,
    case: Case,
    prompt: Prompt,
    embedded: EmbeddedPrompt,
    made: Tensor,
    chosen: Tensor,
    kept: Sequence[int],
) -> LogitAgreement:
    with torch.inference_mode():
        whole = torch.cat([embedded.embeddings, lm.embed_ids(chosen[None])], dim=1)
        more = lm.extra_forward_inputs(chosen[None])
        inputs = {
            name: torch.cat([prompt_part, more[name]], dim=1)
            for name, prompt_part in embedded.extra_inputs.items()
        }
    audio = embedded.audio_positions.positions
    if case.configuration.pooling is None:
        # Found here again, so that a lost piece cannot hide.
        token = lm.family.audio_token_id(lm.model.config)
        audio = (prompt.input_ids[0] == token).nonzero()[:, 0]
    oracle = MaskOracle(lm.model, {"inputs_embeds": whole, **inputs}, audio, embedded.embeddings.shape[1])
    with lm.prepared_for(whole.shape[1]):
        expected = oracle.logits(case.configuration, kept, seed=recording_seed(case.seed, RECORDING))
    return compare_logits(made, expected, len(kept), embedded.audio_positions.encoder_tokens)


def compare_logits(made: Tensor, expected: Tensor, kept_tokens: int, audio_tokens: int) -> LogitAgreement:
    """The largest difference of logits to those expected; both of shape (steps, vocabulary).

    Raises
    ------
    CheckError
        If their shapes differ.
    """
    if made.shape != expected.shape:
        raise CheckError(f"there are logits of shape {tuple(made.shape)}, not {tuple(expected.shape)}")
    difference = (made.float() - expected.float()).abs().max() / expected.float().std()
    return LogitAgreement(float(difference), kept_tokens, audio_tokens)
