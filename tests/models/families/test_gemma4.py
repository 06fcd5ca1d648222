"""Gemma 4's prompts, features and checkpoints, with an encoder and without one."""

import json
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import Gemma4Processor, Gemma4UnifiedProcessor

from amarathon.audio import SAMPLE_RATE
from amarathon.errors import ModelError
from amarathon.models import load_model
from amarathon.models.checkpoint import parameter_hash
from amarathon.tasks import free_question
from tests.compression.tiny import QUESTIONS, noise
from tests.models.families.published import published
from tests.models.families.tiny import tiny

both = pytest.mark.parametrize("family", ["gemma4", "gemma4_unified"])
PROCESSORS = {"gemma4": Gemma4Processor, "gemma4_unified": Gemma4UnifiedProcessor}
MARKS = SimpleNamespace(boa_token="<|audio>", audio_token="<|audio|>", eoa_token="<audio|>")


def pieces(lm, audio):
    cut = [audio.samples[at : at + lm.piece] for at in range(0, len(audio.samples), lm.piece)]
    return [piece for piece in cut if len(piece) >= lm.shortest]


@both
@pytest.mark.parametrize("seconds", [0.5, 2.0, 2.005, 3.217, 5.03])
@pytest.mark.parametrize("question", [0, 1])
def test_prompts_and_features_equal_the_processors(family, seconds, question):
    """The processor itself wants an image processor: its template, its tokens for a feature mask."""
    lm, audio = tiny(family), noise(seconds)
    task, text, options = QUESTIONS[question]
    prompt = lm.prompt(audio, task.free_messages(text, options))
    made = lm.feature_extractor(pieces(lm, audio), return_tensors="pt")
    assert torch.equal(prompt.features, made["input_features"])
    mask = lm.forward_inputs(prompt)["input_features_mask"]
    assert torch.equal(mask, made["input_features_mask"].bool())
    chat = task.free_messages(text, options)
    chat[1]["content"][:1] = [{"type": "audio"}] * len(mask)
    written = lm.tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
    spans = [PROCESSORS[family].replace_audio_token(MARKS, made, index) for index in range(len(mask))]
    before, *between = written.split("<|audio|>")
    whole = before + "".join(span + text for span, text in zip(spans, between, strict=True))
    assert prompt.input_ids[0].tolist() == lm.tokenizer(whole, add_special_tokens=False)["input_ids"]
    assert len(prompt.audio_positions) == whole.count("<|audio|>")


@both
def test_a_published_piece_is_30_s_and_750_tokens(family):
    kind = type(tiny(family))
    assert kind.piece == 30 * SAMPLE_RATE
    made = tiny(family).feature_extractor([noise(30.0).samples], return_tensors="pt")
    assert tiny(family).token_count(int(made["input_features_mask"].sum())) == 750
    assert kind.family.start_s(750) == 30.0


@both
def test_too_short_a_recording_is_refused(family):
    lm = tiny(family)
    shortest = noise(lm.shortest / SAMPLE_RATE)
    assert len(lm.prompt(shortest, free_question("Who?")).audio_positions) == 1
    if lm.shortest > 1:
        with pytest.raises(ModelError, match="too short for tiny"):
            lm.prompt(noise((lm.shortest - 1) / SAMPLE_RATE), free_question("Who?"))


@both
def test_a_question_about_pictures_is_padding_to_the_language_model(family):
    """The class replaces what stands for pictures, in the embeddings and in the layers' own."""
    lm = tiny(family)
    prompt = lm.prompt(noise(1.0), free_question("What is <|image|>?"))
    rows = torch.cat([part for _, part in lm.encode_parts(prompt)])
    with torch.inference_mode():
        logits = lm.model(
            inputs_embeds=lm.embed(prompt, rows), **lm.extra_forward_inputs(prompt.input_ids)
        ).logits
        torch.testing.assert_close(logits, lm.model(**lm.forward_inputs(prompt)).logits, rtol=1e-4, atol=1e-4)


@both
def test_a_checkpoint_is_loaded_without_its_image_tower(family, tmp_path):
    lm = tiny(family)
    published(lm, tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    weights["model.vision_tower.patch_embedder.input_proj.weight"] = torch.zeros(4, 4)
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    config["vision_config"] = {"model_type": f"{family}_vision"}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    read = load_model(str(tmp_path), device="cpu")
    assert read.identity.adapter == family
    assert parameter_hash(read.model) == parameter_hash(lm.model)
    assert read.tokenizer.chat_template == lm.tokenizer.chat_template


@both
def test_a_size_that_hears_nothing_is_refused_in_a_sentence(family, tmp_path):
    published(tiny(family), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    config["audio_config"] = None
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match=r"has no audio_config, so this Gemma 4.* hears nothing"):
        load_model(str(tmp_path), device="cpu")


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (None, "has no chat template"),
        ("{{ raise_exception('one turn\\nalone') }}", "cannot lay this chat out: one turn$"),
        ("{{ messages.nothing.at_all }}", "cannot lay this chat out"),
    ],
)
def test_a_template_that_does_not_serve_is_one_sentence(template, says, monkeypatch):
    lm = tiny("gemma4")
    monkeypatch.setattr(lm.tokenizer, "chat_template", template)
    with pytest.raises(ModelError, match=says):
        lm.prompt(noise(1.0), free_question("Who?"))
