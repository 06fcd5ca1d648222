"""Windows whose text fails Whisper's own checks are named, those that pass are not."""

import pytest

from amarathon.audio import SAMPLE_RATE, load_audio
from amarathon.datasets import load_dataset
from amarathon.datasets.bundled import EXAMPLES
from amarathon.generation.outcome import Outcome, unsure_sentence
from amarathon.generation.sweep import sweep
from amarathon.generation.unsure_windows import checked_windows, unsure_spans
from amarathon.models import load_model
from amarathon.models.fetched import FETCHED
from amarathon.tasks import TASKS
from tests.audio.makers import write_with_soundfile
from tests.models.whisper.tiny import WINDOW_S, tiny_whisper

QUESTION = TASKS["ASR"].free_messages("", [])


@pytest.mark.parametrize(
    ("failed", "duration_s", "spans"),
    [
        ({}, 5.0, ()),
        ({0: False, 150: False}, 3.0, ()),
        ({0: True}, 1.2, ((0.0, 1.2),)),
        ({0: True, 150: False}, 3.0, ((0.0, 1.5),)),
        ({0: False, 150: True}, 3.0, ((1.5, 3.0),)),
        ({150: True, 0: True}, 3.0, ((0.0, 3.0),)),
        ({0: True, 200: False, 400: True}, 5.0, ((0.0, 2.0), (4.0, 5.0))),
        ({0: True, 300: True}, 5.0, ((0.0, float(WINDOW_S)), (3.0, 5.0))),  # a silent stretch was skipped
        ({0: False, 300: True}, 3.0, ()),
    ],
)
def test_a_failed_window_stands_for_its_seconds(failed, duration_s, spans):
    assert unsure_spans(failed, tiny_whisper(), duration_s) == spans


def test_the_last_attempt_counts():
    lm = tiny_whisper()
    verdicts = iter([(True, False), (False, False), (True, False), (True, False), (False, True)])
    lm.model._need_fallback = lambda *_: next(verdicts)
    starts = iter([0, 0, 100, 100, 200])
    with checked_windows(lm.model, lambda: next(starts)) as failed:
        for _ in range(5):
            lm.model._need_fallback(None)
    assert failed == {0: False, 100: True, 200: False}


def test_speech_is_sure_and_speech_played_backwards_is_not(tmp_path):
    if not FETCHED["whisper"].is_fetched:
        raise AssertionError("Whisper tiny.en is not on this machine: run `amarathon models fetch`.")
    sample = next(sample for sample in load_dataset(EXAMPLES).samples if sample.id.endswith("voicemail"))
    speech = load_audio(sample.audio.path).samples[: 12 * SAMPLE_RATE]
    whisper, found = load_model("whisper"), {}
    for name, samples in (("speech", speech), ("backwards", speech[::-1])):
        path = write_with_soundfile(tmp_path / f"{name}.wav", samples[:, None], SAMPLE_RATE, "WAV", "PCM_16")
        events = sweep(whisper, load_audio(path), QUESTION, ["vanilla"], shared=True)
        found[name] = next(event for event in events if isinstance(event, Outcome))
    assert found["speech"].unsure_spans == ()
    assert unsure_sentence(found["speech"]) == ""
    assert found["backwards"].unsure_spans
    assert "said by nobody" in unsure_sentence(found["backwards"])
