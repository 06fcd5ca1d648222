"""What a maintainer wants to know of a checkpoint beside the checks."""

import math
from dataclasses import dataclass

from amarathon.compression.layer_plan import LayerPlan, key_heads
from amarathon.models.checkpoint import available_memory
from amarathon.models.open_model import OpenModel

BYTES_PER_WEIGHT = {"bfloat16": 2, "float16": 2, "float32": 4}


@dataclass(frozen=True)
class Facts:
    """A checkpoint in figures.

    Attributes
    ----------
    model, revision, family, adapter, device : str
    dtype : str
        What the weights were published in; memory is counted in it, the checks run in float32.
    parameters : int
    layers, windowed_layers, lent_layers : int
        Of the decoder; those that look back over a window only; those that read others' keys.
    prompt_form : str
    tokens_per_second, longest_audio_s : float
    longest_audio_tokens : int
    weight_bytes, cache_bytes : int
        `cache_bytes` for a recording of the greatest length.
    free_bytes : int
        On the device, before the weights were loaded.
    notice : str or None
    """

    model: str
    revision: str
    family: str
    adapter: str
    device: str
    dtype: str
    parameters: int
    layers: int
    windowed_layers: int
    lent_layers: int
    prompt_form: str
    tokens_per_second: float
    longest_audio_s: float
    longest_audio_tokens: int
    weight_bytes: int
    cache_bytes: int
    free_bytes: int
    notice: str | None


def facts_of(lm: OpenModel) -> Facts:
    """Gather what is known of a loaded model."""
    identity, family, plan = lm.identity, lm.family, LayerPlan.of(lm.model.config)
    tokens = round(lm.tokens_per_second * lm.max_audio_s)
    size = BYTES_PER_WEIGHT[family.dtype]
    text = lm.model.config.get_text_config(decoder=True)
    held = [
        (tokens if window is None else min(tokens, window - 1)) * math.prod(key_heads(text, layer))
        for layer, window in enumerate(plan.windows)
        if plan.owns_cache(layer)
    ]
    loaded = sum(weight.nbytes for weight in lm.model.parameters())
    return Facts(
        model=identity.name,
        revision=identity.revision,
        family=family.title,
        adapter=identity.adapter,
        device=identity.device,
        dtype=family.dtype,
        parameters=identity.parameters,
        layers=len(plan.sources),
        windowed_layers=sum(window is not None for window in plan.windows),
        lent_layers=sum(not plan.owns_cache(layer) for layer in range(len(plan.sources))),
        prompt_form=family.prompt_form,
        tokens_per_second=lm.tokens_per_second,
        longest_audio_s=lm.max_audio_s,
        longest_audio_tokens=tokens,
        weight_bytes=identity.parameters * size,
        cache_bytes=2 * sum(held) * size,
        free_bytes=sum(map(available_memory, identity.device.split(", "))) + loaded,
        notice=identity.notice,
    )
