"""Gemma 3n's prompts, features and checkpoints; on the transformers that runs it."""

import json

import pytest
import torch
from safetensors.torch import save_file

from amarathon.models import load_model
from amarathon.models.checkpoint import parameter_hash
from amarathon.tasks import free_question
from tests.compression.tiny import noise
from tests.models.families.tiny import tiny

# As its processor fills in for each audio, 188 tokens whatever its length.
ONE_AUDIO = f"\n\n<start_of_audio>{'<audio_soft_token>' * 188}<end_of_audio>\n\n"


@pytest.mark.parametrize(("seconds", "audios"), [(0.5, 1), (30.0, 1), (30.01, 1), (30.2, 2), (61.0, 3)])
def test_a_recording_is_laid_out_as_audios_of_30_s(seconds, audios):
    lm = tiny("gemma3n")
    prompt = lm.prompt(noise(seconds), free_question("Who?"))
    text = lm.tokenizer.decode(prompt.input_ids[0])
    assert text.startswith("<bos><start_of_turn>user\nYou are a helpful assistant")
    assert text.endswith(f"\n\n{ONE_AUDIO * audios}Who?<end_of_turn>\n<start_of_turn>model\n")
    assert len(prompt.audio_positions) == 188 * audios


@pytest.mark.parametrize("seconds", [0.5, 3.217, 30.0, 47.7])
def test_features_equal_the_extractors_own(seconds):
    lm, audio = tiny("gemma3n"), noise(seconds)
    half = 30 * 16_000
    made = lm.feature_extractor(
        [audio.samples[at : at + half] for at in range(0, len(audio.samples), half)], return_tensors="pt"
    )
    prompt = lm.prompt(audio, free_question("Who?"))
    assert torch.equal(prompt.features, made["input_features"])
    mask = lm.forward_inputs(prompt)["input_features_mask"]
    assert torch.equal(mask, made["input_features_mask"].bool())


def test_tokens_say_which_160_ms_they_stand_for():
    family = tiny("gemma3n").family
    assert [family.start_s(token) for token in (0, 1, 187, 188, 189)] == pytest.approx(
        [0, 0.16, 29.92, 30, 30.16]
    )
    assert family.end_s(187) == 30


def test_a_checkpoint_is_loaded_without_its_image_tower(tmp_path):
    lm = tiny("gemma3n")
    lm.tokenizer.save_pretrained(tmp_path)
    lm.feature_extractor.save_pretrained(tmp_path)
    # The head is the embedding's own weight.
    weights = {name: weight for name, weight in lm.model.state_dict().items() if name != "lm_head.weight"}
    weights["model.vision_tower.timm_model.conv_stem.conv.weight"] = torch.zeros(4, 3, 3, 3)
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    config = lm.model.config.to_dict()
    config["vision_config"] = {
        "model_type": "gemma3n_vision",
        "architecture": "mobilenetv5_300m_enc",
        **{name: config["vision_config"][name] for name in ("hidden_size", "vocab_size", "vocab_offset")},
    }
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    read = load_model(str(tmp_path), device="cpu")
    assert read.identity.adapter == "gemma3n"
    assert read.model.model.vision_tower is None
    assert parameter_hash(read.model) == parameter_hash(lm.model)
