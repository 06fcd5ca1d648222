"""One run of a tiny model against the mask oracle."""

import torch
from transformers import DynamicCache

from amarathon.compression import Configuration, compress
from amarathon.compression.report import CompressionReport
from amarathon.generation import EmbeddedPrompt, embed, generate
from amarathon.models.mask_oracle import MaskOracle
from amarathon.models.open_model import OpenModel, Prompt
from tests.compression.tiny import QUESTIONS, noise
from tests.models.families.tiny import TINY, tiny

NEW_TOKENS = 4
TOLERANCE = 1e-3


def prepared(lm: OpenModel, seconds: float, question: int, configuration: Configuration):
    task, text, options = QUESTIONS[question]
    prompt = lm.prompt(noise(seconds), task.free_messages(text, options))
    encoded = torch.cat([part for _, part in lm.encode_parts(prompt)])
    return prompt, embed(lm, prompt, encoded, configuration.shortening)


def check_generation(name, method, attention="sdpa", seconds=None, question=0, lm=None):
    """Our own steps: the logits of each against the oracle's, on the tokens that were chosen."""
    lm, configuration = lm or tiny(name, attention), Configuration.parse(method)
    prompt, embedded = prepared(lm, seconds or TINY[name].seconds[0], question, configuration)
    seen: list[torch.Tensor] = []
    report: list[list[int]] = []
    head = lm.model.register_forward_hook(lambda _m, _a, out: seen.append(out.logits[0, -1].clone()))
    restart = CompressionReport.restart

    def keep_report(self, **fields):
        restart(self, **fields)
        report[:] = [self]

    CompressionReport.restart = keep_report
    try:
        list(generate(lm, embedded, configuration, max_new_tokens=NEW_TOKENS, seed=3, encoder_s=0.0))
    finally:
        head.remove()
        CompressionReport.restart = restart
    compare(lm, prompt, embedded, configuration, torch.stack(seen), report[0].kept_indices)


def check_plain_generate(name, method, attention="sdpa", seconds=None, question=0):
    """A library user's call: transformers' own generate inside ``compress``."""
    lm, configuration = tiny(name, attention), Configuration.parse(method)
    prompt, embedded = prepared(lm, seconds or TINY[name].seconds[0], question, configuration)
    with compress(lm.model, method, seed=3) as report:
        made = lm.model.generate(
            **TINY[name].plain_inputs(lm, prompt),
            max_new_tokens=NEW_TOKENS,
            do_sample=False,
            output_logits=True,
            return_dict_in_generate=True,
        )
    compare(lm, prompt, embedded, configuration, torch.cat(made.logits), report.kept_indices)


def check_own_loop(name, method, attention="sdpa", seconds=None, question=0):
    """A library user's own loop, in which the model derives positions from its cache."""
    lm, configuration = tiny(name, attention), Configuration.parse(method)
    prompt, embedded = prepared(lm, seconds or TINY[name].seconds[0], question, configuration)
    inputs, seen = TINY[name].plain_inputs(lm, prompt), []
    cache = DynamicCache(config=lm.model.config.get_text_config(decoder=True))
    with torch.no_grad(), compress(lm.model, method, seed=3) as report:
        for _ in range(NEW_TOKENS):
            seen.append(lm.model(**inputs, past_key_values=cache, use_cache=True).logits[0, -1])
            inputs = {"input_ids": seen[-1].argmax().view(1, 1)}
    compare(lm, prompt, embedded, configuration, torch.stack(seen), report.kept_indices)


def compare(
    lm: OpenModel,
    prompt: Prompt,
    embedded: EmbeddedPrompt,
    configuration: Configuration,
    stepwise: torch.Tensor,
    kept: list[int],
):
    chosen = stepwise.argmax(-1)[:-1]
    whole = torch.cat([embedded.embeddings, lm.embed_ids(chosen[None])], dim=1)
    more = lm.beside_embeddings(chosen[None])
    inputs = {name: torch.cat([given, more[name]], dim=1) for name, given in embedded.more.items()}
    audio = embedded.places.positions
    if configuration.shortening is None:
        # Found here again, so that a lost piece cannot hide.
        token = lm.family.audio_token_id(lm.model.config)
        audio = (prompt.input_ids[0] == token).nonzero()[:, 0]
    oracle = MaskOracle(lm.model, {"inputs_embeds": whole, **inputs}, audio, embedded.embeddings.shape[1])
    with lm.answering(whole.shape[1]):
        expected = oracle.logits(configuration, kept, seed=3)
    assert stepwise.shape == expected.shape
    difference = (stepwise - expected).abs().max()
    assert difference < TOLERANCE, f"logits differ by {difference:.2g}"
