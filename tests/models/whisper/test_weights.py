"""Whisper tiny.en as it was fetched: plain transformers loads it, and it writes down a real recording."""

import json

import pytest
from transformers import pipeline

from amarathon import compress, load_model
from amarathon.audio import SAMPLE_RATE, Audio, load_audio
from amarathon.datasets import load_dataset
from amarathon.datasets.bundled import EXAMPLES
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.metrics import score
from amarathon.models.fetched import FETCHED, tensors_sha256
from amarathon.models.whisper import RULES
from amarathon.tasks import TASKS


@pytest.fixture(scope="module")
def recording() -> tuple[Audio, str]:
    """A bundled recording, several windows long, and what is said in it."""
    (sample,) = [sample for sample in load_dataset(EXAMPLES, ["ASR"]).samples if "voicemail" in sample.id]
    return load_audio(sample.audio.path), sample.reference


def accuracy(reply: str, reference: str) -> float:
    return score("ASR", [{"reply": reply, "reference": reference}])["war"]


def test_plain_transformers_writes_down_a_recording(recording) -> None:
    from safetensors.torch import load_file

    audio, reference = recording
    folder = FETCHED["whisper"].folder
    assert tensors_sha256(load_file(folder / "model.safetensors")) == FETCHED["whisper"].tensors_sha256
    assert json.loads((folder / "source.json").read_text())["licence"] == "MIT"
    transcriber = pipeline("automatic-speech-recognition", str(folder))
    raw_audio = {"raw": audio.samples, "sampling_rate": SAMPLE_RATE}
    rules = {name: value for name, value in RULES.items() if name != "return_timestamps"}
    with compress(transcriber, "frame@0.3") as report:
        pruned = transcriber(
            dict(raw_audio), return_timestamps=True, generate_kwargs={**rules, "num_beams": 1}
        )["text"]
    assert report.kept_tokens / report.audio_tokens == pytest.approx(0.7, abs=0.01)
    assert accuracy(pruned, reference) > 90


def test_the_products_own_path_does(recording) -> None:
    audio, reference = recording
    events = sweep(
        load_model("whisper", device="cpu"),
        audio,
        TASKS["ASR"].free_messages("", []),
        ["vanilla", "frame@0.6"],
        max_new_tokens=2000,
        shared=True,
    )
    outcomes = [event for event in events if isinstance(event, Outcome)]
    assert all(accuracy(outcome.reply, reference) > 90 for outcome in outcomes)
