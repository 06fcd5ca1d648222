"""Adapters by Auto class, on tiny random models that the classes of transformers make."""

import json

import numpy as np
import pytest
import soxr
import torch
from transformers import (
    AutoModel,
    DacConfig,
    Data2VecAudioConfig,
    EncodecConfig,
    HubertConfig,
    Wav2Vec2Config,
    WavLMConfig,
    WhisperConfig,
)

from amarathon.errors import ConfigurationError, ModelError
from amarathon.psychoacoustics.encoder import NOT_IN_TRANSFORMERS
from amarathon.psychoacoustics.encoders import open_encoder
from amarathon.psychoacoustics.listening import Listener
from amarathon.psychoacoustics.metric import squared_distance
from amarathon.psychoacoustics.targets import make_trial
from amarathon.psychoacoustics.transformer_encoders import ADAPTERS, BY_TYPE, TransformersEncoder, open_folder
from amarathon.psychoacoustics.types import SAMPLE_RATE

SPEECH = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "conv_dim": (8,) * 7,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
}
CONFIGURATIONS = {
    "hubert": HubertConfig(**SPEECH),
    "wavlm": WavLMConfig(**SPEECH),
    "wav2vec2": Wav2Vec2Config(**SPEECH),
    "data2vec-audio": Data2VecAudioConfig(**SPEECH),
    "whisper": WhisperConfig(
        d_model=16,
        encoder_layers=2,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        vocab_size=20,
        pad_token_id=0,
        bos_token_id=0,
        eos_token_id=0,
        decoder_start_token_id=0,
    ),
    "encodec": EncodecConfig(num_filters=4, hidden_size=16, codebook_size=8, codebook_dim=16),
    "encodec-stereo": EncodecConfig(
        num_filters=4,
        hidden_size=16,
        codebook_size=8,
        codebook_dim=16,
        audio_channels=2,
        sampling_rate=48_000,
        normalize=True,
    ),
    "dac": DacConfig(encoder_hidden_size=4, decoder_hidden_size=16, codebook_size=8, n_codebooks=2),
}


def tiny(name, layer=None):
    torch.manual_seed(0)
    return TransformersEncoder(AutoModel.from_config(CONFIGURATIONS[name]), name, "random", layer)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_every_adapter_gives_one_vector_that_hears_the_tone(name):
    encoder = tiny(name)
    listener = Listener(encoder, "native" if encoder.channels == 2 else "left")
    trial = make_trial("tone", 0, 500.0, 2.0, 4800)
    noise, same, opposite = (listener.heard(sound) for sound in (trial.noise, trial.same, trial.opposite))
    assert noise.ndim == 1
    assert squared_distance(same, noise) > 0
    # One channel: the two signals are one, bit for bit. A codec of two channels is sensitive to phase.
    assert (squared_distance(opposite, same) == 0) == (encoder.channels == 1)
    assert encoder.identity.parameters > 0
    assert len(encoder.identity.weights_sha256) == 64


def test_only_a_stereo_codec_hears_two_channels():
    assert {name for name in CONFIGURATIONS if tiny(name).channels == 2} == {"encodec-stereo"}


@pytest.mark.parametrize("name", ["hubert", "wavlm", "wav2vec2", "whisper"])
def test_layers_are_those_of_the_model(name):
    sound = np.random.default_rng(0).standard_normal((1, 4800))
    vectors = [tiny(name, layer).embed(sound, SAMPLE_RATE) for layer in (0, 1, 2, None, -1, -3)]
    assert (vectors[2] == vectors[3]).all()
    assert (vectors[3] == vectors[4]).all()
    assert (vectors[0] == vectors[5]).all()
    assert not np.allclose(vectors[0], vectors[2])
    with pytest.raises(ConfigurationError, match="layers 0 to 2; there is no layer 3"):
        tiny(name, 3)


def test_speech_vectors_are_the_mean_of_the_models_own_last_hidden_state():
    encoder = tiny("wavlm")
    sound = np.random.default_rng(0).standard_normal((1, 4800))
    torch.manual_seed(0)
    model = AutoModel.from_config(CONFIGURATIONS["wavlm"]).eval()
    with torch.inference_mode():
        states = model(torch.tensor(sound, dtype=torch.float32)).last_hidden_state
    assert encoder.embed(sound, SAMPLE_RATE) == pytest.approx(states[0].mean(dim=0).numpy(), abs=1e-5)


def test_codecs_vectors_are_the_models_own_latents():
    encoder = tiny("encodec")
    torch.manual_seed(0)
    model = AutoModel.from_config(CONFIGURATIONS["encodec"]).eval()
    sound = np.random.default_rng(0).standard_normal((1, 4800))
    at_rate = torch.tensor(soxr.resample(sound[0], SAMPLE_RATE, 24_000), dtype=torch.float32)[None, None]
    with torch.inference_mode():
        latents = model.encoder(at_rate)
    assert encoder.embed(sound, SAMPLE_RATE) == pytest.approx(latents[0].mean(dim=-1).numpy(), abs=1e-5)


def test_whispers_padding_is_not_in_its_mean():
    encoder = tiny("whisper", 0)
    sound = np.random.default_rng(0).standard_normal((1, 16_000))
    silence = np.zeros((1, 16_000))
    # Of the features alone, before attention: a second of noise is no mixture of noise and 29 s of silence.
    assert encoder.embed(np.concatenate([sound, silence], axis=1), SAMPLE_RATE) != pytest.approx(
        encoder.embed(sound, SAMPLE_RATE), abs=1e-3
    )
    model = encoder._model
    frames = encoder._adapter.frames(model, torch.tensor(sound[None], dtype=torch.float32), 0)
    assert frames.shape == (50, 16)


@pytest.mark.parametrize("name", ["hubert", "encodec-stereo", "dac"])
def test_a_folder_gives_the_same_vectors_and_its_hash(name, tmp_path):
    torch.manual_seed(0)
    AutoModel.from_config(CONFIGURATIONS[name]).save_pretrained(tmp_path)
    opened, made = open_encoder(f"hf:{tmp_path}"), tiny(name)
    sound = np.random.default_rng(0).standard_normal((made.channels, 4800))
    assert opened.embed(sound, SAMPLE_RATE) == pytest.approx(made.embed(sound, SAMPLE_RATE), abs=1e-5)
    assert opened.identity.weights_sha256 == made.identity.weights_sha256
    assert opened.identity.version.startswith("sha256:")


def test_a_checkpoint_that_lacks_weights_is_refused(tmp_path):
    from safetensors.torch import load_file, save_file

    AutoModel.from_config(CONFIGURATIONS["hubert"]).save_pretrained(tmp_path)
    path = tmp_path / "model.safetensors"
    weights = load_file(path)
    weights.pop("encoder.layers.1.final_layer_norm.weight")
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks 1 of its weights, encoder\.layers\.1"):
        open_folder(tmp_path, "mine")


def test_a_folder_without_weights_is_refused(tmp_path):
    CONFIGURATIONS["hubert"].save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"safetensors is missing"):
        open_encoder(f"hf:{tmp_path}")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("wavjepa", "WavJEPA is no class of transformers"),
        ("spatial_ast", "Spatial-AST is no class of transformers"),
        ("gram", "GRAM is no class of transformers"),
        ("bert", "No adapter knows models of type 'bert'; there are hubert"),
    ],
)
def test_types_without_an_adapter_are_refused_by_name(kind, why, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": kind}))
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelError, match=why):
        open_folder(tmp_path, "mine")


@pytest.mark.parametrize("name", NOT_IN_TRANSFORMERS)
def test_models_of_the_paper_that_are_no_classes_are_refused_by_name(name):
    with pytest.raises(ModelError, match=r"is no class of transformers.*amarathon\.psychoacoustics\.measure"):
        open_encoder(name.upper())


@pytest.mark.parametrize(
    ("waveform", "why"), [(np.zeros((2, 4800)), "hears 1 channel;"), (np.zeros(4800), "hears 1 channel;")]
)
def test_channels_that_it_does_not_hear_are_refused(waveform, why):
    with pytest.raises(ConfigurationError, match=why):
        tiny("hubert").embed(waveform, SAMPLE_RATE)


def test_adapters_share_no_type():
    assert len(BY_TYPE) == sum(len(adapter.model_types) for adapter in ADAPTERS)
