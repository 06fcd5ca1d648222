import json

import pytest

from amarathon.errors import ServiceError
from tests.models.remote.asking import AUDIO, KEY, MESSAGES, ask, model_at, recording

pytest.importorskip("openai")
pytest.importorskip("google.genai")


@pytest.mark.parametrize("kind", ["openai", "gemini", "served"])
def test_what_was_recorded_is_played_back_and_nobody_is_asked(kind, it, tmp_path, monkeypatch):
    model = model_at(kind, it, record=tmp_path / "tape")
    said = ask(model)
    asked = len(it.seen), len(it.looked_up)
    for name in ("OPENAI_API_KEY", "GEMINI_API_KEY", "AMARATHON_API_KEY"):
        monkeypatch.delenv(name)
    played = model_at(kind, it, replay=tmp_path / "tape")
    assert ask(played) == said
    assert played.identity == model.identity
    assert (len(it.seen), len(it.looked_up)) == asked


def test_a_tape_holds_no_key_no_address_and_no_sound(it, tmp_path):
    ask(model_at("openai", it, record=tmp_path / "tape"))
    text = "".join(path.read_text() for path in (tmp_path / "tape").iterdir())
    assert KEY not in text
    assert it.url not in text
    assert len(text) < 5000
    assert AUDIO.pcm_sha256 in text


@pytest.mark.parametrize("what", ["text", "sound", "bound", "model"])
def test_another_question_is_a_miss(what, it, tmp_path):
    tape = tmp_path / "tape"
    ask(model_at("openai", it, record=tape))
    model_at("openai", it, "gpt-audio", record=tape)
    played = model_at("openai", it, "gpt-audio" if what == "model" else None, replay=tape)
    messages = json.loads(json.dumps(MESSAGES).replace("rain", "hail")) if what == "text" else MESSAGES
    audio = recording(seed=2) if what == "sound" else AUDIO
    with pytest.raises(ServiceError, match="has no reply"):
        played.respond(audio, messages, max_new_tokens=17 if what == "bound" else 16)


def test_a_damaged_tape_is_one_sentence(it, tmp_path):
    tape = tmp_path / "tape"
    ask(model_at("openai", it, record=tape))
    played = model_at("openai", it, replay=tape)
    for path in tape.iterdir():
        path.write_text("{")
    with pytest.raises(ServiceError, match="cannot be read"):
        ask(played)
