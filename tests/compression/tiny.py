"""A tiny random thinker of the real class, and prompts for it."""

from functools import cache

import torch
from transformers import Qwen2_5OmniThinkerForConditionalGeneration

from amarathon.doctor.recording import noise
from amarathon.models.model_api import ModelIdentity
from amarathon.models.qwen2_5_omni import Qwen25Omni
from amarathon.models.small import recipe
from amarathon.tasks import TASKS


@cache
def tiny_thinker(attention: str = "sdpa", layers: int = 5) -> Qwen25Omni:
    """Width 64, weights large enough that every token and position moves the logits."""
    configuration = recipe.configuration()
    text, sound = configuration.text_config, configuration.audio_config
    text.hidden_size, text.intermediate_size = 64, 96
    text.num_hidden_layers, text.layer_types = layers, ["full_attention"] * layers
    text.rope_parameters = {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [2, 3, 3]}
    sound.d_model, sound.encoder_layers, sound.encoder_attention_heads = 32, 1, 2
    sound.encoder_ffn_dim, sound.output_dim, sound.n_window = 48, 64, 10
    configuration.vision_config.out_hidden_size = 64
    text.initializer_range = sound.initializer_range = configuration.initializer_range = 0.3
    configuration._attn_implementation = attention
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        model = Qwen2_5OmniThinkerForConditionalGeneration(configuration)
        for weight in model.parameters():
            if weight.dim() > 1:
                torch.nn.init.normal_(weight, std=1.2 * weight[0].numel() ** -0.5)
    # Nothing ends a reply, so that every configuration writes as many tokens.
    model.generation_config.eos_token_id = len(recipe.tokenizer()) + 1
    model.generation_config.pad_token_id = 0
    identity = ModelIdentity("tiny", "none", "qwen2_5_omni", "float32", "cpu", 0)
    return Qwen25Omni(model, recipe.tokenizer(), recipe.feature_extractor(), identity)


__all__ = ["QUESTIONS", "noise", "tiny_thinker"]

QUESTIONS = (
    (TASKS["SGR"], "", []),
    (TASKS["SCR"], "Why did they leave?", ["rain", "a dog", "no reason", "all of these"]),
)
