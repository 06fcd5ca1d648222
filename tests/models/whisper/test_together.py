"""Transcripts that are written together are those that are written alone, and nobody disturbs another."""

import threading

import pytest
import torch
from transformers.generation.logits_process import (
    SuppressTokensAtBeginLogitsProcessor,
    SuppressTokensLogitsProcessor,
)

from amarathon.compression import Configuration, compress
from amarathon.compression.cross_attention import CrossCompressor
from amarathon.doctor.recording import noise
from amarathon.errors import ModelError
from amarathon.generation import transcripts_together
from amarathon.generation.encoded_windows import WINDOWS_KEPT, EncodedWindows
from amarathon.generation.outcome import Outcome, Progress
from amarathon.generation.quick_rules import quick_rules
from amarathon.generation.sweep import sweep
from amarathon.models.whisper import Whisper
from amarathon.tasks import TASKS
from tests.models.whisper.tiny import NO_TIMESTAMPS, START, tiny_whisper

QUESTION = TASKS["ASR"].free_messages("", [])
NAMES = ["vanilla", "frame@0.6", "fastv@0.6", "snapkv@0.5", "pool@2"]


def outcomes(lm: Whisper, names: list[str], seconds: float = 2.7, seed: int = 0) -> dict[str, Outcome]:
    events = sweep(lm, noise(seconds), QUESTION, names, max_new_tokens=500, seed=seed, shared=True)
    return {event.configuration: event for event in events if isinstance(event, Outcome)}


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_a_step_of_all_gives_each_its_own_logits(attention: str) -> None:
    """Caches of different lengths: other prunings, evictions, and numbers of tokens written."""
    lm = tiny_whisper(attention)
    given = lm.feature_extractor(noise(1.3).samples, sampling_rate=16000, return_tensors="pt")[
        "input_features"
    ]
    asked, expected = [], []
    for written, name in enumerate(NAMES):
        token = torch.tensor([[7 + written]])
        for wanted in (True, False):  # two caches alike: one is read by the model alone, one beside others
            with CrossCompressor(lm.model, Configuration.parse(name)).attached(), torch.inference_mode():
                prompt = torch.tensor([[START, NO_TIMESTAMPS, *range(written)]])
                cache = lm.model(
                    input_features=given, decoder_input_ids=prompt, use_cache=True
                ).past_key_values
                if wanted:
                    rows = torch.zeros(1, 1, lm.model.config.d_model)
                    expected.append(
                        lm.model(
                            encoder_outputs=(rows,), decoder_input_ids=token, past_key_values=cache
                        ).logits
                    )
                else:
                    asked.append((token, cache))
    for found, alone in zip(transcripts_together._logits(lm, asked), expected, strict=True):
        torch.testing.assert_close(found, alone, rtol=1e-5, atol=1e-5)


def test_fewer_at_a_time_write_the_same(monkeypatch) -> None:
    lm = tiny_whisper()
    at_once = outcomes(lm, NAMES)
    each = transcripts_together._most_together(lm)
    monkeypatch.setattr(
        transcripts_together, "CACHES_BYTES", 2 * transcripts_together.CACHES_BYTES // each + 1
    )
    assert transcripts_together._most_together(lm) == 2
    two_at_a_time = outcomes(lm, NAMES)
    replies = {name: outcome.reply for name, outcome in at_once.items()}
    assert {name: outcome.reply for name, outcome in two_at_a_time.items()} == replies
    # Random weights ask for second attempts, which sample: each drew as if it were alone.
    assert outcomes(lm, ["vanilla"], seed=1)["vanilla"].reply != replies["vanilla"]


def test_one_that_fails_stops_no_other() -> None:
    found = outcomes(tiny_whisper(), ["frame@0.6", "adakv@0.6", "random@0.6"], 0.7)
    assert "reads audio by cross-attention" in found["adakv@0.6"].error
    assert found["frame@0.6"].error is None
    assert found["random@0.6"].error is None


def test_without_memory_each_says_so(monkeypatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(transcripts_together, "_logits", exhausted)
    found = outcomes(tiny_whisper(), ["frame@0.6", "random@0.6"], 0.7)
    assert all("not enough memory" in outcome.error for outcome in found.values())


def test_whoever_leaves_frees_the_model_and_all_threads() -> None:
    lm, before = tiny_whisper(), threading.active_count()
    drawn = torch.get_rng_state()
    events = sweep(lm, noise(2.7), QUESTION, NAMES, max_new_tokens=500, shared=True)
    while not (isinstance(event := next(events), Progress) and event.stage == "decode"):
        pass
    with pytest.raises(ModelError, match="transcripts written together"), compress(lm.model, "frame@0.6"):
        pass
    events.close()
    assert threading.active_count() == before
    assert torch.equal(torch.get_rng_state(), drawn)
    with compress(lm.model, "frame@0.6"):
        pass


def test_times_are_parts_of_one_whole() -> None:
    found = outcomes(tiny_whisper(), NAMES, 0.7)
    assert all(outcome.timings.shared and outcome.timings.decode_s >= 0 for outcome in found.values())
    assert all(outcome.timings.first_token_s > 0 for outcome in found.values())


def test_quick_rules_do_what_transformers_do() -> None:
    scores, ids = torch.randn(1, 50), torch.zeros(1, 3, dtype=torch.long)
    rules = [
        SuppressTokensLogitsProcessor([3, 1, 4], "cpu"),
        SuppressTokensAtBeginLogitsProcessor([2, 7], 3, "cpu"),
    ]
    lm = tiny_whisper()
    lm.model._retrieve_logit_processors = lambda: rules
    with quick_rules(lm.model):
        quick = lm.model._retrieve_logit_processors()
    for own, ours in zip(rules, quick, strict=True):
        assert isinstance(ours, type(own))
        assert type(ours) is not type(own)
        for read in (ids, ids[:, :2]):
            assert torch.equal(own(read, scores), ours(read, scores))
        if hasattr(own, "set_begin_index"):
            ours.set_begin_index(2)
            assert not torch.equal(ours(ids[:, :2], scores), scores)


def test_rows_of_few_windows_are_kept() -> None:
    encoded = EncodedWindows()
    for start in range(WINDOWS_KEPT + 3):
        encoded.keep(start, None, 0.0)
    assert list(encoded.rows) == list(range(3, WINDOWS_KEPT + 3))
