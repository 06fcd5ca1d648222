"""What goes out: the very samples and the very text that models on this machine get."""

import io

import pytest
import soundfile

pytest.importorskip("openai")
pytest.importorskip("google.genai")

from amarathon.audio.types import to_pcm16
from amarathon.models.remote.wires.gemini import thinking_of
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Option
from tests.models.remote.asking import AUDIO, MESSAGES, MODELS, ask, model_at

KINDS = sorted(MODELS)


def texts_of(body):
    """The system's text and the user's, in the order in which their parts stand."""
    if "messages" in body:
        system, user = body["messages"]
        return system["content"], [part.get("text", "audio") for part in user["content"]]
    parts = body["contents"][0]["parts"]
    return body["systemInstruction"]["parts"][0]["text"], [part.get("text", "audio") for part in parts]


@pytest.mark.parametrize("kind", KINDS)
def test_the_very_samples_arrive(kind, it):
    ask(model_at(kind, it))
    [(data, form)] = it.seen[0].sounds
    assert form == {"gemini": "audio/flac", "mistral": "plain"}.get(kind, "wav")
    heard, rate = soundfile.read(io.BytesIO(data), dtype="int16")
    assert rate == 16_000
    assert heard.tobytes() == to_pcm16(AUDIO.samples).tobytes()


@pytest.mark.parametrize("code", TASKS)
@pytest.mark.parametrize("kind", ["openai", "gemini"])
def test_every_tasks_text_is_the_one_of_local_models(kind, code, it):
    task = TASKS[code]
    options = [Option(letter, letter).text for letter in ("one", "two")] if task.prompt.option else []
    messages = task.free_messages("Which “ä”?", options)
    model_at(kind, it).respond(AUDIO, messages, max_new_tokens=8)
    system, user = texts_of(it.seen[0].body)
    assert system == messages[0]["content"][0]["text"]
    assert user == ["audio", messages[1]["content"][1]["text"]]


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("openai", {"temperature": 0, "seed": 0, "max_completion_tokens": 16, "modalities": ["text"]}),
        ("azure", {"temperature": 0, "seed": 0, "max_completion_tokens": 16, "modalities": ["text"]}),
        ("mistral", {"temperature": 0, "random_seed": 0, "max_tokens": 16}),
        ("served", {"temperature": 0, "seed": 0, "max_tokens": 16, "repetition_penalty": 1, "top_k": -1}),
    ],
)
def test_what_is_sent_beside_the_messages(kind, sent, it):
    model = model_at(kind, it)
    ask(model)
    body = it.seen[0].body
    assert {name: value for name, value in body.items() if name not in ("messages", "model")} == sent
    assert body["model"] == MODELS[kind]
    bound = {"max_completion_tokens", "max_tokens"}
    assert set(model.found.sent) == set(sent)
    assert {name: value for name, value in model.found.sent.items() if name in bound} == {
        name: "the task's bound" for name in sent if name in bound
    }


def test_a_server_that_is_not_vllm_gets_none_of_its_parameters(it):
    it.owner = "llamacpp"
    ask(model_at("served", it))
    assert "top_k" not in it.seen[0].body


@pytest.mark.parametrize(
    ("model", "thinking", "room"),
    [
        ("gemini-2.5-flash-lite", {"thinking_budget": 0}, 0),
        ("gemini-2.5-pro", {"thinking_budget": 128}, 128),
        ("gemini-3.8-flash", {"thinking_level": "minimal"}, 1024),
        ("gemini-3.1-pro", {"thinking_level": "low"}, 1024),
        ("gemma-4", {}, 0),
    ],
)
def test_how_little_each_gemini_may_think(model, thinking, room):
    assert thinking_of(model) == (thinking, room)


def test_gemini_2_is_greedy_and_gemini_3_is_as_it_is(it):
    ask(model_at("gemini", it))
    second = it.seen[0].body["generationConfig"]
    assert (second["temperature"], second["maxOutputTokens"]) == (0, 16)
    model = model_at("gemini", it, "gemini-3.8-flash", thinking_tokens=500)
    it.served = "gemini-3.8-flash"
    ask(model)
    third = it.seen[1].body["generationConfig"]
    assert "temperature" not in third
    assert third["maxOutputTokens"] == 516
    assert model.found.sent["sampling"] == "service default"
    categories = {each["threshold"] for each in it.seen[1].body["safetySettings"]}
    assert categories == {"OFF"}


def test_a_recording_above_the_inline_bound_is_uploaded_and_deleted(it, monkeypatch):
    monkeypatch.setattr("amarathon.models.remote.wires.gemini.GeminiWire.inline_bytes", 1000)
    ask(model_at("gemini", it))
    [(data, form)] = it.seen[0].sounds
    heard, _ = soundfile.read(io.BytesIO(data), dtype="int16")
    assert heard.tobytes() == to_pcm16(AUDIO.samples).tobytes()
    assert form == "audio/flac"
    assert it.deleted == ["/v1/files/f0"]


def test_messages_are_left_as_they_were(it):
    before = str(MESSAGES)
    ask(model_at("openai", it))
    assert str(MESSAGES) == before
