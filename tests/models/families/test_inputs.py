"""What each adapter builds and encodes, against the family's own processor and forward."""

import json
from copy import deepcopy
from functools import partial

import pytest
import torch
import transformers
from packaging.version import Version
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AudioFlamingo3Processor, Qwen2AudioProcessor, VoxtralProcessor
from transformers.models.qwen3_omni_moe.modeling_qwen3_omni_moe import _get_feat_extract_output_lengths

from amarathon.audio import SAMPLE_RATE
from amarathon.compression.hooks import decoder_layers, streams
from amarathon.errors import ModelError
from amarathon.models import load_model, open_model
from amarathon.models.checkpoint import parameter_hash
from amarathon.tasks import free_question
from tests.compression.tiny import QUESTIONS, noise
from tests.models.families.checks import check
from tests.models.families.tiny import CHUNK_S, TINY, build, phi4_multimodal, tiny

families = pytest.mark.parametrize("family", TINY)
LENGTHS = (0.5, 2.0, 3.2, 4.0003, 5.03)


def messages(question=1):
    task, text, options = QUESTIONS[question]
    return task.free_messages(text, options)


def pieces(audio, chunk_s=CHUNK_S):
    size = chunk_s * SAMPLE_RATE
    return [audio.samples[at : at + size] for at in range(0, len(audio.samples), size)]


def plain_embeddings(lm, inputs):
    """What the class's own forward puts into its first decoder layer, before Granite's scales it."""
    seen = []
    hook = decoder_layers(lm.model)[0].register_forward_pre_hook(
        lambda _m, args: seen.append(streams(args[0])[:1])
    )
    try:
        with torch.no_grad():
            lm.model(**inputs)
    finally:
        hook.remove()
    return seen[0] / getattr(lm.model.config.get_text_config(decoder=True), "embedding_multiplier", 1.0)


@families
@pytest.mark.parametrize("seconds", [0.7, 2.0, 10.37])
def test_embedded_prompts_equal_the_classs_own(family, seconds):
    lm = tiny(family)
    prompt = lm.prompt(noise(seconds), messages())
    parts = list(lm.encode_parts(prompt))
    assert parts[-1][0] == 1.0
    made = lm.embed(prompt, torch.cat([part for _, part in parts]))
    inputs = lm.forward_inputs(prompt)
    torch.testing.assert_close(made, plain_embeddings(lm, inputs), rtol=1e-4, atol=1e-4)
    with torch.inference_mode():
        logits = lm.model(inputs_embeds=made, **lm.extra_forward_inputs(prompt.input_ids)).logits
        torch.testing.assert_close(logits, lm.model(**inputs).logits, rtol=1e-3, atol=1e-3)


@families
def test_a_question_cannot_smuggle_in_audio_tokens(family):
    lm = tiny(family)
    token = lm.tokenizer.convert_ids_to_tokens(lm.family.audio_token_id(lm.model.config))
    with pytest.raises(ModelError, match="must not contain"):
        lm.prompt(noise(1.0), free_question(f"What is {token}?"))


@families
def test_too_long_a_recording_is_refused(family):
    with pytest.raises(ModelError, match="takes at most"):
        tiny(family).prompt(noise(tiny(family).max_audio_s + 0.1), messages())


@pytest.mark.parametrize("seconds", LENGTHS)
@pytest.mark.parametrize("question", [0, 1])
def test_qwen2_audio_equals_its_processor(seconds, question):
    lm, audio = tiny("qwen2_audio"), noise(seconds)
    processor = Qwen2AudioProcessor(feature_extractor=lm.feature_extractor, tokenizer=lm.tokenizer)
    long_enough = [piece for piece in pieces(audio) if len(piece) > 160]
    chat = messages(question)
    chat[1]["content"][:1] = [{"type": "audio"}] * len(long_enough)
    text = processor.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
    made = processor(text=text, audio=long_enough, sampling_rate=SAMPLE_RATE, return_tensors="pt")
    prompt = lm.prompt(audio, messages(question))
    assert torch.equal(prompt.input_ids, made["input_ids"])
    assert torch.equal(prompt.features, made["input_features"])
    assert list(prompt.frames) == made["feature_attention_mask"].sum(-1).tolist()


def test_qwen3_omni_counts_tokens_as_its_encoder_does():
    frames = torch.arange(1, 1000)
    expected = _get_feat_extract_output_lengths(frames)
    assert [type(tiny("qwen3_omni"))._token_count(count) for count in frames.tolist()] == expected.tolist()


@pytest.mark.parametrize("seconds", [0.3, 1.0, 3.217])
def test_qwen3_omni_equals_its_processors_settings(seconds):
    # The processor itself wants torchvision: its settings for audio, and its chat form by hand.
    lm, audio = tiny("qwen3_omni"), noise(seconds)
    made = lm.feature_extractor(
        [audio.samples], sampling_rate=SAMPLE_RATE, padding=True, truncation=False, return_tensors="pt"
    )
    prompt = lm.prompt(audio, messages())
    assert torch.equal(prompt.features, made["input_features"][0])
    text = lm.tokenizer.decode(prompt.input_ids[0])
    count = len(prompt.audio_positions)
    assert f"<|im_start|>user\n<|audio_start|>{'<|audio_pad|>' * count}<|audio_end|>" in text
    assert text.startswith("<|im_start|>system\n")
    assert text.endswith("<|im_end|>\n<|im_start|>assistant\n")


def test_the_qwen3_thinker_is_loaded_from_a_whole_checkpoint(tmp_path):
    lm = tiny("qwen3_omni")
    lm.tokenizer.save_pretrained(tmp_path)
    lm.feature_extractor.save_pretrained(tmp_path)
    weights = {f"thinker.{name}": weight for name, weight in lm.model.state_dict().items()}
    save_file({name: weight.contiguous() for name, weight in weights.items()}, tmp_path / "model.safetensors")
    whole = {"model_type": "qwen3_omni_moe", "thinker_config": lm.model.config.to_dict()}
    (tmp_path / "config.json").write_text(json.dumps(whole), encoding="utf-8")
    read = load_model(str(tmp_path), device="cpu")
    assert read.identity.adapter == "qwen3_omni"
    assert parameter_hash(read.model) == parameter_hash(lm.model)


@pytest.mark.parametrize("seconds", LENGTHS)
def test_audio_flamingo_3_equals_its_processor(seconds):
    lm, audio = tiny("audioflamingo3"), noise(seconds)
    processor = AudioFlamingo3Processor(feature_extractor=lm.feature_extractor, tokenizer=lm.tokenizer)
    prompt = lm.prompt(audio, messages())
    text = lm.tokenizer.decode(prompt.input_ids[0]).replace(
        "<sound>" * len(prompt.audio_positions), "<sound>"
    )
    assert "<|im_start|>user\n<sound>" in text
    # Until transformers 5.3 the processor has a piece's length of its own.
    length = {"chunk_length": CHUNK_S} if Version(transformers.__version__) < Version("5.3") else {}
    made = processor(text=[text], audio=[audio.samples], audio_kwargs=length)
    assert torch.equal(prompt.input_ids, made["input_ids"])
    long_enough = made["input_features_mask"].sum(-1) > 1
    assert torch.equal(prompt.features, made["input_features"][long_enough])
    assert list(prompt.frames) == made["input_features_mask"][long_enough].sum(-1).tolist()


@pytest.mark.parametrize("seconds", LENGTHS)
def test_voxtral_equals_its_processors_features(seconds):
    lm, audio = tiny("voxtral"), noise(seconds)
    processor = VoxtralProcessor(feature_extractor=lm.feature_extractor, tokenizer=lm.tokenizer)
    whole = CHUNK_S * SAMPLE_RATE
    made = processor._retrieve_input_features(
        [audio.samples],
        CHUNK_S * 100,
        sampling_rate=SAMPLE_RATE,
        padding=True,
        truncation=False,
        pad_to_multiple_of=whole,
        return_tensors="pt",
    )
    prompt = lm.prompt(audio, messages())
    assert torch.equal(prompt.features, made)
    assert len(prompt.audio_positions) == len(made) * CHUNK_S * 100 // 8


def test_voxtral_lays_a_chat_out_as_mistral_common_does():
    # mistral-common needs an older numpy than ours; the form is its InstructTokenizerV7's.
    lm = tiny("voxtral")
    ids = lm.prompt(noise(1.0), free_question("Who?")).input_ids[0]
    control = [token for token in lm.tokenizer.convert_ids_to_tokens(ids) if token[0] in "[<"]
    count = CHUNK_S * 100 // 8
    assert control == [
        "<s>",
        "[INST]",
        "[BEGIN_AUDIO]",
        *["[AUDIO]"] * count,
        "[/INST]",
    ]
    text = lm.tokenizer.decode(ids)
    assert "[INST]You are a helpful assistant" in text
    assert "\n\n[BEGIN_AUDIO][AUDIO]" in text
    assert text.endswith("[AUDIO]Who?[/INST]")


@pytest.mark.parametrize("seconds", [0.03, 0.5, 3.217, 45.03])
def test_phi_4_equals_its_feature_extractor_and_chat_form(seconds):
    # The processor itself wants torchvision: its feature extractor, and its chat form by hand.
    lm, audio = tiny("phi4_multimodal"), noise(seconds)
    made = lm.feature_extractor([audio.samples], sampling_rate=SAMPLE_RATE, return_tensors="pt")
    prompt = lm.prompt(audio, free_question("Who?"))
    assert torch.equal(prompt.features, made["audio_input_features"][0])
    count = len(prompt.audio_positions)
    assert count == int(made["audio_embed_sizes"])
    text = lm.tokenizer.decode(prompt.input_ids[0])
    assert text.startswith("<|system|>You are a helpful assistant")
    assert text.endswith(f"<|end|><|user|>{'<|audio|>' * count}Who?<|end|><|assistant|>")


@pytest.mark.parametrize("seconds", [40.02, 41.0, 83.3])
def test_phi_4_hears_more_than_40_s_as_its_class_does(seconds):
    lm = tiny("phi4_multimodal")
    prompt = lm.prompt(noise(seconds), messages())
    encoded = torch.cat([part for _, part in lm.encode_parts(prompt)])
    expected = plain_embeddings(lm, lm.forward_inputs(prompt))
    torch.testing.assert_close(lm.embed(prompt, encoded), expected, rtol=1e-4, atol=1e-4)


def test_phi_4_refuses_less_than_a_window():
    with pytest.raises(ModelError, match="too short for tiny"):
        tiny("phi4_multimodal").prompt(noise(0.02), messages())


def test_phi_4s_speech_adapter_is_merged_into_its_weights(tmp_path):
    lm = tiny("phi4_multimodal")
    lm.model.save_pretrained(tmp_path)
    lm.tokenizer.save_pretrained(tmp_path)
    lm.feature_extractor.save_pretrained(tmp_path)
    bare = load_model(str(tmp_path), device="cpu")
    assert "without speech-lora" in bare.identity.notice
    lora = LoraConfig(
        r=2, lora_alpha=4, target_modules=r"model.layers.\d+.self_attn.(qkv|o)_proj", init_lora_weights=False
    )
    adapted = get_peft_model(deepcopy(lm.model), lora)
    adapted.save_pretrained(tmp_path / "speech-lora")
    read = load_model(str(tmp_path), device="cpu")
    assert read.identity.notice is None
    prompt = lm.prompt(noise(2.0), messages())
    inputs = lm.forward_inputs(prompt)
    with torch.no_grad():
        expected, plain = adapted(**inputs).logits, lm.model(**inputs).logits
        got = read.model(**inputs).logits
    assert (expected - plain).abs().max() > 0.1
    torch.testing.assert_close(got, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("method", ["vanilla", "frame@0.6", "fastv@0.3+knorm@0.4"])
def test_phi_4_answers_across_its_long_frequencies(method):
    """As the class reads the whole of it: with the long set, where prompt and reply need it."""
    length = len(tiny("phi4_multimodal").prompt(noise(3.2), messages()).input_ids[0])
    crossing = build("phi4_multimodal", partial(phi4_multimodal, original_length=length + 2))
    check("phi4_multimodal", "steps", method, seconds=3.2, question=1, lm=crossing)


@pytest.mark.parametrize(
    ("family", "asks_for", "says"),
    [
        ("voxtral", "tekken.json", "The tokenizer of Voxtral needs mistral-common"),
        ("phi4_multimodal", "speech-lora/adapter_config.json", "The speech adapter of Phi-4.* needs peft"),
    ],
)
def test_a_missing_library_is_named(family, asks_for, says, tmp_path, monkeypatch):
    lm = tiny(family)
    lm.model.save_pretrained(tmp_path)
    lm.tokenizer.save_pretrained(tmp_path)
    lm.feature_extractor.save_pretrained(tmp_path)
    assert load_model(str(tmp_path), device="cpu").identity.adapter == family
    (tmp_path / asks_for).parent.mkdir(exist_ok=True)
    (tmp_path / asks_for).write_text("{}", encoding="utf-8")
    if family == "voxtral":
        (tmp_path / "tokenizer.json").unlink()
    monkeypatch.setattr(open_model, "find_spec", lambda _module: None)
    with pytest.raises(ModelError, match=says):
        load_model(str(tmp_path), device="cpu")
