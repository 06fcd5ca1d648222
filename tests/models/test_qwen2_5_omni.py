"""The Qwen2.5-Omni adapter against the class's own, slower ways."""

import numpy as np
import pytest
import torch
from transformers import Qwen2_5OmniConfig, Qwen2_5OmniForConditionalGeneration

from amarathon.audio import SAMPLE_RATE
from amarathon.errors import ModelError
from amarathon.generation.outcome import Outcome, Progress
from amarathon.generation.sweep import sweep
from amarathon.models import load_model
from amarathon.models.small import recipe
from amarathon.tasks import TASKS, free_question
from tests.compression.tiny import noise, tiny_thinker

MESSAGES = TASKS["SGR"].free_messages("", [])


@pytest.mark.parametrize("seconds", [0.04, 0.5, 1.999, 3.2, 6.4, 6.41, 9.6, 12.8004])
def test_windows_equal_the_encoder_on_the_whole_recording(seconds):
    lm = tiny_thinker()
    prompt = lm.prompt(noise(seconds), MESSAGES)
    frames = torch.tensor([prompt.features.shape[1]])
    tower = lm._tower
    convolved, tokens = tower._get_feat_extract_output_lengths(frames)
    with torch.no_grad():
        whole = tower(prompt.features, feature_lens=frames, aftercnn_lens=convolved).last_hidden_state
    pieces = list(lm.encode_parts(prompt))
    assert pieces[-1][0] == 1.0
    parts = torch.cat([part for _, part in pieces])
    assert len(parts) == len(prompt.audio_positions) == int(tokens)
    torch.testing.assert_close(parts, whole, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("seconds", [0.5, 1.2345, 7.0])
def test_features_equal_the_processors_300_s_padding(seconds):
    lm = tiny_thinker()
    audio = noise(seconds)
    made = lm.feature_extractor(
        audio.samples,
        sampling_rate=SAMPLE_RATE,
        padding="max_length",
        max_length=300 * SAMPLE_RATE,
        return_attention_mask=True,
        return_tensors="pt",
    )
    frames = int(made["attention_mask"].sum())
    torch.testing.assert_close(lm.prompt(audio, MESSAGES).features, made["input_features"][0, :, :frames])


def test_the_prompt_has_one_token_for_each_40_ms_between_its_markers():
    lm = tiny_thinker()
    prompt = lm.prompt(noise(2.0), MESSAGES)
    assert len(prompt.audio_positions) == 50
    ids = prompt.input_ids[0].tolist()
    text = lm.tokenizer.decode(ids)
    assert text.startswith("<|im_start|>system\nYou are a helpful assistant")
    assert "<|im_start|>user\n<|audio_bos|><|AUDIO|>" in text
    assert text.endswith("<|im_end|>\n<|im_start|>assistant\n")
    first, last = prompt.audio_positions[0], prompt.audio_positions[-1]
    assert lm.tokenizer.convert_ids_to_tokens([ids[first - 1], ids[last + 1]]) == [
        "<|audio_bos|>",
        "<|audio_eos|>",
    ]


def test_a_question_cannot_smuggle_in_audio_tokens():
    lm = tiny_thinker()
    with pytest.raises(ModelError, match="must not contain"):
        lm.prompt(noise(1.0), free_question("What is <|AUDIO|>?"))


def test_only_the_last_position_gets_logits():
    lm = tiny_thinker()
    shapes = []
    hook = lm.model.lm_head.register_forward_hook(lambda _m, _args, out: shapes.append(out.shape[1]))
    try:
        list(sweep(lm, noise(1.0), MESSAGES, ["vanilla", "frame@0.6"], max_new_tokens=3))
    finally:
        hook.remove()
    assert set(shapes) == {1}


def test_a_recording_that_is_too_long_is_refused_before_any_work():
    lm = tiny_thinker()
    with pytest.raises(ModelError, match=r"lasts 300.1 s; tiny takes at most 300 s"):
        next(sweep(lm, noise(300.1), MESSAGES, ["vanilla"]))


def test_a_sweep_streams_progress_and_one_outcome_for_each_configuration():
    lm = tiny_thinker()
    names = ["vanilla", "fastv@0.6", "random@0.3", "knorm@0.5"]
    events = list(sweep(lm, noise(4.0), MESSAGES, names, max_new_tokens=40))
    outcomes = [event for event in events if isinstance(event, Outcome)]
    assert [outcome.configuration for outcome in outcomes] == names
    stages = {event.stage for event in events if isinstance(event, Progress)}
    assert stages == {"encoder", "prefill", "decode"}
    for outcome in outcomes:
        assert outcome.error is None
        assert outcome.new_tokens == 40
        times = outcome.timings
        assert times.first_token_s == pytest.approx(times.encoder_s + times.prefill_s)
        assert outcome.peak_bytes > 0
        assert outcome.cache_bytes > 0
    assert outcomes[1].kept_tokens == 40


def test_a_configuration_that_does_not_fit_fails_alone():
    lm = tiny_thinker()
    names = ["vanilla", "frame@0.6:layer=9", "frame@0.6"]
    outcomes = [e for e in sweep(lm, noise(1.0), MESSAGES, names, max_new_tokens=2) if isinstance(e, Outcome)]
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert "5 decoder layers" in outcomes[1].error


def test_running_out_of_memory_is_a_sentence(monkeypatch):
    lm = tiny_thinker()

    def full(*_args, **_kwargs):
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate")

    monkeypatch.setattr(lm.model.lm_head, "forward", full)
    (outcome,) = [e for e in sweep(lm, noise(1.0), MESSAGES, ["vanilla"]) if isinstance(e, Outcome)]
    assert outcome.error == "There was not enough memory to answer under vanilla."


def test_a_stopped_sweep_leaves_no_hook_behind():
    lm = tiny_thinker()
    events = sweep(lm, noise(2.0), MESSAGES, ["fastv@0.6+snapkv@0.5"], max_new_tokens=100)
    for event in events:
        if isinstance(event, Progress) and event.stage == "decode":
            break
    events.close()
    assert not any(module._forward_pre_hooks or module._forward_hooks for module in lm.model.modules())


def test_the_random_methods_repeat_under_their_seed():
    lm = tiny_thinker()

    def spans(seed):
        (outcome,) = [
            e for e in sweep(lm, noise(4.0), MESSAGES, ["random@0.5"], seed=seed) if isinstance(e, Outcome)
        ]
        return outcome.kept_spans

    assert spans(1) == spans(1)
    assert spans(1) != spans(2)


@pytest.fixture(scope="module")
def whole_omni(tmp_path_factory):
    """A checkpoint folder of the full model, talker and vocoder included, at the smallest size."""
    folder = tmp_path_factory.mktemp("hub") / "tiny-omni"
    thinker = tiny_thinker().model.config.to_dict()
    talker_text = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "num_key_value_heads": 1,
        "head_dim": 16,
        "embedding_size": 64,
        "vocab_size": 32,
    }
    configuration = Qwen2_5OmniConfig(
        thinker_config=thinker,
        talker_config=talker_text,
        token2wav_config={
            "dit_config": {
                "hidden_size": 16,
                "num_hidden_layers": 1,
                "num_attention_heads": 1,
                "ff_mult": 1,
                "emb_dim": 16,
                "head_dim": 16,
                "enc_dim": 8,
                "enc_emb_dim": 8,
                "enc_channels": [8, 8, 8, 8, 8],
                "enc_attention_channels": 8,
                "enc_se_channels": 8,
                "num_embeds": 8,
                "mel_dim": 8,
            },
            "bigvgan_config": {"mel_dim": 8, "upsample_initial_channel": 64},
        },
        enable_audio_output=False,
    )
    torch.manual_seed(1)
    model = Qwen2_5OmniForConditionalGeneration(configuration)
    model.thinker.load_state_dict(tiny_thinker().model.state_dict(), strict=False)
    model.save_pretrained(folder)
    recipe.tokenizer().save_pretrained(folder)
    recipe.feature_extractor().save_pretrained(folder)
    return folder


def test_the_thinker_alone_is_loaded_from_a_whole_checkpoint(whole_omni):
    lm = load_model(str(whole_omni), device="cpu")
    assert lm.identity.name == "tiny-omni"
    assert lm.identity.revision.startswith("sha256:")
    assert lm.identity.dtype == "float32"
    assert lm.identity.parameters == sum(weight.numel() for weight in tiny_thinker().model.parameters())
    audio = noise(2.0)
    expected, got = (
        model.embed(p := model.prompt(audio, MESSAGES), torch.cat([x for _, x in model.encode_parts(p)]))
        for model in (tiny_thinker(), lm)
    )
    torch.testing.assert_close(got, expected)
    np.testing.assert_array_equal(
        lm.model.lm_head.weight.detach(), tiny_thinker().model.lm_head.weight.detach()
    )
