"""Granite Speech: features as torchaudio makes them, both chat forms, and the adapter that 3.3 has."""

import math
from copy import deepcopy

import numpy as np
import pytest
import torch
import transformers
from packaging.version import Version
from peft import LoraConfig, get_peft_model

from amarathon.errors import ModelError
from amarathon.models import load_model, open_model
from amarathon.models.granite_speech import ADAPTER_NEEDS, LogMel
from amarathon.tasks import free_question
from tests.compression.tiny import noise
from tests.models.families.tiny import tiny

GRANITE_4 = (
    "{% for message in messages %}{% if message['role'] == 'user' %}"
    "USER: {{ message['content'] }}\n ASSISTANT:"
    "{% elif message['role'] == 'assistant' %}{{ message['content'] }}{% endif %}{% endfor %}"
)


def test_features_are_those_of_the_classs_own_extractor():
    """Figures that GraniteSpeechFeatureExtractor computed with torchaudio 2.11 of the same noise."""
    made = LogMel()(noise(2.0).samples, device="cpu")[0]
    assert made.shape == (100, 160)
    figures = [made[0, 0], made[0, 159], made[50, 3], made[99, 80], made.mean(), made.std()]
    expected = [0.78401, 1.19545, 1.21161, 1.28104, 1.29499, 0.18076]
    assert [float(figure) for figure in figures] == pytest.approx(expected, abs=2e-5)


def test_its_settings_are_the_checkpoints_own(tmp_path):
    LogMel({"n_mels": 16, "hop_length": 80}).save_pretrained(tmp_path)
    read = LogMel.from_pretrained(tmp_path)
    assert read.melspec_kwargs == {
        "sample_rate": 16000,
        "n_fft": 512,
        "win_length": 400,
        "hop_length": 80,
        "n_mels": 16,
    }


@pytest.mark.parametrize("samples", [257, 4_800, 4_801, 16_000, 80_480])
def test_a_window_of_15_states_becomes_three_tokens(samples):
    """As the class's own extractor counts: two frames a state, and a window that is begun is whole."""
    states = (samples // 160 + 1) // 2
    lm = tiny("granite_speech")
    prompt = lm.prompt(noise(samples / 16_000), free_question("Who?"))
    assert prompt.features.shape[1] == states
    assert len(prompt.audio_positions) == math.ceil(states / 15) * 3
    (made,) = lm.encode_parts(prompt)
    assert made[1].shape == (len(prompt.audio_positions), 32)


def test_too_short_a_recording_is_refused():
    with pytest.raises(ModelError, match="too short for tiny"):
        tiny("granite_speech").prompt(noise(256 / 16_000), free_question("Who?"))


@pytest.mark.parametrize("form", ["3.3", "4.0"])
def test_both_chat_forms_hold_the_system_text(form, monkeypatch):
    lm = tiny("granite_speech")
    if form == "4.0":
        monkeypatch.setattr(lm.tokenizer, "chat_template", GRANITE_4)
    prompt = lm.prompt(noise(0.5), free_question("Who?"))
    audio = "<|audio|>" * len(prompt.audio_positions)
    text = lm.tokenizer.decode(prompt.input_ids[0])
    system = "You are a helpful assistant"
    if form == "3.3":
        assert text.startswith(f"<|start_of_role|>system<|end_of_role|>{system}")
        assert f"<|start_of_role|>user<|end_of_role|>{audio}Who?<|end_of_text|>" in text
        assert text.endswith("<|start_of_role|>assistant<|end_of_role|>")
    else:
        assert text.startswith(f"USER: {system}")
        assert text.endswith(f"\n\n{audio}Who?\n ASSISTANT:")


@pytest.fixture
def adapted(tmp_path):
    """A folder with an adapter in it, as 3.3 is published, and the model that it means."""
    lm = tiny("granite_speech")
    for part in (lm.model, lm.tokenizer, lm.feature_extractor):
        part.save_pretrained(tmp_path)
    lora = LoraConfig(
        r=2, lora_alpha=4, target_modules=r".*layers.\d+.self_attn.(q|v)_proj", init_lora_weights=False
    )
    model = get_peft_model(deepcopy(lm.model), lora)
    model.save_pretrained(tmp_path)
    return tmp_path, model


def test_the_speech_adapter_is_merged_into_the_weights(adapted):
    folder, model = adapted
    if Version(transformers.__version__) < Version(ADAPTER_NEEDS):
        with pytest.raises(ModelError, match=r"speech adapter of Granite Speech needs transformers 5\.23"):
            load_model(str(folder), device="cpu")
        return
    read = load_model(str(folder), device="cpu")
    lm = tiny("granite_speech")
    inputs = lm.forward_inputs(lm.prompt(noise(2.0), free_question("Who?")))
    with torch.no_grad():
        expected, plain, got = (each(**inputs).logits for each in (model, lm.model, read.model))
    assert (expected - plain).abs().max() > 0.1
    torch.testing.assert_close(got, expected, rtol=1e-3, atol=1e-3)
    # The class switches an adapter off where it gets embeddings; there is none left to switch.
    prompt = read.prompt(noise(2.0), free_question("Who?"))
    rows = torch.cat([part for _, part in read.encode_parts(prompt)])
    tokens = read.model.generate(
        inputs_embeds=read.embed(prompt, rows),
        max_new_tokens=1,
        output_logits=True,
        return_dict_in_generate=True,
    )
    np.testing.assert_allclose(tokens.logits[0][0].numpy(), expected[0, -1].numpy(), rtol=1e-3, atol=1e-3)


def test_peft_is_asked_for_by_name(adapted, monkeypatch):
    monkeypatch.setattr(open_model, "find_spec", lambda _module: None)
    with pytest.raises(ModelError, match="The speech adapter of Granite Speech needs peft"):
        load_model(str(adapted[0]), device="cpu")
