"""A stand-in that hears the whole recording, and such as do not."""

import io

import numpy as np
import pytest
import soundfile

pytest.importorskip("openai")

from amarathon.doctor.service import QUESTIONS, examine_service
from tests.models.remote.asking import KEY, model_at
from tests.models.remote.replies import chat, failure
from tests.models.remote.standin import stand_in


@pytest.fixture
def it(monkeypatch):
    monkeypatch.setenv("AMARATHON_API_KEY", KEY)
    with stand_in(reply=lambda seen: heard(seen, None)) as made:
        made.audio_tokens = 100
        yield made


def heard(seen, window_s):
    """A listener's answer: is there anything but quiet noise at the end of what it hears?"""
    samples, rate = soundfile.read(io.BytesIO(seen.sounds[0][0]))
    within = samples if window_s is None else samples[: int(window_s * rate)]
    return "Goodbye." if np.abs(within[-rate:]).max() > 0.1 else "Nothing."


def verdicts(it, **options):
    return {finding.check: finding.verdict for finding in examine_service(model_at("served", it, **options))}


def growing(it, seconds=None):
    """Tokens as many as it hears."""

    def reply(seen):
        samples, rate = soundfile.read(io.BytesIO(seen.sounds[0][0]))
        it.audio_tokens = int(25 * min(len(samples) / rate, seconds or 1e9))
        return heard(seen, seconds)

    it.reply = reply


def test_a_model_that_hears_everything_passes(it):
    growing(it)
    found = verdicts(it)
    assert set(found.values()) == {"passed"}
    assert len(found) == 8
    assert len(it.seen) == QUESTIONS


def test_a_model_that_hears_the_first_half_minute_is_found_out(it):
    """As Qwen2-Audio behind a server that cuts without a word."""
    growing(it, seconds=30.0)
    failed = {check for check, verdict in verdicts(it).items() if verdict == "failed"}
    assert failed == {"hears a word at the end of 300 s", "reads all of it"}


def test_a_model_that_guesses_is_found_out(it):
    growing(it)
    it.reply = "Goodbye"
    found = verdicts(it)
    assert found["says nothing of 300 s without a word"] == "failed"


def test_thoughts_that_leave_no_room_are_found_out(it):
    it.faults = [(200, (), chat("", "Qwen2.5-Omni-7B", "length"))]
    assert verdicts(it)["a short answer"] == "failed"


def test_a_model_that_takes_less_is_asked_about_less(it):
    growing(it)
    assert "hears a word at the end of 60 s" in verdicts(it, max_audio_s=60.0)


def test_a_server_that_turns_a_question_down_fails(it):
    it.faults = [failure(413, message="too large")]
    found = verdicts(it)
    assert found["questions"] == "failed"
