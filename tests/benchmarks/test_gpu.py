"""The benchmark of a GPU, its parts on a processor at a tiny shape: what it runs, not how fast."""

import subprocess
import sys
import warnings

import pytest
import torch

from benchmarks import _gpu_parts, gpu
from benchmarks._models import Shape, random_model, random_prompt

TINY = Shape(layers=4, hidden=64, intermediate=128, heads=4, kv_heads=2, sections=(2, 3, 3))


@pytest.fixture(scope="module")
def setting():
    model = random_model(TINY)
    names = ("vanilla", "frame@0.6", "fastv@0.6", "snapkv@0.5")
    prompt = random_prompt(model, 200)
    return _gpu_parts.Setting(model, prompt, 200, repeats=2, square=64, copied=1024, grid=names)


def test_every_part_gives_rows_and_none_fails(setting):
    found = gpu.measure(setting)
    assert found["failed"] == {}
    assert list(found["peak_bytes"]) == list(_gpu_parts.PARTS)
    titles = [each["what"] for each in found["rows"]]
    for words in ("Audio encoder", "sdpa", "flash", "frame@0.9", "tova@0.5", "Decoding", "4 configurations"):
        assert any(words in what for what in titles), words
    assert all(each["value"] > 0 and each["peer"] > 0 for each in found["rows"])
    document = found | {
        "hardware": {"gpu": "none", "cuda": "none"},
        "torch": torch.__version__,
        "shape": "tiny",
        "dtype": "torch.float32",
        "tokens": 200,
        "repeats": 2,
    }
    assert all(what in gpu.page(document) for what in titles)


def test_a_part_that_fails_is_named_and_the_others_are_kept(setting, monkeypatch):
    def fails(_setting):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate\nmuch")

    monkeypatch.setattr(gpu, "PARTS", {"one": fails, "other": _gpu_parts.evictions})
    found = gpu.measure(setting)
    assert found["failed"] == {"one": "CUDA out of memory. Tried to allocate"}
    assert len(found["rows"]) == len(_gpu_parts.EVICTIONS)


def test_operations_of_the_encoder_are_those_of_its_matrices(setting):
    """By hand: two convolutions, and in each layer four projections and two of the network behind."""
    _rows, ways = _gpu_parts.encoder(setting)
    config = setting.model.model.config.audio_config
    with torch.utils.flop_counter.FlopCounterMode(display=False) as counter:
        ways["encoder"]()
    frames, width = 4 * setting.tokens, config.d_model
    rows_of_layers = frames // 2
    linear = 2 * rows_of_layers * (4 * width**2 + 2 * width * config.encoder_ffn_dim) * config.encoder_layers
    convolutions = 2 * 3 * width * (frames * config.num_mel_bins + rows_of_layers * width)
    total = counter.get_total_flops()
    assert linear + convolutions < total < 1.2 * (linear + convolutions)


def test_waits_of_the_host_are_counted(monkeypatch):
    modes = []
    monkeypatch.setattr(torch.cuda, "get_sync_debug_mode", lambda: 0)
    monkeypatch.setattr(torch.cuda, "set_sync_debug_mode", modes.append)
    with _gpu_parts.counted_syncs() as waits:
        for _ in range(2):
            warnings.warn("called a synchronizing CUDA operation", UserWarning, stacklevel=1)
        warnings.warn("something else", UserWarning, stacklevel=1)
    assert len(waits) == 2
    assert modes == ["warn", 0]


def test_without_a_gpu_it_says_so():
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.gpu"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == gpu.NO_GPU
    assert gpu.page(None).count("not measured") == len(_gpu_parts.PARTS)
