"""Whisper tiny.en as it was fetched: plain transformers loads it, and it writes down a real recording."""

import json
from dataclasses import replace

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


@pytest.fixture(scope="module", autouse=True)
def weights() -> None:
    """These tests say so where there are no weights: unseen, they would look as if they had passed."""
    if not FETCHED["whisper"].is_fetched:
        pytest.fail(
            "Whisper tiny.en is not on this machine: run `make setup`, or `amarathon models fetch whisper`."
        )


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


def test_transcripts_written_together_are_those_written_alone(recording) -> None:
    """A window and a half, one configuration of each kind; reply, kept places and number of tokens."""
    audio = replace(recording[0], samples=recording[0].samples[: 40 * SAMPLE_RATE])
    names, lm = ["vanilla", "frame@0.6", "fastv@0.6", "snapkv@0.5"], load_model("whisper", device="cpu")

    def outcomes(asked: list[str], *, shared: bool) -> dict[str, tuple]:
        events = sweep(
            lm, audio, TASKS["ASR"].free_messages("", []), asked, max_new_tokens=500, shared=shared
        )
        return {
            event.configuration: (event.reply, event.new_tokens, event.kept_spans, event.kept_map)
            for event in events
            if isinstance(event, Outcome)
        }

    together = outcomes(names, shared=True)
    assert set(together) == set(names)
    for name in names[1:]:
        assert outcomes([name], shared=False)[name] == together[name]
    transcriber = pipeline(
        "automatic-speech-recognition",
        model=lm.model,
        tokenizer=lm.tokenizer,
        feature_extractor=lm.feature_extractor,
    )
    heard = {"raw": audio.samples, "sampling_rate": SAMPLE_RATE}
    rules = {name: value for name, value in RULES.items() if name != "return_timestamps"}
    # By itself the pipeline asks for five beams, whose words may be others.
    said = transcriber(heard, return_timestamps=True, generate_kwargs={**rules, "num_beams": 1})["text"]
    assert said.split() == together["vanilla"][0].split()


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
