"""A compressed reply against the decoder by hand, whatever way it was written in."""

from functools import cache

import torch

from amarathon.generation.embedded_prompt import embed
from tests.compression.oracle import Removal, logits
from tests.compression.tiny import QUESTIONS, noise, tiny_thinker

# One that prunes by attention and evicts by attention, and what it takes away.
NAME = "fastv@0.6+snapkv@0.5:window=8,kernel=3"
REMOVAL = Removal("fastv", "0.6", evict="snapkv", evict_ratio="0.5", window=8, kernel=3)
TOLERANCE = 2e-3


@cache
def prepared_prompt(attention="sdpa", seconds=2.0, question=0):
    """A prompt, what a processor would make of it, and its embeddings."""
    lm = tiny_thinker(attention)
    task, text, options = QUESTIONS[question]
    prompt = lm.prompt(noise(seconds), task.free_messages(text, options))
    embedded = embed(lm, prompt, torch.cat([part for _, part in lm.encode_parts(prompt)]))
    inputs = {
        "input_ids": prompt.input_ids,
        "attention_mask": torch.ones_like(prompt.input_ids),
        "input_features": prompt.features[None],
        "feature_attention_mask": torch.ones(1, prompt.features.shape[1], dtype=torch.long),
    }
    return lm, prompt, inputs, embedded.embeddings


def check_reply(tokens, made, question=0, seconds=2.0, removal=REMOVAL):
    """Hold logits to the oracle's.

    Parameters
    ----------
    tokens : Tensor of shape (n,)
        What followed the prompt.
    made : Tensor of shape (m, vocabulary)
        The last m of the n + 1 logits that predict each of them and the next one.
    """
    lm, prompt, _, embeddings = prepared_prompt(seconds=seconds, question=question)
    with torch.no_grad():
        following = lm.model.get_input_embeddings()(tokens)[None]
        whole = torch.cat([embeddings, following], dim=1)
        expected = logits(lm.model, whole, prompt.audio_positions, embeddings.shape[1], removal)
    difference = (made.double() - expected[-len(made) :]).abs().max()
    assert difference < TOLERANCE, f"logits differ by {difference:.2g}"


@torch.no_grad()
def forward(model, cache, **inputs):
    """One forward into a cache: its logits, (n, vocabulary)."""
    return model(**inputs, past_key_values=cache, use_cache=True).logits[0]


def ids(*tokens):
    """Tokens as a batch of one."""
    return torch.tensor([tokens])


def generated(model, inputs, **more):
    """A reply of transformers' own loop, and its logits: (n,), (n, vocabulary)."""
    made = model.generate(
        **inputs, max_new_tokens=6, output_logits=True, return_dict_in_generate=True, **more
    )
    return made.sequences[0, inputs["input_ids"].shape[1] :], torch.cat(made.logits)


def check_generated(model, inputs, **more):
    """Transformers' own loop, held to the oracle."""
    tokens, made = generated(model, inputs, **more)
    check_reply(tokens[:-1], made)
    return tokens
