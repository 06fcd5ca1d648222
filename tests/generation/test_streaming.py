"""Replies are shown as they are written, work is broken off between layers, letters have probabilities."""

import itertools

import pytest
import torch

from amarathon.generation import intervals
from amarathon.generation.decoding import GreedyDecoder
from amarathon.generation.intervals import Intervals
from amarathon.generation.outcome import InterruptError, Outcome, Progress
from amarathon.generation.sweep import sweep
from amarathon.generation.window_texts import WindowTexts
from amarathon.tasks import TASKS
from tests.compression.tiny import noise, tiny_thinker
from tests.models.whisper.tiny import tiny_whisper

MESSAGES = TASKS["SCR"].free_messages("Why?", ["a", "b"])
SPEECH = TASKS["ASR"].free_messages("", [])


def model_of(name):
    return tiny_whisper() if name == "whisper" else tiny_thinker()


@pytest.fixture
def every_token(monkeypatch):
    monkeypatch.setattr(intervals, "EVERY_S", 0.0)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    ("name", "messages"), [("qwen2_5_omni_thinker", MESSAGES), ("whisper", SPEECH)], ids=["prompt", "windows"]
)
def test_a_reply_grows_to_the_whole(name, messages, shared, every_token):
    lm = model_of(name)
    events = list(sweep(lm, noise(2.0), messages, ["vanilla"], max_new_tokens=9, shared=shared))
    texts = [event for event in events if isinstance(event, Progress) and event.stage == "decode"]
    outcome = events[-1]
    assert isinstance(outcome, Outcome)
    assert texts
    assert [event.tokens for event in texts] == sorted(event.tokens for event in texts)
    for event in texts:
        assert outcome.reply.startswith(event.text) or outcome.new_tokens == 9


def test_texts_come_at_intervals_and_at_once_the_first_time():
    times = iter([0.0, 0.05, 0.11, 0.2, 0.22])
    watch = Intervals(lambda: next(times))
    assert [watch.passed() for _ in range(5)] == [True, False, True, False, True]


class Words:
    """A stand-in for Whisper: tokens below 100 are words, 200 + n the stamp n."""

    def __init__(self):
        config = type("Config", (), {"no_timestamps_token_id": 199})
        self.model = type("Model", (), {"generation_config": config})

    def text(self, tokens):
        return " ".join(str(token) for token in tokens if token < 100)


def test_what_is_heard_again_is_shown_once():
    starts = iter([0, 0, 0, 1000, 1000])
    texts = WindowTexts(Words(), lambda: next(starts))
    assert texts.with_window([200, 1]) == "1"
    assert texts.with_window([200, 9]) == "9"  # a second attempt at the window
    # The next window begins at the stamp 10 s: what was heard behind it is heard again.
    assert texts.with_window([200, 1, 700, 700, 2]) == "1 2"
    assert texts.with_window([200, 2]) == "1 2"
    assert texts.with_window([200, 2, 3]) == "1 2 3"


@pytest.mark.parametrize("after", [0, 1, 3, 7, 20])
@pytest.mark.parametrize(
    ("name", "messages"), [("qwen2_5_omni_thinker", MESSAGES), ("whisper", SPEECH)], ids=["prompt", "windows"]
)
def test_work_is_broken_off_between_layers_and_the_model_is_as_before(name, messages, after):
    lm = model_of(name)
    hooks = [len(module._forward_pre_hooks) for module in lm.model.modules()]
    asked = itertools.count()
    with pytest.raises(InterruptError):
        for _ in sweep(
            lm,
            noise(2.0),
            messages,
            ["vanilla", "frame@0.5"],
            max_new_tokens=40,
            interrupted=lambda: next(asked) >= after,
        ):
            pass
    assert next(asked) == after + 1
    assert hooks == [len(module._forward_pre_hooks) for module in lm.model.modules()]
    outcomes = [
        e for e in sweep(lm, noise(2.0), messages, ["vanilla"], max_new_tokens=2) if isinstance(e, Outcome)
    ]
    assert outcomes[0].error is None


def test_letters_have_the_probabilities_of_the_first_token():
    lm = model_of("qwen2_5_omni_thinker")
    events = sweep(lm, noise(2.0), MESSAGES, ["vanilla", "frame@0.5"], letters="AB")
    outcomes = [event for event in events if isinstance(event, Outcome)]
    tokens = lm.letter_tokens("AB")
    assert len(tokens) == 2
    for outcome in outcomes:
        assert len(outcome.option_probabilities) == 2
        assert 0 < sum(outcome.option_probabilities) < 1
    prompt = lm.prompt(noise(2.0), MESSAGES)
    with torch.inference_mode():
        logits = lm.model(**lm.forward_inputs(prompt)).logits[0, -1]
    expected = logits.float().softmax(-1)[list(tokens)]
    assert outcomes[0].option_probabilities == pytest.approx(expected.tolist(), rel=1e-3)


def test_letters_of_several_tokens_have_none(monkeypatch):
    lm = model_of("qwen2_5_omni_thinker")
    assert lm.letter_tokens("A\N{PILE OF POO}") == ()
    assert GreedyDecoder.__dataclass_fields__["options"].default == ()
