"""Aero-1-Audio: weights under other names than the class that reads them, and a chat form of its own."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from amarathon.audio import SAMPLE_RATE
from amarathon.errors import ModelError
from amarathon.models import load_model
from amarathon.models.checkpoint import parameter_hash
from amarathon.tasks import free_question
from tests.compression.tiny import QUESTIONS, noise
from tests.models.families.published import published
from tests.models.families.tiny import CHUNK_S, tiny

# processing_aero.py of lmms-engine, in its own words but for the line breaks.
TEMPLATE = (
    "{% for message in messages %}"
    "{% if loop.first and message['role'] != 'system' %}"
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}"
    "<|im_start|>{{ message['role'] }}\n"
    "{% for content in message['content'] %}"
    "{% if content['type'] == 'audio' %}<|AUDIO|>\n{% else %}{{ content['text'] }}{% endif %}"
    "{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.fixture
def folder(tmp_path):
    published(tiny("aero"), tmp_path)
    return tmp_path


def test_the_published_names_are_those_of_its_own_class(folder):
    names = set(load_file(folder / "model.safetensors"))
    assert {name.split(".")[0] for name in names} == {
        "audio_tower",
        "audio_modal_projector",
        "language_model",
    }
    assert {"language_model.model.embed_tokens.weight", "language_model.lm_head.weight"} < names


def test_a_published_folder_is_the_qwen2_audio_with_its_weights(folder):
    lm, read = tiny("qwen2_audio"), load_model(str(folder), device="cpu")
    assert read.identity.adapter == "aero"
    assert parameter_hash(read.model) == parameter_hash(lm.model)
    prompt = read.prompt(noise(3.2), free_question("Who?"))
    inputs = read.forward_inputs(prompt)
    with torch.inference_mode():
        assert torch.equal(read.model(**inputs).logits, lm.model(**inputs).logits)


def test_a_head_that_is_the_embeddings_own_is_not_missing(folder):
    """As in Qwen2.5-1.5B: its language model says so, the whole's configuration does not."""
    weights = load_file(folder / "model.safetensors")
    weights.pop("language_model.lm_head.weight")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks 1 of .*lm_head\.weight"):
        load_model(str(folder), device="cpu")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["text_config"]["tie_word_embeddings"] = True
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    read = load_model(str(folder), device="cpu").model
    assert read.get_output_embeddings().weight is read.get_input_embeddings().weight


@pytest.mark.parametrize("missing", ["audio_config", "text_config", "audio_token_index"])
def test_a_configuration_with_gaps_is_one_sentence(folder, missing):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config.pop(missing)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match=f"could not be loaded: .*{missing}") as refused:
        load_model(str(folder), device="cpu")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("seconds", [0.5, 2.0, 3.2, 5.03])
@pytest.mark.parametrize("question", [0, 1])
def test_prompts_are_the_published_templates(seconds, question):
    lm, audio = tiny("aero"), noise(seconds)
    task, text, options = QUESTIONS[question]
    chat = task.free_messages(text, options)
    prompt = lm.prompt(audio, chat)
    size = CHUNK_S * SAMPLE_RATE
    pieces = [audio.samples[at : at + size] for at in range(0, len(audio.samples), size)]
    chat[1]["content"][:1] = [{"type": "audio"}] * len(pieces)
    written = lm.tokenizer.apply_chat_template(
        chat, chat_template=TEMPLATE, add_generation_prompt=True, tokenize=False
    )
    for frames in prompt.frames:
        written = written.replace("<|AUDIO|>", "<audio>" * lm.token_count(frames), 1)
    ids = lm.tokenizer(written.replace("<audio>", "<|AUDIO|>"), add_special_tokens=False)["input_ids"]
    assert prompt.input_ids[0].tolist() == ids


def test_a_reply_ends_with_its_turn():
    assert tiny("aero").tokenizer.convert_tokens_to_ids("<|im_end|>") in tiny("aero").stop_token_ids
