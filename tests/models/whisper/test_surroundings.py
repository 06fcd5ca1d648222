"""Whisper as library users hold it: other languages, several recordings, threads, wrappers."""

import threading

import pytest
import torch
from torch import nn

from amarathon.compression import compress
from amarathon.doctor.recording import noise
from amarathon.errors import ModelError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models.whisper import Whisper
from amarathon.tasks import TASKS
from tests.models.whisper.tiny import LANGUAGES, tiny_whisper

QUESTION = TASKS["ASR"].free_messages("", [])


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    return tiny_whisper()


def features(lm: Whisper, seconds: float) -> torch.Tensor:
    return lm.feature_extractor(noise(seconds).samples, sampling_rate=16000, return_tensors="pt")[
        "input_features"
    ]


@pytest.mark.parametrize("name", ["frame@0.6", "fastv@0.6+snapkv@0.5"])
def test_the_language_is_told_by_every_row(name: str) -> None:
    lm = tiny_whisper(multilingual=True)
    audio_features = features(lm, 1.1)
    language = lm.model.detect_language(audio_features)
    assert int(language) in LANGUAGES.values()
    with compress(lm.model, name) as report:
        assert torch.equal(lm.model.detect_language(audio_features), language)
        assert report.audio_tokens == 0
    calls = []
    detect = lm.model.detect_language
    lm.model.detect_language = lambda *args, **kwargs: calls.append(1) or detect(*args, **kwargs)
    (outcome,) = [
        event for event in sweep(lm, noise(1.1), QUESTION, [name], max_new_tokens=9) if is_outcome(event)
    ]
    assert outcome.error is None
    assert calls == [1]
    # A look aside for silence reads the window again, and what was evicted is still reported.
    with compress(lm.model, name) as report, torch.random.fork_rng(), torch.inference_mode():
        torch.manual_seed(0)
        lm.model.generate(**lm.forward_inputs(lm.prompt(noise(1.1), QUESTION)))
    assert report.kept_tokens == outcome.kept_tokens
    assert len(outcome.kept_map) == len(report.kept_map) == (4 if "snapkv" in name else 0)


def is_outcome(event: object) -> bool:
    return isinstance(event, Outcome)


def test_several_recordings_in_a_block_are_as_alone(whisper: Whisper) -> None:
    def written(seconds: tuple[float, ...]) -> list[tuple]:
        found = []
        with compress(whisper.model, "fastv@0.6+knorm@0.3") as report:
            for length in seconds:
                ids = whisper.model.generate(features(whisper, length))
                found.append((ids.tolist(), report.audio_tokens, report.kept_tokens, report.kept_spans))
        return found

    assert written((1.3, 0.6, 1.3)) == [*written((1.3,)), *written((0.6,)), *written((1.3,))]


def test_a_failed_call_leaves_nothing_for_the_next(whisper: Whisper) -> None:
    audio_features = features(whisper, 1.0)
    with compress(whisper.model, "frame@0.6") as report:
        expected = whisper.model.generate(audio_features)
        kept = report.kept_tokens
        with pytest.raises(ModelError):
            whisper.model.generate(audio_features.repeat(2, 1, 1))
        assert torch.equal(whisper.model.generate(audio_features), expected)
        assert report.kept_tokens == kept


def test_another_thread_is_refused(whisper: Whisper) -> None:
    audio_features, raised = features(whisper, 0.5), []

    def elsewhere() -> None:
        try:
            whisper.model.generate(audio_features)
        except ModelError as error:
            raised.append(str(error))

    with compress(whisper.model, "frame@0.6"):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert "thread" in raised[0]


class Holder(nn.Module):
    def __init__(self, model: nn.Module):
        super().__init__()
        self.inner = model


def with_adapter(model: nn.Module) -> nn.Module:
    from peft import LoraConfig, get_peft_model

    return get_peft_model(model, LoraConfig(target_modules=["q_proj"], r=2))


WRAPPERS = {"compiled": torch.compile, "peft": with_adapter, "a module of one's own": Holder}


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
def test_wrapped_models_are_compressed(wrap) -> None:
    lm = tiny_whisper()
    audio_features = features(lm, 0.7)
    with compress(lm.model, "frame@0.6") as report:
        expected = lm.model.generate(audio_features)
        kept = report.kept_tokens
    held = wrap(lm.model).eval()
    with compress(held, "frame@0.6") as report:
        caller = held if hasattr(held, "generate") else lm.model
        made = caller.generate(input_features=audio_features)
    assert torch.equal(made, expected)
    assert report.kept_tokens == kept
